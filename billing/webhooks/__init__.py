"""Events from Stripe: received, stored, processed once, in any order: receive -> process -> mirror -> handlers."""

# Where they are received: the first is ours, the others are the names that it had elsewhere. Each is answered with and
# without a slash behind it, and never redirects: `billing.middleware` comes before what does.
PATHS = ("api/stripe-webhooks", "integrations/stripe/webhooks", "stripe-webhook")

"""Events from Stripe: received, stored, processed once, in any order: receive -> process -> mirror -> handlers."""

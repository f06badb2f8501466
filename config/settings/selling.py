"""Stripe, the shop, the portal, and the workers that process Stripe's events."""

from config.settings.environment import env

# The local Stripe; empty when the real one is used. All base URLs of Stripe's follow from it.
STRIPE_SANDBOX_URL = env.str("STRIPE_SANDBOX_URL", default="").rstrip("/")
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", default="") or env.str("STRIPE_API_KEY", default="")
STRIPE_PUBLISHABLE_KEY = env.str("STRIPE_PUBLISHABLE_KEY", default="")
STRIPE_WEBHOOK_SECRETS = [
    secret
    for secret in env.list("STRIPE_WEBHOOK_SECRET", default=[])
    or env.list("STRIPE_ENDPOINT_SECRET", default=[])
    if secret
]
STRIPE_NAMESPACE = env.str("STRIPE_NAMESPACE", default="turnpike")
STRIPE_API_VERSION = "2026-08-26.dahlia"
STRIPE_API_BASE = STRIPE_SANDBOX_URL or "https://api.stripe.com"
STRIPE_JS_URL = f"{STRIPE_SANDBOX_URL or 'https://js.stripe.com'}/dahlia/stripe.js"
STRIPE_LIVE_MODE = "_live_" in STRIPE_SECRET_KEY

# dj-stripe: models and admin only. Its settings bear the names that it gives them.
STRIPE_TEST_SECRET_KEY = "" if STRIPE_LIVE_MODE else STRIPE_SECRET_KEY
STRIPE_LIVE_SECRET_KEY = STRIPE_SECRET_KEY if STRIPE_LIVE_MODE else ""
if STRIPE_SANDBOX_URL:
    STRIPE_API_HOST = STRIPE_SANDBOX_URL
    SILENCED_SYSTEM_CHECKS = ["djstripe.W002"]  # it warns of another host than Stripe's, which is meant
DJSTRIPE_FOREIGN_KEY_TO_FIELD = "id"
DJSTRIPE_SUBSCRIBER_MODEL = "accounts.Organization"
DJSTRIPE_SUBSCRIBER_MODEL_REQUEST_CALLBACK = "accounts.organizations.current"
DJSTRIPE_SUBSCRIBER_CUSTOMER_KEY = f"{STRIPE_NAMESPACE}_organization"[:40]

# How long a subscription keeps its access past the period's end when nothing more is heard, and past a failed payment.
BILLING_GRACE_DAYS = env.int("BILLING_GRACE_DAYS", default=3)
# What a refund in part, a whole one, and a dispute end: keep, period_end or now (see `billing.reversals`).
BILLING_ON_PARTIAL_REFUND = env.str("BILLING_ON_PARTIAL_REFUND", default="keep")
BILLING_ON_REFUND = env.str("BILLING_ON_REFUND", default="period_end")
BILLING_ON_DISPUTE = env.str("BILLING_ON_DISPUTE", default="now")
# How long the inbox keeps events that are done, and what comparisons with Stripe found (`purge_events`).
BILLING_EVENT_DAYS = env.int("BILLING_EVENT_DAYS", default=90)

# --- The shop --------------------------------------------------------------------------------------------------

# The currency of a cart that nobody has chosen one for; how long an order waits for its payment, and how long when it
# holds pieces of which there are only so many.
SHOP_CURRENCY = env.str("SHOP_CURRENCY", default="usd")
SHOP_ORDER_DAYS = env.int("SHOP_ORDER_DAYS", default=7)
SHOP_HOLD_MINUTES = env.int("SHOP_HOLD_MINUTES", default=60)

# --- The portal ------------------------------------------------------------------------------------------------

# Who sells: stands on receipts and in the service agreement.
SELLER = {
    "name": env.str("SELLER_NAME", default="Turnpike"),
    "address": [line.strip() for line in env.str("SELLER_ADDRESS", default="").split(";") if line.strip()],
    "email": env.str("SELLER_EMAIL", default=""),
    "tax_id": env.str("SELLER_TAX_ID", default=""),
}
# How long an activation code can be used.
ACTIVATION_DAYS = env.int("ACTIVATION_DAYS", default=30)
# Where the portal sells, by ISO's code, and who works out the tax: our table of states, or Stripe Tax (`us=stripe`).
PORTAL_COUNTRIES = env.dict("PORTAL_COUNTRIES", default={"us": "table"})

# --- Workers ---------------------------------------------------------------------------------------------------

# redis://...; empty: events are processed in the request that brings them.
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="")
CELERY_TASK_IGNORE_RESULT = True
# A broker that is down costs a request little: the event is stored, and the sweep will find it.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 1, "socket_timeout": 2, "max_retries": 0}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

"""Where Stripe says it, and the events that come together."""

from __future__ import annotations

DOCS = "https://docs.stripe.com"
OVERVIEW = f"{DOCS}/billing/subscriptions/overview"
STATUSES = f"{OVERVIEW}#subscription-statuses"
BEHAVIOR = f"{OVERVIEW}#payment-behavior"
WEBHOOKS = f"{DOCS}/billing/subscriptions/webhooks"
TRIALS = f"{DOCS}/billing/subscriptions/trials"
NO_CARD = f"{TRIALS}/free-trials"
CANCEL = f"{DOCS}/billing/subscriptions/cancel"
RETRIES = f"{DOCS}/billing/revenue-recovery/smart-retries"
PRICES = f"{DOCS}/billing/subscriptions/change-price"
PENDING = f"{DOCS}/billing/subscriptions/pending-updates"
PAUSE = f"{DOCS}/billing/subscriptions/pause-payment"
SENT = f"{DOCS}/invoicing/automatic-collection"
RESUME = f"{DOCS}/api/subscriptions/resume"

OPENED = ("invoice.created", "customer.updated", "payment_intent.created", "invoice.finalized")
WITH_CARD = ("payment_method.attached", *OPENED)
CHARGED = ("charge.succeeded", "payment_intent.succeeded")
PAID = ("invoice.updated", "invoice.paid", "invoice.payment_succeeded", "invoice_payment.paid")
DECLINED = ("charge.failed", "payment_intent.payment_failed", "invoice.updated", "invoice.payment_failed")
FREE = ("invoice.created", "customer.updated", "invoice.finalized", *PAID[:-1])
CREATED, UPDATED, DELETED = (f"customer.subscription.{verb}" for verb in ("created", "updated", "deleted"))
RENEWED = ("invoice.created", UPDATED, "payment_intent.created", "invoice.finalized")
# A change that is billed at once: what is credited, what is charged, and their invoice.
BILLED_AT_ONCE = (
    "invoiceitem.created",
    "invoiceitem.created",
    "invoice.created",
    "payment_intent.created",
    "invoice.finalized",
)

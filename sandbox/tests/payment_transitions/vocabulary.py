"""Where Stripe says it, and the events that come together."""

from __future__ import annotations

DOCS = "https://docs.stripe.com"
LIFECYCLE = f"{DOCS}/payments/paymentintents/lifecycle"
TESTING = f"{DOCS}/testing"
HOLD = f"{DOCS}/payments/place-a-hold-on-a-payment-method"
SECURE = f"{DOCS}/payments/3d-secure/authentication-flow"
OFF_SESSION = f"{DOCS}/payments/save-during-payment#charge-saved-payment-method"
ASYNC_CAPTURE = f"{DOCS}/payments/payment-intents/asynchronous-capture"
DEBITS = f"{DOCS}/payments/ach-direct-debit/accept-a-payment"
CANCEL = f"{DOCS}/api/payment_intents/cancel"
SETUP = f"{DOCS}/payments/setupintents/lifecycle"
REFUNDS = f"{DOCS}/refunds"
DISPUTES = f"{DOCS}/disputes/how-disputes-work"
EVIDENCE = f"{DOCS}/testing#evidence"

PAID = ("charge.succeeded", "payment_intent.succeeded", "charge.updated")
DECLINED = ("charge.failed", "payment_intent.payment_failed")
HELD = ("charge.succeeded", "payment_intent.amount_capturable_updated")

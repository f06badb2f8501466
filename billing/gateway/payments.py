"""Invoices and what pays them. https://docs.stripe.com/api/invoices"""

from billing import errors
from billing.errors import Declined
from billing.gateway.client import Answer, call


def pay(invoice: str, payment_method: str, *, key: str) -> Answer:
    """Try to pay an open invoice now. Raises `Declined`, or `ActionRequired` when the bank wants the customer."""
    return call(
        lambda stripe: stripe.v1.invoices.pay(
            invoice, {"payment_method": payment_method}, {"idempotency_key": key}
        )
    )


def void(invoice: str, *, key: str) -> Answer:
    """Withdraw an open invoice, so that nobody pays it."""
    return call(lambda stripe: stripe.v1.invoices.void_invoice(invoice, {}, {"idempotency_key": key}))


def last_decline(invoice: str) -> Declined | None:
    """Why the last attempt to pay the invoice failed, in Stripe's words; None when none failed."""
    answer = call(
        lambda stripe: stripe.v1.invoices.retrieve(
            invoice, {"expand": ["payments.data.payment.payment_intent"]}
        )
    )
    for payment in answer.data.get("payments", {}).get("data", []):
        intent = payment["payment"].get("payment_intent") or {}
        if intent.get("status") == "requires_payment_method" and intent.get("last_payment_error"):
            failure = intent["last_payment_error"]
            reason = failure.get("decline_code") or failure.get("code") or ""
            return errors.Declined(failure.get("message") or "", reason=reason)
    return None

"""Invoices and what pays them. https://docs.stripe.com/api/invoices"""

from typing import Any

from billing import declines, errors
from billing.errors import Declined
from billing.gateway.client import Answer, call

# A payment that was tried and may be tried again, or was given up.
NOT_PAID = ("requires_payment_method", "canceled")


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
    """Why the last attempt to pay the invoice failed, in words for the reader; None when none failed."""
    for intent in _intents(invoice):
        if intent.get("status") in NOT_PAID and intent.get("last_payment_error"):
            failure = intent["last_payment_error"]
            reason = failure.get("decline_code") or failure.get("code") or ""
            return errors.Declined(declines.sentence(reason, failure.get("message") or ""), reason=reason)
    return None


def is_under_way(invoice: str) -> bool:
    """Whether a bank has still to answer, as it does days after a debit began."""
    return any(intent.get("status") == "processing" for intent in _intents(invoice))


def _intents(invoice: str) -> list[dict[str, Any]]:
    """What the invoice was tried to be paid with."""
    answer = call(
        lambda stripe: stripe.v1.invoices.retrieve(
            invoice, {"expand": ["payments.data.payment.payment_intent"]}
        )
    )
    payments = answer.data.get("payments", {}).get("data", [])
    return [payment["payment"].get("payment_intent") or {} for payment in payments]


def invoice_of(payment_intent: str) -> str:
    """The invoice that a payment was for; empty if it was for none. https://docs.stripe.com/api/invoice-payment/list"""
    params: Any = {"payment": {"type": "payment_intent", "payment_intent": payment_intent}}
    answer = call(lambda stripe: stripe.v1.invoice_payments.list(params))
    found = answer.data["data"]
    return str(found[0]["invoice"]) if found else ""

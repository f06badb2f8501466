"""Invoices: what is owed and what was paid."""

from billing import access, statements
from billing.mirror.fields import Data, id_of, moment, time_of
from billing.mirror.kinds import Facts, Kind, keys_of
from billing.models import MirroredObject, StripeInvoice


def _read(data: Data) -> Facts:
    parent = (data.get("parent") or {}).get("subscription_details") or {}
    return {
        "subscription_id": id_of(parent.get("subscription")),
        "number": data.get("number") or "",
        "status": data["status"],
        "billing_reason": data.get("billing_reason") or "",
        "currency": data["currency"],
        "total": data["total"],
        "amount_due": data["amount_due"],
        "amount_paid": data["amount_paid"],
        "amount_remaining": data["amount_remaining"],
        "attempt_count": data.get("attempt_count") or 0,
        "next_payment_attempt": time_of(data.get("next_payment_attempt")),
        "created": moment(data["created"]),
        "paid_at": time_of((data.get("status_transitions") or {}).get("paid_at")),
        "hosted_url": data.get("hosted_invoice_url") or "",
        "pdf_url": data.get("invoice_pdf") or "",
        "deleted": False,
    }


def _write(guard: MirroredObject, facts: Facts) -> None:
    statements.upsert(StripeInvoice, [keys_of(guard) | facts])
    # The grace of a payment that is overdue runs from its invoice, which may arrive after its subscription.
    if guard.as_of is None and guard.organization is not None:
        access.refresh(guard.organization)


def _forget(guard: MirroredObject) -> None:
    """Only drafts can be deleted at Stripe."""
    StripeInvoice.objects.filter(stripe_id=guard.stripe_id).update(deleted=True)


INVOICE = Kind("invoice", _read, _write, _forget)

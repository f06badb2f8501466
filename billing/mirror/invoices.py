"""Invoices: what is owed and what was paid. What is on them stands in the guard, for those who write papers."""

from typing import Any

from billing import access
from billing.gateway import namespace
from billing.mirror.fields import Data, id_of, moment, time_of
from billing.mirror.kinds import Facts, Kind, keys_of
from billing.models import MirroredObject, StripeInvoice
from config import statements


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
        "details": _read_details(data, parent.get("metadata") or {}),
    }


def _read_details(data: Data, metadata: dict[str, Any]) -> dict[str, Any]:
    """Amounts in the smallest unit, periods in epoch seconds. `attempt`: which purchase of ours it belongs to."""
    taxes = data.get("total_taxes") or []
    return {
        "attempt": metadata.get("attempt", "") if namespace.is_ours(metadata) else "",
        "subtotal": data.get("subtotal"),
        "tax": sum(tax["amount"] for tax in taxes),
        "tax_rates": [id_of((tax.get("tax_rate_details") or {}).get("tax_rate")) for tax in taxes],
        "lines": [_read_line(line) for line in (data.get("lines") or {}).get("data", [])],
    }


def _read_line(line: Data) -> dict[str, Any]:
    price = ((line.get("pricing") or {}).get("price_details") or {}).get("price")
    parent: dict[str, Any] = line.get("parent") or {}
    details = parent.get(parent.get("type") or "") or {}
    return {
        "price": id_of(price),
        "quantity": line.get("quantity"),
        "amount": line["amount"],
        "proration": bool(details.get("proration")),
        "start": line["period"]["start"],
        "end": line["period"]["end"],
    }


def _write(guard: MirroredObject, facts: Facts) -> None:
    columns = {name: value for name, value in facts.items() if name != "details"}
    statements.upsert(StripeInvoice, [keys_of(guard) | columns])
    guard.data = facts["details"]
    # The grace of a payment that is overdue runs from its invoice, which may arrive after its subscription.
    if guard.as_of is None and guard.organization_id is not None:
        access.refresh(access.lock(guard.organization_id))


def _forget(guard: MirroredObject) -> None:
    """Only drafts can be deleted at Stripe."""
    StripeInvoice.objects.filter(stripe_id=guard.stripe_id).update(deleted=True)


INVOICE = Kind("invoice", _read, _write, _forget)

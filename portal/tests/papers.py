"""A sale as rows, for tests of what is written about it."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from accounts.models import Organization
from billing.models import MirroredObject, StripeInvoice
from portal.models import Sale, StripeTaxRate

START, END = datetime(2027, 1, 15, 12, tzinfo=UTC), datetime(2028, 1, 15, 12, tzinfo=UTC)


def sale(company: str = "Hudson Orchards", **fields: Any) -> Sale:
    """Hudson Orchards of New York bought a year for 1,000 dollars and 4 % tax."""
    organization = fields.pop("organization", None) or Organization.objects.create(
        name=company[:200], email="office@hudson.example"
    )
    count = Sale.objects.count()
    facts: dict[str, Any] = {
        "organization": organization,
        "submission": f"submission-{count}",
        "company": company,
        "contact": "Alice",
        "email": organization.email,
        "line1": "1 Orchard Street",
        "city": "Hudson",
        "state": "NY",
        "postal_code": "12534",
        "plan": "annual",
        "currency": "usd",
        "subtotal": 100_000,
        "tax_percentage": Decimal(4),
        "tax": 4_000,
        "total": 104_000,
        "price_id": "price_annual",
        "filename": f"20270115_sale_online_{count}.pdf",
        "status": Sale.Status.PAID,
    }
    return Sale.objects.create(**facts | fields)


def invoice(of: Sale, stripe_id: str = "in_1", **fields: Any) -> StripeInvoice:
    """The paid invoice of a sale, with what is on it in its guard, as the mirror leaves them."""
    tax = of.tax or 0
    line = {
        "amount": of.subtotal,
        "start": int(START.timestamp()),
        "end": int(END.timestamp()),
        "proration": False,
    }
    MirroredObject.objects.create(
        stripe_id=stripe_id,
        kind="invoice",
        organization=of.organization,
        as_of=START,
        data={"subtotal": of.subtotal, "tax": tax, "tax_rates": _tax_rates(of), "lines": [line]},
    )
    facts: dict[str, Any] = {
        "stripe_id": stripe_id,
        "organization": of.organization,
        "number": f"{stripe_id.upper()}-0001",
        "status": StripeInvoice.Status.PAID,
        "currency": of.currency,
        "total": of.subtotal + tax,
        "amount_due": of.subtotal + tax,
        "amount_paid": of.subtotal + tax,
        "amount_remaining": 0,
        "created": START,
        "paid_at": START,
    }
    return StripeInvoice.objects.create(**facts | fields)


def _tax_rates(of: Sale) -> list[str]:
    """Stripe's ids of the rates that are on the invoice."""
    if not of.tax:
        return []
    rate, _new = StripeTaxRate.objects.get_or_create(
        country=of.country,
        state=of.state,
        percentage=of.tax_percentage,
        defaults={"stripe_id": f"txr_{of.state}_{of.tax_percentage}"},
    )
    return [rate.stripe_id]

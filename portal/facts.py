"""What stands on a paper, gathered when it is issued: plain values that can be kept, and printed again years later.

Amounts are in the smallest unit, times in ISO 8601. Everything is text of people: it is printed, never interpreted.
"""

from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from billing import catalogue, gateway
from billing.models import MirroredObject, StripeInvoice, StripePrice, StripeProduct
from portal import activation, agreement, countries
from portal.models import Receipt, Sale, StripeTaxRate

Facts = dict[str, Any]


def of_order(sale: Sale) -> Facts:
    """The order form: what was agreed, before anything was paid."""
    return _with_agreement(_parties(sale) | _amounts_agreed(sale))


def of_invoice(sale: Sale, invoice: StripeInvoice) -> Facts:
    """The receipt: what was paid, as the invoice says."""
    facts = _parties(sale) | _amounts_paid(sale, invoice)
    facts["tax_percentage"] = _percentage_paid(sale, invoice)
    facts["exemption"] = "" if facts["tax"] else sale.certificate
    facts["code"] = activation.masked(sale)
    return _with_agreement(facts)


def of_refund(receipt: Receipt, amount: int, currency: str) -> Facts:
    """The credit note: so much of what a receipt says was given back; its tax in proportion."""
    paid = receipt.facts
    tax = _share(amount, paid["tax"], paid["total"])
    return {
        **{name: paid[name] for name in ("seller", "buyer", "plan", "exemption", "tax_percentage", "period")},
        "lines": [],
        "credits": receipt.number,
        "currency": currency,
        "subtotal": amount - tax,
        "tax": tax,
        "total": amount,
    }


def _parties(sale: Sale) -> Facts:
    plan = catalogue.find(sale.plan)
    place = " ".join(part for part in (sale.state, sale.postal_code) if part)
    address = [sale.line1, sale.line2, ", ".join(part for part in (sale.city, place) if part)]
    return {
        "seller": settings.SELLER,
        "buyer": {
            "company": sale.company,
            "contact": sale.contact,
            "email": sale.email,
            "address": [line for line in address if line] + [countries.name_of(sale.country)],
        },
        "plan": plan.label if plan else sale.plan,
        "exemption": sale.exemption,
        "tax_percentage": _percentage(sale),
    }


def _amounts_agreed(sale: Sale) -> Facts:
    """`tax` and `total` are None while Stripe Tax has still to work them out."""
    return {
        "lines": [{"start": None, "end": None, "amount": sale.subtotal}],
        "currency": sale.currency,
        "subtotal": sale.subtotal,
        "tax": sale.tax,
        "total": sale.total,
        "period": None,
    }


def _amounts_paid(sale: Sale, invoice: StripeInvoice) -> Facts:
    details = _details(invoice)
    others = _other_wares(sale, details.get("lines", []))
    lines = [
        {
            "name": others.get(line.get("price"), ""),
            "start": _moment(line["start"]),
            "end": _moment(line["end"]),
            "amount": line["amount"],
        }
        for line in details.get("lines", [])
    ]
    tax = details.get("tax") or 0
    return {
        "lines": lines or [{"start": None, "end": None, "amount": invoice.total - tax}],
        "currency": invoice.currency,
        "subtotal": invoice.total - tax,
        "tax": tax,
        "total": invoice.total,
        "paid": invoice.amount_paid,
        "paid_at": invoice.paid_at.isoformat() if invoice.paid_at else None,
        "invoice": invoice.number,
        "period": [lines[-1]["start"], lines[-1]["end"]] if lines else None,
    }


def _other_wares(sale: Sale, lines: list[dict[str, Any]]) -> dict[str | None, str]:
    """The names of what stands on the invoice beside the plan, as staff may add it at Stripe, by price."""
    plan = gateway.catalogue.product_id(sale.plan)
    prices = StripePrice.objects.filter(stripe_id__in=[line.get("price") or "" for line in lines])
    products = dict(prices.exclude(product_id=plan).values_list("stripe_id", "product_id"))
    names = dict(
        StripeProduct.objects.filter(stripe_id__in=products.values()).values_list("stripe_id", "name")
    )
    return {price: names.get(product, "") for price, product in products.items()}


def _details(invoice: StripeInvoice) -> dict[str, Any]:
    """What is on the invoice, as its guard has it."""
    guard = MirroredObject.objects.filter(stripe_id=invoice.stripe_id).only("data").first()
    return (guard.data or {}) if guard else {}


def _with_agreement(facts: Facts) -> Facts:
    return facts | {"agreement": agreement.text(facts)}


def _percentage(sale: Sale) -> str | None:
    """`4` or `6.25`, without zeros at the end; None where Stripe works it out, and for the exempt."""
    if sale.tax_percentage is None or sale.is_exempt:
        return None
    return f"{sale.tax_percentage.normalize():f}"


def _percentage_paid(sale: Sale, invoice: StripeInvoice) -> str | None:
    """That of the invoice's tax rate: a renewal has the state's new one. None where it is none of ours."""
    rates = _details(invoice).get("tax_rates") or []
    paid = StripeTaxRate.objects.filter(stripe_id__in=rates).first()
    if paid is not None:
        return f"{paid.percentage.normalize():f}"
    return None if rates or sale.tax else _percentage(sale)


def _share(amount: int, part: int, whole: int) -> int:
    """As much of `amount` as `part` is of `whole`, rounded half up."""
    return (2 * amount * part + whole) // (2 * whole) if whole else 0


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()

"""An organization's years: each paid invoice gives one, from when to when the invoice says, exactly once."""

from typing import Any

import structlog

from billing import access, gateway, outbox
from billing.mirror.fields import moment
from billing.models import MirroredObject, StripeInvoice, StripePrice
from portal import activation, receipts
from portal.models import PaidYear, Sale

logger = structlog.get_logger(__name__)


def add(guard: MirroredObject) -> PaidYear | None:
    """What a paid invoice means: the sale is paid, there is a receipt, and a year. None if it means nothing new.

    In the transaction that mirrored the invoice, or a later one. Access itself follows from the subscription's rows.
    """
    sale = _lock(guard)
    if sale is None:
        return None
    invoice = StripeInvoice.objects.filter(stripe_id=guard.stripe_id, deleted=False).first()
    if invoice is None or invoice.status != StripeInvoice.Status.PAID:
        return None
    year = _begin(sale, invoice, guard)
    receipts.issue(sale, invoice)
    return year


def _lock(guard: MirroredObject) -> Sale | None:
    """The sale that the invoice's subscription was made for; its organization is locked first, as by every event."""
    if not guard.data.get("attempt") or guard.organization_id is None:
        return None
    access.lock(guard.organization_id)
    sales = Sale.objects.select_for_update(no_key=True, of=("self",)).select_related("organization")
    return sales.filter(reference=guard.data["attempt"], organization=guard.organization_id).first()


def _begin(sale: Sale, invoice: StripeInvoice, guard: MirroredObject) -> PaidYear | None:
    line = _line_of(sale, guard.data["lines"])
    if line is None:
        return None
    year, new = PaidYear.objects.get_or_create(
        invoice_id=invoice.stripe_id,
        defaults={
            "sale": sale,
            "organization": sale.organization,
            "subscription_id": invoice.subscription_id,
            "start": moment(line["start"]),
            "end": moment(line["end"]),
        },
    )
    if not new:
        return None
    is_first = not sale.is_paid
    _mark_paid(sale, invoice, guard)
    # The words that operators of the portal's first version look for.
    logger.info(f"Added one year to Domain {sale.organization_id}", domain=sale.organization_id, sale=sale.pk)
    if is_first and sale.organization.closed is None:
        activation.make(sale)
    if sale.renews_id or not is_first:
        _tell(sale, year, invoice)
    return year


def _line_of(sale: Sale, lines: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The line for the plan's next period; None when there is none, as on an invoice for a change in between."""
    product = gateway.catalogue.product_id(sale.plan)
    prices = set(StripePrice.objects.filter(product_id=product).values_list("stripe_id", flat=True))
    years = [line for line in lines if line["price"] in prices and not line["proration"]]
    return max(years, key=lambda line: int(line["end"]), default=None)


def _mark_paid(sale: Sale, invoice: StripeInvoice, guard: MirroredObject) -> None:
    if not sale.is_paid:
        if sale.total is None:  # Stripe Tax has worked it out
            sale.tax, sale.total = guard.data["tax"], invoice.total
        elif sale.total != invoice.total:
            logger.error("paid another amount than agreed", sale=sale.pk, invoice=invoice.stripe_id)
        sale.status, sale.paid = Sale.Status.PAID, invoice.paid_at
    sale.subscription_id = invoice.subscription_id
    sale.save(update_fields=["status", "paid", "tax", "total", "subscription_id"])


def _tell(sale: Sale, year: PaidYear, invoice: StripeInvoice) -> None:
    outbox.note(
        sale.organization,
        f"annual_renewed:{invoice.stripe_id}",
        "annual_renewed",
        language=sale.language,
        amount=invoice.total,
        currency=invoice.currency,
        until=f"{year.end:%Y-%m-%d}",
    )

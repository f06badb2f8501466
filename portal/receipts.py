"""Papers about sales: the order form, the receipt of each paid invoice, the credit note of a refund.

Each runs in the caller's transaction; the file is made after its commit, and tried again until it is filed.
"""

from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone, translation

from billing.models import StripeInvoice
from portal import facts, filenames, filing, numbers
from portal.models import Receipt, Sale

logger = structlog.get_logger(__name__)

Kind = Receipt.Kind
# How the names of their files end.
ENDINGS = {Kind.RECEIPT: "sale_online", Kind.CREDIT_NOTE: "credit_note"}


def order_form(sale: Sale) -> Receipt:
    """The unnumbered order form with the agreement, once for a sale."""
    with transaction.atomic():
        found = Receipt.objects.filter(kind=Kind.ORDER_FORM, sale=sale).first()
        if found is not None:
            return found
        with translation.override(sale.language):
            return _write(sale, Kind.ORDER_FORM, facts.of_order(sale), filename=sale.filename)


def issue(sale: Sale, invoice: StripeInvoice) -> Receipt:
    """The numbered receipt of a paid invoice, once for an invoice."""
    with transaction.atomic():
        found = _of(Kind.RECEIPT, invoice.stripe_id)
        if found is not None:
            return found
        with translation.override(sale.language):
            printed = facts.of_invoice(sale, invoice)
        return _number(sale, Kind.RECEIPT, invoice.stripe_id, printed)


def credit(receipt: Receipt, refund_id: str, amount: int, currency: str) -> Receipt:
    """The numbered credit note of a refund (`re_...`) of what a receipt says was paid, once for a refund."""
    with transaction.atomic():
        found = _of(Kind.CREDIT_NOTE, refund_id)
        if found is not None:
            return found
        printed = facts.of_refund(receipt, amount, currency)
        return _number(receipt.sale, Kind.CREDIT_NOTE, refund_id, printed)


def pdf(receipt: Receipt) -> bytes:
    """The paper as a file, the same bytes every time."""
    return filing.read(receipt)


def _number(sale: Sale, kind: Receipt.Kind, stripe_id: str, printed: facts.Facts) -> Receipt:
    """Written while the series is locked; whoever waited for it looks again whether the paper is there by now."""
    series = numbers.lock(kind)
    found = _of(kind, stripe_id)
    if found is not None:
        return found
    number = numbers.take(series)
    name = f"{timezone.now():%Y%m%d}_{filenames.safe(sale.company)}_{number}_{ENDINGS[kind]}.pdf"
    return _write(sale, kind, printed, filename=name, number=number, stripe_id=stripe_id)


def _of(kind: str, stripe_id: str) -> Receipt | None:
    return Receipt.objects.filter(kind=kind, stripe_id=stripe_id).first()


def _write(sale: Sale, kind: str, printed: facts.Facts, **fields: Any) -> Receipt:
    receipt = Receipt.objects.create(
        kind=kind,
        sale=sale,
        organization=sale.organization,
        language=sale.language,
        facts=printed,
        **fields,
    )
    logger.info("paper issued", kind=kind, number=receipt.number, sale=sale.pk, receipt=receipt.pk)
    transaction.on_commit(lambda: filing.begin(receipt.pk), robust=True)
    return receipt

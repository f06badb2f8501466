"""Debits that a bank refuses after days: the sale can be paid in another way once what the debit left has ended.

Stripe trusts a debit that is under way, so there is a subscription, and an invoice that nobody shall pay any more.
"""

import structlog
from django.db import transaction

from billing import errors as stripe_errors
from billing import gateway, mirror, purchases
from billing.models import MirroredObject, StripeSubscription
from portal import errors, years
from portal.models import Sale

logger = structlog.get_logger(__name__)

Status = Sale.Status


def refuse(sale: Sale) -> bool:
    """The bank has said no; whether that is news. In a transaction with the sale locked; the rest follows after it."""
    if sale.status not in (Status.OPEN, Status.PENDING):
        return False
    sale.status = Status.REFUSED
    sale.save(update_fields=["status"])
    transaction.on_commit(lambda: _clear_quietly(sale), robust=True)
    return True


def clear(sale: Sale) -> None:
    """End what a refused debit left behind at Stripe. A second time does nothing.

    Raises `AlreadyPaid` if it was paid after all, `PaymentUnderWay` while it is tried again, and `Unavailable`.
    """
    left = sale.organization.subscriptions.filter(attempt_key=sale.reference)
    for subscription in left.exclude(status__in=StripeSubscription.OVER):
        _refuse_if_paid(sale, mirror.pull("invoice", subscription.latest_invoice_id, sale.organization_id))
        if gateway.payments.is_under_way(subscription.latest_invoice_id):
            raise errors.PaymentUnderWay
        purchases.withdraw(subscription)
    Sale.objects.filter(pk=sale.pk, status=Status.REFUSED).update(subscription_id="")


def clear_waiting() -> int:
    """What failed before, or was left behind by a process that died. Returns how many sales were cleared."""
    waiting = Sale.objects.filter(status=Status.REFUSED).exclude(subscription_id="")
    return sum(_clear_quietly(sale) for sale in list(waiting.select_related("organization")))


def _refuse_if_paid(sale: Sale, invoice: MirroredObject) -> None:
    with transaction.atomic():
        years.add(invoice)
    sale.refresh_from_db()
    if sale.is_paid:
        raise errors.AlreadyPaid


def _clear_quietly(sale: Sale) -> bool:
    try:
        clear(sale)
    except stripe_errors.BillingError as error:
        logger.warning("refused debit not cleared", sale=sale.pk, error=error.code)
        return False
    return True

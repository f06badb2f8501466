"""Running plans renew with today's tax: their state's rate, or none for the exempt, as both are known by then.

The rate of an item at Stripe is changed without proration: this period stays as it was paid for. Looked at for every
plan by the clock, from our rows; only what differs costs calls.
"""

from collections.abc import Iterator

import structlog
from django.db.models import QuerySet

from billing import errors as stripe_errors
from billing import gateway, mirror
from billing.models import StripeSubscription, StripeSubscriptionItem
from portal import sales, tax
from portal.models import Sale

logger = structlog.get_logger(__name__)


def follow() -> Iterator[StripeSubscription]:
    """Yields those that have another tax from their next invoice on. What Stripe does not take is tried next time."""
    for item in _items():
        sale = Sale.objects.paid().filter(subscription_id=item.subscription_id).order_by("pk").last()
        try:
            if sale is not None and _follow(item, sale):
                yield item.subscription
        except stripe_errors.BillingError as error:
            logger.warning(
                "plan renews with its former tax", subscription=item.subscription_id, error=error.code
            )


def _items() -> QuerySet[StripeSubscriptionItem]:
    """Of annual plans that will be renewed."""
    return StripeSubscriptionItem.objects.filter(
        key=sales.PLAN,
        subscription__status__in=StripeSubscription.LIVE,
        subscription__cancel_at=None,
        subscription__cancel_at_period_end=False,
        subscription__organization__closed=None,
    ).select_related("subscription__organization")


def _follow(item: StripeSubscriptionItem, sale: Sale) -> bool:
    """Whether it has another tax now. What Stripe Tax was left to work out stays its business."""
    if sale.is_taxed_by_stripe:
        return False
    due = sales.tax_of(sale, item.amount or 0).percentage
    if due is None:
        return False
    rate = tax.rate_for(sale.country, sale.state, due)
    wanted = [rate] if rate else []
    if item.tax_rates == wanted:
        return False
    sales.introduce(sale)  # an exempt customer is charged no rate at all
    _set(item, wanted, sale)
    logger.info("plan renews with another tax", subscription=item.subscription_id, percentage=str(due))
    return True


def _set(item: StripeSubscriptionItem, rates: list[str], sale: Sale) -> None:
    subscription, organization = item.subscription_id, sale.organization_id
    key = f"{item.stripe_id}:tax:{','.join(rates)}:{mirror.sequence_of(subscription)}"
    try:
        answer = gateway.subscriptions.set_tax_rates(subscription, item.stripe_id, rates, key=key)
    except (stripe_errors.NotFound, stripe_errors.Invalid, stripe_errors.StoredFailure):
        tax.forget(sale)  # its rate may be gone, or its subscription
        mirror.pull("subscription", subscription, organization)
        raise
    mirror.record(mirror.of_answer(answer), organization)

"""Existing subscribers brought to the prices that are on sale now: only when somebody asks for it.

Without proration, so that nobody is charged in the middle of what they have paid for: the period runs on, and the
next invoice has the new price. https://docs.stripe.com/billing/subscriptions/change-price
"""

from collections.abc import Iterator

from django.db.models import QuerySet

from billing import catalogue, errors, gateway, mirror, products
from billing.models import StripePrice, StripeSubscription, StripeSubscriptionItem
from billing.steps import Act, Step


def move(*kinds: products.Kind, dry_run: bool = False) -> Iterator[Step]:
    """A step for each item of a running subscription that is paid at a former price of the price list.

    A price made by hand for somebody stays theirs, and so does what is going to end.
    """
    for ware in products.wares(*kinds):
        for price in ware.prices:
            current = StripePrice.objects.on_offer(ware, price.interval, price.currency).first()
            if current is not None:
                yield from (_move(item, current, dry_run) for item in _outdated(ware, current))


def _outdated(ware: catalogue.Ware, current: StripePrice) -> QuerySet[StripeSubscriptionItem]:
    former = StripePrice.objects.filter(product_id=current.product_id, listed=True).exclude(pk=current.pk)
    return StripeSubscriptionItem.objects.filter(
        key=ware.code,
        interval=current.interval,
        currency=current.currency,
        price_id__in=former.values("stripe_id"),
        subscription__status__in=StripeSubscription.LIVE,
        subscription__cancel_at=None,
        subscription__cancel_at_period_end=False,
    ).select_related("subscription")


def _move(item: StripeSubscriptionItem, price: StripePrice, dry_run: bool) -> Step:
    subscription = item.subscription
    step = Step(
        Act.CHANGE, f"subscription {subscription.stripe_id} {price}", f"{item.amount} -> {price.amount}"
    )
    if dry_run:
        return step
    key = f"{item.stripe_id}:price:{price.stripe_id}:{mirror.sequence_of(subscription.stripe_id)}"
    try:
        answer = gateway.subscriptions.set_price(
            subscription.stripe_id, item.stripe_id, price.stripe_id, item.quantity, key=key
        )
    except (errors.NotFound, errors.Invalid, errors.StoredFailure):
        # It ended, or changed, or may not be changed.
        mirror.pull("subscription", subscription.stripe_id, subscription.organization_id)
        return Step(Act.LEAVE, step.what, "Stripe refused; look at it in its dashboard")
    mirror.record(mirror.of_answer(answer), subscription.organization_id)
    return step

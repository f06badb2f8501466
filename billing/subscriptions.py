"""What one does with an organization's subscription: start, change, cancel, resume, and look again at Stripe."""

from collections.abc import Mapping
from datetime import datetime

from accounts.models import Organization
from billing import (
    changes,
    checkouts,
    compositions,
    customers,
    errors,
    gateway,
    mirror,
    ownership,
    purchases,
    schedules,
)
from billing.catalogue import Plan
from billing.changes import Change
from billing.checkouts import Page
from billing.compositions import Composition
from billing.gateway.client import Answer
from billing.models import Attempt, StripeSubscription
from billing.purchases import Order, Purchase


def start(
    organization: Organization,
    plan: Plan,
    interval: str,
    payment_method: str = "",
    machines: Mapping[str, int] | None = None,
) -> Purchase:
    """Buy a plan, and machines with it. With a payment method Stripe charges it at once; without, the browser confirms
    with the secret.

    Asked again for the same while it is unfinished or has just succeeded, the same purchase is answered.
    Raises `Declined` with Stripe's sentence, `AlreadySubscribed`, `PurchaseUnderWay`, `NotOnSale`, `NotOffered`,
    `Unavailable`.
    """
    order = _order(organization, plan, interval, payment_method, machines)
    try:
        return _start(order)
    except errors.CustomerGone:
        customers.forget(organization)
    except errors.StoredFailure:
        pass  # its key is given up; what it may have made is found first
    return _start(order)


def check_out(
    organization: Organization, plan: Plan, interval: str, machines: Mapping[str, int] | None = None
) -> Page:
    """The page of Stripe's on which the same can be bought. See `checkouts.open_page`; raises as `start`."""
    order = _order(organization, plan, interval, "", machines)
    sync(organization)
    return checkouts.open_page(order)


def _order(
    organization: Organization,
    plan: Plan,
    interval: str,
    payment_method: str,
    machines: Mapping[str, int] | None,
) -> Order:
    wanted = compositions.machines(machines or {})
    lines = compositions.lines(organization, Composition(plan, interval, wanted)) if wanted else []
    return Order(organization, plan, interval, payment_method, wanted, lines)


def _start(order: Order) -> Purchase:
    sync(order.organization)
    customers.ensure(order.organization)
    checkouts.close(order.organization)
    found = purchases.begin(order)
    if isinstance(found, Attempt):
        return purchases.carry_out(found)
    return purchases.continue_with(found, order.payment_method)


def cancel(subscription: StripeSubscription, *, now: bool = False) -> StripeSubscription:
    """End it with the period that is paid for, or now. One that was never paid ends now. Returns the new row.

    Cancelling what is over, or ends already, changes nothing.
    """
    key = _key(subscription, "cancel")
    if subscription.is_over:
        return subscription
    if subscription.is_unfinished:
        purchases.withdraw(subscription)
        return subscription.anew()
    if not now:
        subscription = schedules.release(subscription)  # what a schedule manages is not cancelled otherwise
    try:
        if now:
            answer = gateway.subscriptions.end_now(subscription.stripe_id, key=key)
        else:
            answer = gateway.subscriptions.end_with_period(subscription.stripe_id, key=key)
    except errors.NotFound:  # it ended meanwhile
        mirror.pull("subscription", subscription.stripe_id, subscription.organization_id)
        return subscription.anew()
    return _record(answer, subscription)


def resume(subscription: StripeSubscription) -> StripeSubscription:
    """Take back a scheduled end. Raises `NotResumable` when it is over or was not going to end."""
    if subscription.is_over or subscription.ends_at is None:
        raise errors.NotResumable
    try:
        answer = gateway.subscriptions.renew(
            subscription.stripe_id,
            by_date=not subscription.cancel_at_period_end,
            key=_key(subscription, "resume"),
        )
    except (errors.NotFound, errors.Invalid) as ended:
        mirror.pull("subscription", subscription.stripe_id, subscription.organization_id)
        raise errors.NotResumable from ended
    return _record(answer, subscription)


def change(
    subscription: StripeSubscription, plan: Plan, interval: str, *, proration_date: datetime | None = None
) -> Change:
    """To another plan, or the same one at another interval. More is had and paid now, less with the period's end.

    More: a higher tier, or the year instead of the month; prorated. `proration_date` is that of the preview that was
    shown, so that its price is paid. To what it is already takes back what was scheduled. Asked again it is done once.
    Raises `Declined` (then nothing has changed), and what `changes.refuse_unchangeable` does.
    """
    return changes.make(subscription, changes.to_plan(subscription, plan, interval), proration_date)


def set_items(
    subscription: StripeSubscription, machines: Mapping[str, int], *, proration_date: datetime | None = None
) -> Change:
    """Let it have so many machines of these instance types, by key, and no others. One call; prorated, paid now.

    What is given back is credited to the customer and used with the next invoice. Raises as `change`, and `NotOffered`
    for what is not sold with the plan.
    """
    return changes.make(subscription, changes.to_machines(subscription, machines), proration_date)


def take_back(subscription: StripeSubscription) -> StripeSubscription:
    """Take back a change that is scheduled, or that awaits its payment. Returns the new row."""
    if subscription.pending_until is not None:
        return changes.withdraw(subscription)
    return schedules.release(subscription)


def sync(organization: Organization) -> None:
    """Ask Stripe what the organization has, and mirror it: its customer's subscriptions, in one call."""
    customer = organization.stripe_customer_id
    if not customer:
        return
    try:
        answer = gateway.subscriptions.list_all(customer)
    except errors.NotFound:
        customers.forget(organization)
        return
    for subscription in answer.data["data"]:
        if not ownership.is_foreign(subscription):
            mirror.record(mirror.of_answer(answer, subscription), organization.pk)


def look_again(organization: Organization) -> StripeSubscription | None:
    """Ask Stripe about all that a payment may have changed; returns what the organization has now.

    Raises `Declined` when the first payment of a purchase failed: the purchase is then taken back.
    """
    sync(organization)
    for invoice in organization.invoices.awaited():
        mirror.pull("invoice", invoice.stripe_id, organization.pk)
    subscription = organization.subscriptions.shown()
    if subscription is not None and subscription.is_unfinished:
        purchases.refuse_if_declined(subscription)
    if subscription is not None:
        changes.refuse_if_declined(subscription)
    return subscription


def _record(answer: Answer, subscription: StripeSubscription) -> StripeSubscription:
    mirror.record(mirror.of_answer(answer), subscription.organization_id)
    return subscription.anew()


def _key(subscription: StripeSubscription, verb: str) -> str:
    """An idempotency key that stays the same until the row changes: two clicks, or a lost answer, are one call."""
    return f"{subscription.stripe_id}:{verb}:{mirror.sequence_of(subscription.stripe_id)}"

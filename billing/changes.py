"""A change of a running subscription, made exactly once: more is had and paid at once, less with the period's end.

As with purchases the intention is stored first, with its idempotency key and parameters. A change that is to be paid
happens when it is paid: until then the subscription is what it was. See `gateway.subscriptions.change`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from billing import access, compositions, errors, gateway, mirror, purchases, schedules
from billing.catalogue import Interval, Plan
from billing.compositions import Composition
from billing.gateway.client import Answer
from billing.models import Attempt, StripeSubscription

logger = structlog.get_logger(__name__)

Status = StripeSubscription.Status
# So long a price that was shown is the price that is paid.
SHOWN_FOR = timedelta(hours=1)
# Clocks of two of our machines may differ by so much.
CLOCKS = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a change. `client_secret`: what the browser confirms its payment with; it then happens.

    `at`: when it happens, if it is to happen with the period's end.
    """

    subscription: StripeSubscription
    client_secret: str = ""
    at: datetime | None = None

    @property
    def awaits_payment(self) -> bool:
        return self.subscription.pending_until is not None


def is_later(subscription: StripeSubscription, wanted: Composition) -> bool:
    """Whether it waits for the period's end: a lower plan, or the same one by the month instead of the year.

    In a trial nothing was paid that one could keep, so everything is at once.
    """
    held = compositions.of(subscription)
    if subscription.status == Status.TRIALING:
        return False
    if wanted.plan.tier is not held.plan.tier:
        return wanted.plan.tier.rank < held.plan.tier.rank
    return (held.interval, wanted.interval) == (Interval.YEAR, Interval.MONTH)


def refuse_unchangeable(subscription: StripeSubscription) -> None:
    """Raise what stands in the way of any change."""
    if subscription.status in (Status.PAST_DUE, Status.UNPAID):
        raise errors.PaymentOverdue
    if subscription.status not in (Status.ACTIVE, Status.TRIALING):
        raise errors.NotChangeable
    if subscription.ends_at is not None:
        raise errors.SetToEnd
    plan = compositions.of(subscription).plan
    if not plan.self_service:
        raise errors.NotChangeable


def to_plan(subscription: StripeSubscription, plan: Plan, interval: str) -> Composition:
    """The plan that is wanted, with the machines that are had. Raises `NotOffered`, and `MachinesInTheWay` if they do
    not go together."""
    if not plan.is_sold_for(interval):
        raise errors.NotOffered(param="plan")
    held = subscription.machines
    if held and (interval != Interval.MONTH or not all(map(plan.allows, held))):
        raise errors.MachinesInTheWay
    return Composition(plan, interval, held)


def to_machines(subscription: StripeSubscription, machines: Mapping[str, int]) -> Composition:
    """The machines that are wanted, by key, beside the plan that is had. Raises `ChangeScheduled` if that is to change,
    and `NotOffered` for a number that is none."""
    wanted = compositions.machines(machines)
    if schedules.date_of(subscription) is not None:
        raise errors.ChangeScheduled
    held = compositions.of(subscription)
    return Composition(held.plan, held.interval, wanted)


def make(subscription: StripeSubscription, wanted: Composition, date: datetime | None = None) -> Change:
    """Make it so. See `subscriptions.change` and `subscriptions.set_items`."""
    try:
        return _make(subscription, wanted, date)
    except errors.StoredFailure:  # its key is given up; what it may have changed is found first
        mirror.pull("subscription", subscription.stripe_id, subscription.organization_id)
    return _make(subscription, wanted, date)


def _make(subscription: StripeSubscription, wanted: Composition, date: datetime | None) -> Change:
    if subscription.organization.attempts.open().filter(kind=Attempt.Kind.CHANGE).exists():
        mirror.pull("subscription", subscription.stripe_id, subscription.organization_id)
    current = subscription.anew()
    if current.pending_until is not None:
        return _go_on(current, wanted)
    later = is_later(current, wanted)
    if current.schedule_id and not later:
        current = schedules.release(current)
    attempt = _begin(current, wanted, date, later=later)
    if attempt is None:
        return Change(current, at=schedules.date_of(current))
    return _carry_out_later(attempt) if attempt.parameters["later"] else _carry_out(attempt)


def _go_on(subscription: StripeSubscription, wanted: Composition) -> Change:
    """The change that awaits its payment, if it is this one. Raises `ChangeAwaitsPayment` if it is another."""
    made = Attempt.objects.filter(kind=Attempt.Kind.CHANGE, result=subscription.latest_invoice_id).first()
    if made is None or made.parameters["wanted"] != wanted.to_json():
        raise errors.ChangeAwaitsPayment
    return go_on(subscription)


def go_on(subscription: StripeSubscription) -> Change:
    """How a change stands that awaited its payment, with the secret if it still does. Raises `Declined`."""
    answer = gateway.subscriptions.fetch_with_secrets(subscription.stripe_id)
    return _settled(purchases.remember(answer, subscription.organization), answer)


def _begin(
    subscription: StripeSubscription, wanted: Composition, date: datetime | None, *, later: bool
) -> Attempt | None:
    """The attempt to carry out, stored and committed; None when it is so already. Raises what forbids it."""
    with transaction.atomic():
        access.lock(subscription.organization_id)
        current = subscription.anew()
        found = current.organization.attempts.open().filter(kind=Attempt.Kind.CHANGE).first()
        if found is not None and not _is_over(found, wanted):
            return found
        refuse_unchangeable(current)
        parts = compositions.parts(current.organization, wanted, current)
        if not later and not compositions.changes(current, parts):
            return None
        _check(date, current)
        return Attempt.objects.create(
            kind=Attempt.Kind.CHANGE,
            organization=current.organization,
            plan=wanted.plan.key,
            interval=wanted.interval,
            parameters={
                "subscription": current.stripe_id,
                "later": later,
                "items": [{"price": part.price_id, "quantity": part.quantity} for part in parts]
                if later
                else compositions.changes(current, parts),
                "proration_date": int(date.timestamp()) if date else None,
                "wanted": wanted.to_json(),
                "target": sorted([part.price_id, part.quantity] for part in parts),
            },
        )


def _is_over(attempt: Attempt, wanted: Composition) -> bool:
    """Whether an open attempt can be closed. Our rows were just brought up to date, so what it did is in them."""
    if attempt.parameters["wanted"] == wanted.to_json() and not attempt.is_stale:
        return False
    if timezone.now() - attempt.created < purchases.PATIENCE:
        raise errors.PurchaseUnderWay
    Attempt.objects.filter(pk=attempt.pk).fail("forgotten")
    return True


def _check(date: datetime | None, subscription: StripeSubscription) -> None:
    """A price is paid as it was shown, but not as it would be some other day."""
    if date is None:
        return
    now = timezone.now()
    if date > now + CLOCKS:
        raise errors.NotOffered(param="proration_date")
    begins = max(item.period_start for item in subscription.items.all())
    if date < now - SHOWN_FOR or date < begins:
        raise errors.PreviewTooOld


def _carry_out(attempt: Attempt) -> Change:
    """Change it now. Raises `Declined`, and then it is what it was."""
    wanted: dict[str, Any] = attempt.parameters
    try:
        answer = gateway.subscriptions.change(
            wanted["subscription"],
            wanted["items"],
            proration_date=wanted["proration_date"],
            key=attempt.key,
        )
    except errors.BillingError as error:
        _close(attempt, error)
        raise
    current = purchases.remember(answer, attempt.organization)
    Attempt.objects.filter(pk=attempt.pk).finish(current.latest_invoice_id)
    _hear_of_credit(current, answer)
    return _settled(current, answer)


def _hear_of_credit(subscription: StripeSubscription, answer: Answer) -> None:
    """What was given back, or paid with it, stands in the customer's balance: whoever looks now shall see it."""
    invoice = answer.data.get("latest_invoice")
    if not isinstance(invoice, dict) or invoice["ending_balance"] in (None, invoice["starting_balance"]):
        return
    try:
        mirror.pull("customer", subscription.customer_id, subscription.organization_id)
    except errors.BillingError:  # the change is made; of the balance an event tells too
        logger.warning("credit not heard of", subscription=subscription.stripe_id)


def _carry_out_later(attempt: Attempt) -> Change:
    """Have Stripe change it when its period ends."""
    wanted: dict[str, Any] = attempt.parameters
    subscription = StripeSubscription.objects.get(stripe_id=wanted["subscription"]).anew()
    try:
        current = schedules.turn(subscription, wanted["items"], attempt.interval, key=attempt.key)
    except errors.BillingError as error:
        _close(attempt, error)
        raise
    Attempt.objects.filter(pk=attempt.pk).finish(current.schedule_id)
    return Change(current, at=schedules.date_of(current))


def _close(attempt: Attempt, error: errors.BillingError) -> None:
    """Unless Stripe may have heard it: then the same key again brings it to an end."""
    if error.leaves_open:
        return
    Attempt.objects.open().filter(pk=attempt.pk).fail(error.code)
    if isinstance(error, errors.Invalid | errors.NotFound):  # our rows may be behind
        mirror.pull("subscription", attempt.parameters["subscription"], attempt.organization_id)


def _settled(subscription: StripeSubscription, answer: Answer) -> Change:
    refuse_if_declined(subscription)
    if subscription.pending_until is None:
        return Change(subscription)
    invoice = answer.data.get("latest_invoice")
    secret = (invoice.get("confirmation_secret") or {}) if isinstance(invoice, dict) else {}
    return Change(subscription, str(secret.get("client_secret") or ""))


def refuse_if_declined(subscription: StripeSubscription) -> None:
    """Stripe tried the payment of a change. If that failed, take the change back and raise why."""
    if subscription.pending_until is None:
        return
    decline: errors.BillingError | None = gateway.payments.last_decline(subscription.latest_invoice_id)
    if decline is None and not subscription.organization.payment_methods.filter(attached=True).exists():
        decline = errors.NoCard()
    if decline is None:
        return
    try:
        withdraw(subscription)
    except errors.Unavailable:  # they hear of the decline in any case; Stripe drops the change by itself
        logger.warning("change not taken back", subscription=subscription.stripe_id)
    raise decline


def settle(attempt: Attempt) -> None:
    """Bring an attempt to its end of which nobody heard: our rows are Stripe's, and what was declined is taken back."""
    stripe_id = attempt.parameters["subscription"]
    mirror.pull("subscription", stripe_id, attempt.organization_id)
    subscription = StripeSubscription.objects.get(stripe_id=stripe_id).anew()
    if subscription.schedule_id:
        mirror.pull("subscription_schedule", subscription.schedule_id, attempt.organization_id)
        if attempt.parameters["later"] and schedules.date_of(subscription) is None:
            schedules.release(subscription)  # only its first half was made
    try:
        refuse_if_declined(subscription)
    except (errors.Declined, errors.NoCard):
        logger.info("declined change taken back", subscription=stripe_id)


def withdraw(subscription: StripeSubscription) -> StripeSubscription:
    """Take back a change that awaits its payment: its invoice is voided, and nothing changes. Returns the new row."""
    invoice = subscription.latest_invoice_id
    try:
        voided = gateway.payments.void(invoice, key=f"{invoice}:void")
    except (errors.NotFound, errors.Invalid):  # paid meanwhile, or dropped: Stripe's word holds
        mirror.pull("invoice", invoice, subscription.organization_id)
    else:
        mirror.record(mirror.of_answer(voided), subscription.organization_id)
    mirror.pull("subscription", subscription.stripe_id, subscription.organization_id)
    return subscription.anew()

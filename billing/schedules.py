"""What a subscription will be when its period ends. Stripe keeps it and does it, whether we are there or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from billing import catalogue, errors, gateway, mirror
from billing.catalogue import Plan
from billing.mirror.fields import moment
from billing.models import MirroredObject, StripePrice, StripeProduct, StripeSubscription


@dataclass(frozen=True, slots=True)
class Scheduled:
    """What it changes to and when; `plan` is None for what we do not know. `amount`: what a period then costs."""

    plan: Plan | None
    interval: str
    machines: dict[str, int]
    amount: int
    at: datetime


def of(subscription: StripeSubscription) -> Scheduled | None:
    """What is scheduled, from our rows; None when it just renews. No query then, else three."""
    facts = _facts(subscription)
    following = _following(facts)
    if following is None:
        return None
    wanted = dict(following["items"])
    prices = list(StripePrice.objects.filter(stripe_id__in=wanted))
    keys = dict(
        StripeProduct.objects.filter(stripe_id__in={price.product_id for price in prices}).values_list(
            "stripe_id", "key"
        )
    )
    codes = {keys.get(price.product_id, ""): price for price in prices}
    plans = [plan for code in codes if (plan := catalogue.find(code))]
    plan = max(plans, key=lambda one: one.tier.rank, default=None)
    return Scheduled(
        plan=plan,
        interval=codes[plan.code].interval if plan else "",
        machines={
            key: wanted[price.stripe_id]
            for code, price in codes.items()
            if (key := catalogue.instance_key(code))
        },
        amount=sum((price.amount or 0) * wanted[price.stripe_id] for price in prices),
        at=moment(following["start"]),
    )


def date_of(subscription: StripeSubscription) -> datetime | None:
    """When it changes; None when it just renews. One query, none without a schedule."""
    following = _following(_facts(subscription))
    return moment(following["start"]) if following else None


def turn(
    subscription: StripeSubscription, items: Sequence[dict[str, Any]], interval: str, *, key: str
) -> StripeSubscription:
    """Let it have these items when its period ends. Two calls; the first alone changes nothing. Returns the new row."""
    schedule = _open_schedule(subscription, key)
    answer = gateway.schedules.turn(schedule, items, interval, key=f"{key}:turn")
    mirror.record(mirror.of_answer(answer), subscription.organization_id)
    mirror.pull("subscription", subscription.stripe_id, subscription.organization_id)
    return subscription.anew()


def release(subscription: StripeSubscription) -> StripeSubscription:
    """Let it renew as it is. Returns the new row; one without a schedule stays as it is."""
    schedule = subscription.schedule_id
    if not schedule:
        return subscription
    try:
        answer = gateway.schedules.release(schedule, key=f"{schedule}:release")
    except (errors.NotFound, errors.Invalid):  # it is over already, which is what we want
        mirror.pull("subscription_schedule", schedule, subscription.organization_id)
    else:
        mirror.record(mirror.of_answer(answer), subscription.organization_id)
    mirror.pull("subscription", subscription.stripe_id, subscription.organization_id)
    return subscription.anew()


def _open_schedule(subscription: StripeSubscription, key: str) -> dict[str, Any]:
    if subscription.schedule_id:
        found = gateway.objects.fetch("subscription_schedule", subscription.schedule_id)
        if found is not None and found.data["status"] == "active":
            return found.data
    return gateway.schedules.take_over(subscription.stripe_id, key=f"{key}:take-over").data


def _facts(subscription: StripeSubscription) -> dict[str, Any]:
    if not subscription.schedule_id:
        return {}
    guards = MirroredObject.objects.filter(stripe_id=subscription.schedule_id, gone=False)
    return guards.values_list("data", flat=True).first() or {}


def _following(facts: dict[str, Any]) -> dict[str, Any] | None:
    """The phase after the present one, of a schedule that runs."""
    end = facts.get("current_end")
    phases = facts.get("phases", []) if end and facts.get("status") == "active" else []
    return next((phase for phase in phases if phase["start"] >= end), None)

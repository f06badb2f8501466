"""Trials: until when, the announcement three days before the end, and the end with or without a card.

https://docs.stripe.com/billing/subscriptions/trials
"""

from __future__ import annotations

from typing import Any

from sandbox import errors
from sandbox.clock import due
from sandbox.objects.subscriptions import cancel, items, periods, proration, states
from sandbox.store import Record
from sandbox.world import World

ANNOUNCED_BEFORE = 3 * periods.DAY
LONGEST_DAYS = 730


def read_end(world: World, params: dict[str, Any]) -> int | None:
    """When the trial that was asked for ends; None for none."""
    days, end = params.get("trial_period_days"), params.get("trial_end")
    if days is not None and end is not None:
        raise errors.invalid(
            "You may only specify one of these parameters: trial_end, trial_period_days.",
            "trial_end",
            "parameters_exclusive",
        )
    if days is not None:
        _check_days(days)
        return world.now + days * periods.DAY
    if end in (None, "now"):
        return None
    check_end(world, end)
    return int(end)


def _check_days(days: int) -> None:
    if days < 1:
        raise errors.invalid("trial_period_days must be at least 1.", "trial_period_days")
    if days > LONGEST_DAYS:
        raise errors.invalid(f"trial_period_days must be at most {LONGEST_DAYS}.", "trial_period_days")


def check_end(world: World, end: int) -> None:
    if end <= world.now:
        raise errors.invalid(
            "Invalid timestamp: must be an integer Unix timestamp in the future.", "trial_end"
        )
    if end > world.now + LONGEST_DAYS * periods.DAY:
        raise errors.invalid("Invalid timestamp: can be no more than two years in the future.", "trial_end")


def change(world: World, subscription: Record, params: dict[str, Any]) -> bool:
    """End the trial, begin or prolong one by `trial_end` of a call. Whether billing begins now."""
    end = params.get("trial_end")
    if end is None or (end == "now" and subscription["status"] != "trialing"):
        return False
    if end == "now":
        subscription |= {"status": "active", "trial_end": world.now}
        return True
    check_end(world, end)
    if subscription["status"] != "trialing":
        _begin(world, subscription, params)
    subscription |= {"trial_end": end, "billing_cycle_anchor": end}
    for item in items.of(world, subscription):
        item["current_period_end"] = end
    return False


def _begin(world: World, subscription: Record, params: dict[str, Any]) -> None:
    """A trial in the middle of a paid period: what is left of that is credited."""
    for item in items.of(world, subscription):
        if params.get("proration_behavior") != "none":
            proration.credit(world, subscription, item, world.now)
        item["current_period_start"] = world.now
    subscription |= {"status": "trialing", "trial_start": world.now}


def announce(world: World, subscription: Record) -> None:
    """Plan the event three days before the end; a shorter trial has it at once."""
    if subscription["status"] != "trialing":
        return
    at = subscription["trial_end"] - ANNOUNCED_BEFORE
    if at > world.now:
        world.schedule(at, "subscription.announce_trial_end", subscription["id"])
    else:
        world.emit("customer.subscription.trial_will_end", subscription)


@due("subscription.announce_trial_end")
def tell_end(world: World, subscription_id: str) -> None:
    subscription = world.find(subscription_id)
    if subscription is not None and subscription["status"] == "trialing":
        world.emit("customer.subscription.trial_will_end", subscription)


def end(world: World, subscription: Record) -> bool:
    """The trial is over. Whether billing begins: without a card it may pause or end the subscription instead.

    https://docs.stripe.com/billing/subscriptions/trials#create-free-trials-without-payment
    """
    subscription["status"] = "active"
    behavior = subscription["trial_settings"]["end_behavior"]["missing_payment_method"]
    if behavior == "create_invoice" or _has_method(world, subscription):
        return True
    if behavior == "cancel":
        cancel.now(world, subscription)
    else:
        subscription["status"] = "paused"
        states.tell(world, subscription)
        world.emit("customer.subscription.paused", subscription)
    return False


def _has_method(world: World, subscription: Record) -> bool:
    customer = world.get("customer", subscription["customer"])
    return bool(
        subscription["collection_method"] == "send_invoice"
        or subscription["default_payment_method"]
        or customer["invoice_settings"]["default_payment_method"]
    )

"""How a subscription ends: at once, at the period's end, or at a given time.

In flexible billing mode the two ways to schedule an end are coupled: `cancel_at_period_end` sets `cancel_at` too, and
`cancel_at` alone leaves the flag off. https://docs.stripe.com/billing/subscriptions/cancel
"""

from __future__ import annotations

from typing import Any

from sandbox import errors
from sandbox.clock import due
from sandbox.objects import entitlements
from sandbox.objects.invoices import closing, drafts
from sandbox.objects.subscriptions import items, proration, states
from sandbox.parameters import assign
from sandbox.routing import Call, operation
from sandbox.store import Record
from sandbox.world import World


def apply(world: World, subscription: Record, params: dict[str, Any]) -> None:
    """Schedule or unschedule the end by `cancel_at` and `cancel_at_period_end` of a call."""
    if params.get("cancel_at") and params.get("cancel_at_period_end"):
        raise errors.invalid(
            "You may only specify one of these parameters: cancel_at, cancel_at_period_end.",
            "cancel_at_period_end",
            "parameters_exclusive",
        )
    _note_details(subscription, params)
    if params.get("cancel_at_period_end"):
        _schedule(world, subscription, _period_end(world, subscription, max), at_period_end=True)
    elif params.get("cancel_at") is not None:
        _schedule(
            world, subscription, _read_time(world, subscription, params["cancel_at"]), at_period_end=False
        )
    elif params.get("cancel_at_period_end") is False or "cancel_at" in params:
        unschedule(world, subscription)


def _period_end(world: World, subscription: Record, choose: Any) -> int:
    end: int = choose(item["current_period_end"] for item in items.of(world, subscription))
    return end


def _read_time(world: World, subscription: Record, given: int | str) -> int:
    if given == "max_billed_until":
        raise errors.not_played("`cancel_at=max_billed_until`")
    if given in ("min_period_end", "max_period_end"):
        return _period_end(world, subscription, min if given == "min_period_end" else max)
    if int(given) <= world.now:
        raise errors.invalid("cancel_at must be a timestamp in the future.", "cancel_at")
    return int(given)


def _schedule(world: World, subscription: Record, at: int, *, at_period_end: bool) -> None:
    subscription |= {"cancel_at": at, "cancel_at_period_end": at_period_end, "canceled_at": world.now}
    subscription["cancellation_details"]["reason"] = "cancellation_requested"
    world.schedule(at, "subscription.cancel", subscription["id"])


def unschedule(world: World, subscription: Record) -> None:
    """Go on after all."""
    if subscription["cancel_at"] is not None:
        subscription |= {"cancel_at": None, "cancel_at_period_end": False, "canceled_at": None}
        subscription["cancellation_details"]["reason"] = None
        world.unschedule("subscription.cancel", subscription["id"])


def _note_details(subscription: Record, params: dict[str, Any]) -> None:
    assign(
        subscription["cancellation_details"], params.get("cancellation_details") or {}, "comment", "feedback"
    )


@due("subscription.cancel")
def fall_due(world: World, subscription_id: str) -> None:
    """The scheduled time has come."""
    subscription = world.find(subscription_id)
    if subscription is not None and subscription["status"] not in states.ENDED:
        now(world, subscription)


def now(world: World, subscription: Record, *, prorate: bool = False, invoice_now: bool = False) -> None:
    """End it here. Its drafts are no longer finalized by themselves, open invoices no longer collected.

    https://docs.stripe.com/api/subscriptions/cancel
    """
    if prorate:
        proration.credit_all(world, subscription)
    if invoice_now:
        proration.invoice_pending(world, subscription)
    reason = subscription["cancellation_details"]["reason"]
    subscription["cancellation_details"]["reason"] = reason or "cancellation_requested"
    states.end(world, subscription, "canceled")
    _stop_collecting(world, subscription)
    world.emit("customer.subscription.deleted", subscription)
    entitlements.follow(world, subscription["customer"])


def _stop_collecting(world: World, subscription: Record) -> None:
    for seen in list(world.scan("invoice", customer=subscription["customer"])):
        if drafts.subscription_of(seen) != subscription["id"] or seen["status"] not in ("draft", "open"):
            continue
        invoice = world.get("invoice", seen["id"])
        if invoice["auto_advance"]:
            invoice["auto_advance"] = False
            invoice["next_payment_attempt"] = None
            world.emit("invoice.updated", invoice)


@operation("DELETE", "/v1/subscriptions/{subscription_exposed_id}")
def delete(world: World, call: Call) -> Record:
    subscription = world.get("subscription", call.id)
    if subscription["status"] in states.ENDED:
        raise errors.missing("subscription", call.id)
    world.follow(subscription)
    _note_details(subscription, call.params)
    was_incomplete = subscription["status"] == "incomplete"
    now(
        world,
        subscription,
        prorate=call.params.get("prorate", False),
        invoice_now=call.params.get("invoice_now", False),
    )
    first = world.find(subscription["latest_invoice"])
    if was_incomplete and first is not None and first["status"] == "open":
        closing.void(world, first)
    return subscription

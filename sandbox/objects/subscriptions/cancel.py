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
    """The scheduled time has come. In the middle of a period what is left of it is credited."""
    subscription = world.find(subscription_id)
    if subscription is not None and subscription["status"] not in states.ENDED:
        now(world, subscription, prorate=bool(subscription.get("_prorates_end")))


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
    _stop_collecting(world, subscription["customer"], subscription["id"])
    world.emit("customer.subscription.deleted", subscription)
    entitlements.follow(world, subscription["customer"])


def _stop_collecting(world: World, customer_id: str, subscription_id: str | None = None) -> None:
    """Of one subscription, or of all that is a customer's."""
    for seen in list(world.scan("invoice", customer=customer_id)):
        mine = subscription_id is None or drafts.subscription_of(seen) == subscription_id
        if mine and seen["auto_advance"] and seen["status"] in ("draft", "open"):
            invoice = world.get("invoice", seen["id"])
            invoice |= {"auto_advance": False, "next_payment_attempt": None}
            world.emit("invoice.updated", invoice)


def lapse(world: World, subscription: Record) -> None:
    """Its first payment was not made, and will not be: `incomplete_expired`, which is told as an update."""
    states.end(world, subscription, "incomplete_expired")
    invoice = world.find(subscription["latest_invoice"])
    if invoice is not None and invoice["status"] == "open":
        closing.void(world, invoice)
    states.tell(world, subscription)


def end_all_of(world: World, customer: Record) -> None:
    """The customer is deleted: his subscriptions end now, his invoices are collected no more.

    https://docs.stripe.com/api/customers/delete
    """
    for subscription in world.select("subscription", customer=customer["id"]):
        if subscription["status"] not in states.ENDED:
            now(world, subscription)
    _stop_collecting(world, customer["id"])


@operation("DELETE", "/v1/subscriptions/{subscription_exposed_id}")
def delete(world: World, call: Call) -> Record:
    subscription = world.get("subscription", call.id)
    if subscription["status"] in states.ENDED:
        raise errors.missing("subscription", call.id)
    world.follow(subscription)
    _note_details(subscription, call.params)
    if subscription["status"] == "incomplete":
        lapse(world, subscription)
    else:
        prorate, invoice_now = call.params.get("prorate", False), call.params.get("invoice_now", False)
        now(world, subscription, prorate=prorate, invoice_now=invoice_now)
    return subscription

"""Collecting the invoice of an update, and what becomes of the update when that fails.

By `payment_behavior`: the change stands and the subscription is past due; or it is undone with an error; or it waits,
as a pending update, for 23 hours. https://docs.stripe.com/billing/subscriptions/pending-updates
"""

from __future__ import annotations

from typing import Any

from sandbox import skeletons
from sandbox.clock import due
from sandbox.objects.invoices import closing, collect, drafts, finalize, outcomes
from sandbox.objects.subscriptions import items, renew, states
from sandbox.store import Record
from sandbox.world import World

LASTS = 23 * 3600
State = dict[str, Any]
# Not part of what an update changes: how it stands, and what tells of the update itself.
KEPT = ("id", "latest_invoice", "pending_update", "status", "_announced", "_pending", "_trying")


def copy_state(world: World, subscription: Record) -> State:
    """The subscription and its items as they are."""
    return {
        "subscription": skeletons.copy(subscription),
        "items": [skeletons.copy(item) for item in items.of(world, subscription)],
    }


def collect_update(world: World, subscription: Record, invoice: Record) -> None:
    """Finalize and try at once; sent invoices wait their hour."""
    if subscription["collection_method"] == "send_invoice":
        invoice |= {"auto_advance": True, "automatically_finalizes_at": world.now + drafts.GRACE}
        world.schedule(world.now + drafts.GRACE, "invoice.finalize", invoice["id"])
        world.emit("invoice.updated", invoice)
        return
    invoice["auto_advance"] = True
    finalize.finalize(world, invoice)
    if invoice["status"] == "open":
        collect.begin(world, invoice)


def collect_for(
    world: World, subscription: Record, invoice: Record, params: dict[str, Any], before: State
) -> None:
    """Collect the invoice of an update in the way that the call wants."""
    behavior = params.get("payment_behavior", "allow_incomplete")
    if behavior == "default_incomplete" and subscription["collection_method"] == "charge_automatically":
        invoice["auto_advance"] = True
        finalize.finalize(world, invoice)
        if invoice["status"] == "open":
            subscription["status"] = "past_due"
        return
    if behavior == "pending_if_incomplete":
        _try(world, subscription, invoice, before, params)
        return
    collect_update(world, subscription, invoice)
    if behavior == "error_if_incomplete" and invoice["status"] == "open":
        error = collect.refusal(world, invoice)
        error.keep = False
        raise error


# -- pending updates -----------------------------------------------------------------------------------------------


def _try(world: World, subscription: Record, invoice: Record, before: State, params: dict[str, Any]) -> None:
    """Let the update stand only if it is paid."""
    after, status = copy_state(world, subscription), subscription["status"]
    subscription["_trying"] = invoice["_tried_once"] = True
    collect_update(world, subscription, invoice)
    subscription["_trying"] = False
    if invoice["status"] != "open":
        return
    invoice |= {"auto_advance": False, "next_payment_attempt": None}
    world.unschedule("invoice.retry", invoice["id"])
    world.emit("invoice.updated", invoice)
    _put(world, subscription, before)
    expires = world.now + LASTS
    subscription["status"] = status
    subscription["_pending"] = after
    subscription["pending_update"] = skeletons.build(
        "subscriptions_resource_pending_update",
        expires_at=expires,
        subscription_items=skeletons.copy(after["items"]),
        billing_cycle_anchor=_changed(before, after, "billing_cycle_anchor"),
        trial_end=_changed(before, after, "trial_end"),
        discounts=_changed(before, after, "discounts"),
        metadata=params.get("metadata"),
    )
    world.schedule(expires, "subscription.drop_update", subscription["id"])


def _changed(before: State, after: State, name: str) -> Any:
    new = after["subscription"][name]
    return None if new == before["subscription"][name] else new


def _put(world: World, subscription: Record, state: State) -> None:
    """Make the subscription and its items what they were in a state."""
    wanted = {item["id"]: item for item in state["items"]}
    for item in items.of(world, subscription):
        if item["id"] not in wanted:
            world.delete(item)
    for item in state["items"]:
        world.unit.add(skeletons.copy(item))
    chosen = {name: value for name, value in state["subscription"].items() if name not in KEPT}
    subscription |= skeletons.copy(chosen)


@outcomes.on("paid")
def follow_paid(world: World, invoice: Record) -> None:
    """The invoice of a pending update is paid: it takes effect."""
    subscription = states.of_latest(world, invoice)
    if subscription is None or not subscription.get("_pending"):
        return
    _put(world, subscription, subscription["_pending"])
    _forget(world, subscription)
    states.tell(world, subscription)
    world.emit("customer.subscription.pending_update_applied", subscription)
    renew.plan(world, subscription)


@due("subscription.drop_update")
def expire(world: World, subscription_id: str) -> None:
    """The update was not paid within 23 hours: its invoice is voided."""
    subscription = world.find(subscription_id)
    invoice = world.find(subscription["latest_invoice"]) if subscription else None
    if invoice is not None and invoice["status"] == "open":
        closing.void(world, invoice)


@outcomes.on("voided")
def follow_voided(world: World, invoice: Record) -> None:
    """The invoice of a pending update is voided: the update is dropped, which is how one is taken back."""
    subscription = states.of_latest(world, invoice)
    if subscription is None or not subscription.get("_pending"):
        return
    _forget(world, subscription)
    states.tell(world, subscription)
    world.emit("customer.subscription.pending_update_expired", subscription)


def _forget(world: World, subscription: Record) -> None:
    subscription |= {"pending_update": None, "_pending": None}
    world.unschedule("subscription.drop_update", subscription["id"])

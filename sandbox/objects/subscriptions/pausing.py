"""Pausing: of the collection, while the subscription goes on; or, after a trial without a card, of the whole.

https://docs.stripe.com/billing/subscriptions/pause-payment
"""

from __future__ import annotations

from typing import Any

from sandbox import errors, skeletons
from sandbox.clock import due
from sandbox.objects.invoices import outcomes
from sandbox.objects.subscriptions import changes, pending, renew, states
from sandbox.routing import Call, operation
from sandbox.store import Record
from sandbox.world import World


def apply(world: World, subscription: Record, params: dict[str, Any]) -> None:
    """Pause or unpause the collection by `pause_collection` of a call."""
    if "pause_collection" not in params:
        return
    given = params["pause_collection"]
    world.unschedule("subscription.unpause", subscription["id"])
    if not given:
        subscription["pause_collection"] = None
        return
    resumes = given.get("resumes_at")
    if resumes is not None and resumes <= world.now:
        raise errors.invalid("resumes_at must be a timestamp in the future.", "pause_collection[resumes_at]")
    if resumes is not None:
        world.schedule(resumes, "subscription.unpause", subscription["id"])
    subscription["pause_collection"] = skeletons.build(
        "subscriptions_resource_pause_collection", behavior=given["behavior"], resumes_at=resumes
    )


@due("subscription.unpause")
def unpause(world: World, subscription_id: str) -> None:
    subscription = world.find(subscription_id)
    if subscription is not None and subscription["pause_collection"]:
        subscription["pause_collection"] = None
        states.tell(world, subscription)


@operation("POST", "/v1/subscriptions/{subscription}/resume")
def resume(world: World, call: Call) -> Record:
    """Take a paused subscription up again, by default with a new period from now on.

    Its status changes when the invoice is paid. https://docs.stripe.com/api/subscriptions/resume
    """
    subscription = world.get("subscription", call.id)
    world.follow(subscription)
    if subscription["status"] != "paused":
        raise errors.invalid(
            f"You can only resume subscriptions with the status `paused`. This one is {subscription['status']}."
        )
    if call.params.get("billing_cycle_anchor", "now") == "unchanged":
        raise errors.not_played("resuming a subscription with its old billing cycle")
    take_up(world, subscription)
    return subscription


def take_up(world: World, subscription: Record) -> None:
    """Bill a new period from now on; it goes on when that is paid."""
    invoice = changes.begin_period(world, subscription)
    pending.collect_update(world, subscription, invoice)
    states.tell(world, subscription)


@outcomes.on("paid")
def follow_paid(world: World, invoice: Record) -> None:
    """The invoice of the resumption is paid: it goes on."""
    subscription = states.of_latest(world, invoice)
    if subscription is None or subscription["status"] != "paused":
        return
    subscription["status"] = "active"
    states.tell(world, subscription)
    world.emit("customer.subscription.resumed", subscription)
    renew.plan(world, subscription)

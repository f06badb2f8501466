"""Changing a subscription. https://docs.stripe.com/api/subscriptions/update

First the plain fields, then the items with what must be credited and charged for them (changes.py), then the invoice
if one is due now, and at last the event.
"""

from __future__ import annotations

from typing import Any

from sandbox import errors
from sandbox.objects import discounts
from sandbox.objects.subscriptions import cancel, changes, parameters, pausing, pending, renew, states, trials
from sandbox.routing import Call, operation
from sandbox.store import Record
from sandbox.world import World

ALWAYS_CHANGEABLE = {"metadata", "cancellation_details"}
NOT_WHILE_INCOMPLETE = {"items", "trial_end", "billing_cycle_anchor", "discounts", "add_invoice_items"}
PENDABLE = {
    "add_invoice_items",
    "billing_cycle_anchor",
    "discounts",
    "items",
    "metadata",
    "off_session",
    "payment_behavior",
    "proration_behavior",
    "proration_date",
    "trial_end",
}


@operation("POST", "/v1/subscriptions/{subscription_exposed_id}")
def update(world: World, call: Call) -> Record:
    subscription = world.get("subscription", call.id)
    world.follow(subscription)
    apply(world, subscription, call.params)
    return subscription


def apply(world: World, subscription: Record, params: dict[str, Any]) -> None:
    """Change a subscription by the parameters of the API, with the invoices and events that follow."""
    parameters.refuse_not_played(params)
    _refuse(subscription, params)
    before = pending.copy_state(world, subscription)
    parameters.assign_plain(world, subscription, params)
    _assign_collection(subscription, params)
    assign_discounts(world, subscription, params)
    pausing.apply(world, subscription, params)
    ended = trials.change(world, subscription, params)
    invoice = changes.apply(world, subscription, params, anew=ended)
    cancel.apply(world, subscription, params)
    if invoice is not None:
        pending.collect_for(world, subscription, invoice, params, before)
    states.tell(world, subscription)
    if "trial_end" in params:
        trials.announce(world, subscription)
    renew.plan(world, subscription)


def _refuse(subscription: Record, params: dict[str, Any]) -> None:
    """What cannot be changed in this state, or not in this way."""
    status, given = subscription["status"], params.keys()
    if status in states.ENDED and given - ALWAYS_CHANGEABLE:
        raise errors.invalid("A canceled subscription can only update its cancellation_details and metadata.")
    if subscription["schedule"] and given & {"cancel_at", "cancel_at_period_end"}:
        raise errors.invalid(
            f"The subscription is managed by the subscription schedule `{subscription['schedule']}`, and updating any "
            "cancelation behavior directly is not allowed. Please update the schedule instead."
        )
    if status == "incomplete" and given & NOT_WHILE_INCOMPLETE:
        raise errors.invalid(
            "This subscription is incomplete: until its first invoice is paid its items, discounts and trial cannot "
            "be changed."
        )
    if subscription["pending_update"] and given & PENDABLE:
        raise errors.invalid(
            "This subscription has a pending update. You cannot update it until that is applied or expires."
        )
    if params.get("payment_behavior") == "pending_if_incomplete" and given - PENDABLE:
        refused = sorted(given - PENDABLE)[0]
        raise errors.invalid(
            f"`{refused}` is not supported with `payment_behavior` set to `pending_if_incomplete`.", refused
        )


def _assign_collection(subscription: Record, params: dict[str, Any]) -> None:
    method = params.get("collection_method")
    if method is None:
        return
    if method == "send_invoice" and not (params.get("days_until_due") or subscription["days_until_due"]):
        raise errors.parameter_missing("days_until_due")
    subscription["collection_method"] = method
    if method == "charge_automatically":
        subscription["days_until_due"] = None


def assign_discounts(world: World, subscription: Record, params: dict[str, Any]) -> None:
    """`discounts` replaces all: those named by their id stay, the others go, coupons and codes are new."""
    if "discounts" not in params:
        return
    given = params["discounts"] or []
    kept = [one["discount"] for one in given if one.get("discount") in subscription["discounts"]]
    for discount_id in subscription["discounts"]:
        if discount_id not in kept:
            discounts.remove(world, world.get("discount", discount_id))
    owners = {"customer": subscription["customer"], "subscription": subscription["id"]}
    made = [discounts.make(world, one, **owners)["id"] for one in given if one.get("discount") not in kept]
    subscription["discounts"] = kept + made


@operation("DELETE", "/v1/subscriptions/{subscription_exposed_id}/discount")
def drop_discount(world: World, call: Call) -> Record:
    """Take all discounts away; the last one is answered as deleted."""
    subscription = world.get("subscription", call.id)
    world.follow(subscription)
    if not subscription["discounts"]:
        raise errors.missing("discount", call.id)
    gone = [discounts.remove(world, world.get("discount", held)) for held in subscription["discounts"]]
    subscription["discounts"] = []
    states.tell(world, subscription)
    return gone[-1]

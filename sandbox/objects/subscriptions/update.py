"""Changing a subscription. https://docs.stripe.com/api/subscriptions/update"""

from __future__ import annotations

from typing import Any

from sandbox import errors
from sandbox.objects.subscriptions import cancel, parameters, renew, states
from sandbox.routing import Call, operation
from sandbox.store import Record
from sandbox.world import World


@operation("POST", "/v1/subscriptions/{subscription_exposed_id}")
def update(world: World, call: Call) -> Record:
    subscription = world.get("subscription", call.id)
    world.follow(subscription)
    apply(world, subscription, call.params)
    return subscription


def apply(world: World, subscription: Record, params: dict[str, Any]) -> None:
    """Change a subscription by the parameters of the API, with the invoices and events that follow."""
    parameters.refuse_not_played(params)
    if subscription["status"] in states.ENDED and params.keys() - {"metadata", "cancellation_details"}:
        raise errors.invalid("A canceled subscription can only update its cancellation_details and metadata.")
    parameters.assign_plain(world, subscription, params)
    cancel.apply(world, subscription, params)
    states.tell(world, subscription)
    renew.plan(world, subscription)

"""The items of a subscription one by one: the same changes as by the subscription itself.

https://docs.stripe.com/api/subscription_items
"""

from __future__ import annotations

from typing import Any

from sandbox import lists
from sandbox.objects.subscriptions import update as subscriptions
from sandbox.routing import Call, operation
from sandbox.store import Record
from sandbox.world import World

OF_THE_UPDATE = ("off_session", "payment_behavior", "proration_behavior", "proration_date")


def _change(world: World, subscription: Record, item: dict[str, Any], params: dict[str, Any]) -> None:
    """Change one item; what concerns the change as a whole is split from what concerns the item."""
    whole = {name: params[name] for name in OF_THE_UPDATE if name in params}
    own = {name: value for name, value in params.items() if name not in (*OF_THE_UPDATE, "subscription")}
    subscriptions.apply(world, subscription, whole | {"items": [own | item]})


@operation("POST", "/v1/subscription_items")
def create(world: World, call: Call) -> Record:
    subscription = world.get("subscription", call.params["subscription"], "subscription")
    world.follow(subscription)
    _change(world, subscription, {}, call.params)
    return world.get("subscription_item", subscription["_items"][-1])


@operation("GET", "/v1/subscription_items")
def list_all(world: World, call: Call) -> dict[str, Any]:
    subscription = world.get("subscription", call.params["subscription"], "subscription")
    return lists.cut(
        call, "subscription_item", [world.get("subscription_item", i) for i in subscription["_items"]]
    )


@operation("GET", "/v1/subscription_items/{item}")
def retrieve(world: World, call: Call) -> Record:
    return world.get("subscription_item", call.id)


@operation("POST", "/v1/subscription_items/{item}")
def update(world: World, call: Call) -> Record:
    item = world.get("subscription_item", call.id)
    subscription = world.get("subscription", item["subscription"])
    world.follow(subscription)
    _change(world, subscription, {"id": item["id"]}, call.params)
    return item


@operation("DELETE", "/v1/subscription_items/{item}")
def delete(world: World, call: Call) -> Record:
    item = world.get("subscription_item", call.id)
    subscription = world.get("subscription", item["subscription"])
    world.follow(subscription)
    _change(world, subscription, {"id": item["id"], "deleted": True}, call.params)
    return {"id": item["id"], "object": "subscription_item", "deleted": True}

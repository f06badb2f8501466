"""The calls on subscriptions that only look, and `resume`. https://docs.stripe.com/api/subscriptions"""

from __future__ import annotations

from typing import Any

from sandbox import lists
from sandbox.objects.subscriptions import states
from sandbox.rendering import field, list_object
from sandbox.routing import Call, operation
from sandbox.search import search
from sandbox.store import Record
from sandbox.world import World

FIRST_PAGE = 10


@operation("GET", "/v1/subscriptions/{subscription_exposed_id}")
def retrieve(world: World, call: Call) -> Record:
    return world.get("subscription", call.id)


@operation("GET", "/v1/subscriptions")
def list_all(world: World, call: Call) -> dict[str, Any]:
    """Without `status` those that are not canceled. https://docs.stripe.com/api/subscriptions/list"""
    wanted = call.params.pop("status", None)
    found = lists.select(
        call,
        (s for s in world.scan("subscription", newest_first=True) if _has_status(s, wanted)),
        price=lambda subscription, price: any(i["_price"] == price for i in _items(world, subscription)),
        current_period_start=lambda subscription, bounds: _any(
            world, subscription, "current_period_start", bounds
        ),
        current_period_end=lambda subscription, bounds: _any(
            world, subscription, "current_period_end", bounds
        ),
    )
    return lists.cut(call, "subscription", found)


def _has_status(subscription: Record, wanted: str | None) -> bool:
    if wanted == "all":
        return True
    if wanted == "ended":
        return subscription["status"] in states.ENDED
    return subscription["status"] == wanted if wanted else subscription["status"] not in states.ENDED


def _items(world: World, subscription: Record) -> list[Record]:
    return [item for item_id in subscription["_items"] if (item := world.peek(item_id))]


def _any(world: World, subscription: Record, name: str, bounds: Any) -> bool:
    """Whether a period of one of its items begins or ends within bounds."""
    return any(lists.fits(item[name], bounds) for item in _items(world, subscription))


@operation("GET", "/v1/subscriptions/search")
def search_all(world: World, call: Call) -> dict[str, Any]:
    return search(world, call, "subscription")


@field("customer", "subscriptions")
def list_of_customer(world: World, customer: Record) -> dict[str, Any]:
    """A customer's running subscriptions, newest first."""
    running = [
        s
        for s in world.scan("subscription", newest_first=True, customer=customer["id"])
        if s["status"] not in states.ENDED
    ]
    url = f"/v1/customers/{customer['id']}/subscriptions"
    return list_object(running[:FIRST_PAGE], url, len(running) > FIRST_PAGE)

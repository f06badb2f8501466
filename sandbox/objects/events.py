"""Events as the API lists them, for 30 days. They are made in sandbox/events.py. https://docs.stripe.com/api/events"""

from __future__ import annotations

from fnmatch import fnmatchcase

from sandbox import lists
from sandbox.routing import Call, operation
from sandbox.store import Record
from sandbox.world import World

KEPT_SECONDS = 30 * 24 * 3600


@operation("GET", "/v1/events")
def list_all(world: World, call: Call) -> Record:
    recent = (
        event
        for event in world.scan("event", newest_first=True)
        if event["created"] > world.now - KEPT_SECONDS or event["_test_clock"]
    )
    found = lists.select(
        call,
        recent,
        type=lambda event, pattern: fnmatchcase(event["type"], pattern),
        types=lambda event, types: event["type"] in types,
        delivery_success=lambda event, wanted: _delivered(world, event) == wanted,
    )
    return lists.cut(call, "event", found)


def _delivered(world: World, event: Record) -> bool:
    states = [(world.peek(delivery) or {}).get("state") for delivery in event["_deliveries"]]
    return all(state == "delivered" for state in states)


@operation("GET", "/v1/events/{id}")
def retrieve(world: World, call: Call) -> Record:
    return world.get("event", call.id)

"""Events: made inside the unit that changes something, together with one delivery per webhook endpoint that
wants them.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from sandbox import identifiers
from sandbox.rendering import field
from sandbox.shapes import API_VERSION, Shapes

if TYPE_CHECKING:
    from sandbox.store import Record
    from sandbox.world import World

# Event types whose previous_attributes are worked out by comparing.
COMPARED = (".updated", "charge.refunded")
OPEN = ("pending", "held")


def create(world: World, event_type: str, shown: Record, previous: dict[str, Any] | None) -> Record:
    """Keep an event about an object already rendered, and queue it for every enabled endpoint that asks for
    its type.
    """
    if event_type not in Shapes.load().event_types:
        raise TypeError(f"{event_type!r} is no event type of this API version")
    data: dict[str, Any] = {"object": shown}
    if previous is not None:
        data["previous_attributes"] = previous
    call = world.call
    event = world.new(
        "event",
        type=event_type,
        data=data,
        api_version=API_VERSION,
        pending_webhooks=0,
        request={
            "id": call.request_id if call else None,
            "idempotency_key": call.idempotency_key if call else None,
        },
        _deliveries=[],
        _test_clock=world.test_clock,
    )
    for endpoint in world.scan("webhook_endpoint", status="enabled"):
        if wants(endpoint, event_type):
            queue(world, event, endpoint)
    return event


def wants(endpoint: Record, event_type: str) -> bool:
    """Whether an endpoint asks for a type; thin destinations call it `v1.customer.created`."""
    return any(pattern in ("*", event_type, f"v1.{event_type}") for pattern in endpoint["enabled_events"])


def thin(event: Record) -> dict[str, Any]:
    """The same event as it tells which object has changed, and nothing of the object.

    `snapshot_event` is the id by which somebody who gets both knows them for one.
    https://docs.stripe.com/event-destinations#thin-events
    https://docs.stripe.com/webhooks/migrate-snapshot-to-thin-events
    """
    kind, object_id = event["data"]["object"]["object"], event["data"]["object"].get("id")
    url = f"/v1/{kind.replace('.', '/')}s/{object_id}"
    return {
        "id": event["id"].replace("evt_", "evt_65", 1),  # not the snapshot's, in case somebody is sent both
        "object": "v2.core.event",
        "type": f"v1.{event['type']}",
        "created": stamp(event["created"]),
        "livemode": event["livemode"],
        "context": None,
        "related_object": {"id": object_id, "type": kind, "url": url} if object_id else None,
        "reason": {"type": "request", "request": event["request"]} if event["request"]["id"] else None,
        "snapshot_event": event["id"],
    }


def stamp(timestamp: int) -> str:
    """A time as API v2 writes it: 2027-01-01T00:00:00.000Z."""
    moment = datetime.fromtimestamp(timestamp, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def queue(world: World, event: Record, endpoint: Record) -> Record:
    """Make a delivery of an event to an endpoint: held back if deliveries are on hold."""
    hold = world.peek("_hold")
    delivery = {
        "id": "_delivery_" + identifiers.random_text(24),
        "object": "_delivery",
        "event": event["id"],
        "endpoint": endpoint["id"],
        "type": event["type"],
        "state": "held" if hold and fnmatchcase(event["type"], hold["pattern"]) else "pending",
        "next_at": time.time(),
        "attempts": [],
    }
    world.unit.add(delivery)
    event["_deliveries"].append(delivery["id"])
    return delivery


@field("event", "pending_webhooks")
def count_pending(world: World, event: Record) -> int:
    """Deliveries that have not been answered with 2xx and are still tried."""
    states = [(world.peek(delivery_id) or {}).get("state") for delivery_id in event.get("_deliveries", ())]
    return sum(state in OPEN for state in states)

"""Events as API v2 has them: what a thin event tells, to be fetched again. https://docs.stripe.com/api/v2/core/events"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sandbox import errors, events
from sandbox.lists import fits
from sandbox.store import Record
from sandbox.v2.answering import Call, not_found, operation, page
from sandbox.world import World

ROOT = "/v2/core/events"
PING = "v2.core.event_destination.ping"


def _all(world: World) -> Iterator[Record]:
    """Every event as a thin one, newest first; pings first of those of one second."""
    told = [_full(record) for record in world.scan("v2.core.event", newest_first=True)]
    told += [_full(events.thin(record)) for record in world.scan("event", newest_first=True)]
    return iter(sorted(told, key=lambda event: event["created"], reverse=True))


def _full(thin: Record) -> Record:
    shown = {name: value for name, value in thin.items() if not name.startswith("_")}
    return shown | {"changes": None, "data": None}


@operation("GET", ROOT)
def list_all(world: World, call: Call) -> Record:
    call.refuse_unknown("created", "limit", "object_id", "page", "types")
    types, object_id = call.want("types", list), call.want("object_id", str)
    bounds = {name: _time(text) for name, text in (call.want("created", dict) or {}).items()}
    found = [
        event
        for event in _all(world)
        if (types is None or event["type"] in types)
        and (object_id is None or (event["related_object"] or {}).get("id") == object_id)
        and fits(_time(event["created"]), bounds)
    ]
    return page(call, found)


def _time(text: Any) -> int:
    """Milliseconds since 1970."""
    try:
        return int(datetime.fromisoformat(text).astimezone(UTC).timestamp() * 1000)
    except (ValueError, TypeError) as error:
        raise errors.invalid("Invalid value for created: send a time in ISO 8601.", "created") from error


@operation("GET", f"{ROOT}/{{id}}")
def retrieve(world: World, call: Call) -> Record:
    for event in _all(world):
        if event["id"] == call.id:
            return event
    raise not_found(f"Event {call.id}")

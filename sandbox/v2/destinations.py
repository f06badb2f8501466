"""Event destinations: who is told of which events, as snapshots or thin. https://docs.stripe.com/api/v2/core/event_destinations

They are webhook endpoints by another name: those of v1 are listed here too, and thin ones only here. At Stripe, thin
events of v1's resources (`v1.customer.created`) are a private preview; here they are sent to who asks for them.
"""

from __future__ import annotations

from typing import Any

from sandbox import errors, events, identifiers
from sandbox.objects import webhook_endpoints
from sandbox.shapes import API_VERSION, Shapes
from sandbox.store import Record
from sandbox.v2.answering import Call, not_found, operation, page
from sandbox.v2.events import PING
from sandbox.world import World

ROOT = "/v2/core/event_destinations"
URL, SECRET = "webhook_endpoint.url", "webhook_endpoint.signing_secret"
CREATED = (
    "amazon_eventbridge",
    "azure_event_grid",
    "description",
    "enabled_events",
    "event_payload",
    "events_from",
    "include",
    "metadata",
    "name",
    "snapshot_api_version",
    "type",
    "webhook_endpoint",
)
UPDATED = ("description", "enabled_events", "include", "metadata", "name", "webhook_endpoint")


def show(endpoint: Record, call: Call, *includable: str) -> Record:
    """The destination, with what `include` asks for."""
    asked = set(call.want("include", list) or ())
    if unknown := asked - set(includable):
        raise errors.invalid(f"Invalid value for include: {min(unknown)}.", "include")
    hook = {"signing_secret": endpoint["_secrets"][0]["secret"]} if SECRET in asked else {}
    hook |= {"url": endpoint["url"]} if URL in asked else {}
    disabled = endpoint["status"] == "disabled"
    return {
        "id": endpoint["id"],
        "object": "v2.core.event_destination",
        "amazon_eventbridge": None,
        "azure_event_grid": None,
        "created": events.stamp(endpoint["created"]),
        "description": endpoint["description"] or "",
        "enabled_events": endpoint["enabled_events"],
        "event_payload": "thin" if endpoint.get("_thin") else "snapshot",
        "events_from": ["@self"],
        "livemode": False,
        "metadata": endpoint["metadata"],
        "name": endpoint.get("_name") or endpoint["url"],
        "snapshot_api_version": None if endpoint.get("_thin") else endpoint["api_version"],
        "status": endpoint["status"],
        "status_details": {"disabled": {"reason": "user"}} if disabled else None,
        "type": "webhook_endpoint",
        "updated": events.stamp(endpoint.get("_updated") or endpoint["created"]),
        "webhook_endpoint": hook or None,
    }


def _find(world: World, call: Call) -> Record:
    endpoint = world.find(call.id)
    if endpoint is None or endpoint["object"] != "webhook_endpoint":
        raise not_found(f"Event destination {call.id}")
    return endpoint


@operation("POST", ROOT)
def create(world: World, call: Call) -> Record:
    call.refuse_unknown(*CREATED)
    if call.want("type", str, required=True) != "webhook_endpoint":
        raise errors.not_played(f"event destinations of the type {call.params['type']}")
    payload = call.want("event_payload", str, required=True)
    if payload not in ("snapshot", "thin"):
        raise errors.invalid("Invalid value for event_payload: it must be snapshot or thin.", "event_payload")
    if (call.want("events_from", list) or ["@self"]) != ["@self"]:
        raise errors.not_played("events of other accounts")
    thin = payload == "thin"
    endpoint = webhook_endpoints.make(
        world,
        {
            "url": _url(call, required=True),
            "enabled_events": ["*"],
            "api_version": None if thin else call.want("snapshot_api_version", str) or API_VERSION,
            "description": call.want("description", str),
            "metadata": call.want("metadata", dict),
        },
        object_id=f"{'ed_test_' if thin else 'we_'}{identifiers.random_text(24)}",
    )
    endpoint |= {"_thin": thin, "_name": call.want("name", str, required=True)}
    endpoint["enabled_events"] = _known(call, thin, required=True)
    return show(endpoint, call, URL, SECRET)


def _url(call: Call, required: bool = False) -> str | None:
    hook = call.want("webhook_endpoint", dict, required) or {}
    if (required or hook) and not isinstance(hook.get("url"), str):
        raise errors.parameter_missing("webhook_endpoint.url")
    return hook.get("url")


def _known(call: Call, thin: bool, required: bool = False) -> Any:
    """The types asked for: of thin events they begin with `v1.`."""
    asked = call.want("enabled_events", list, required)
    prefix = "v1." if thin else ""
    known = {"*", *(f"{prefix}{name}" for name in Shapes.load().event_types)}
    for name in asked or ():
        if name not in known:
            raise errors.invalid(f"Invalid value for enabled_events: {name}.", "enabled_events")
    return asked


@operation("GET", ROOT)
def list_all(world: World, call: Call) -> Record:
    call.refuse_unknown("include", "limit", "page")
    return page(call, [show(one, call, URL) for one in world.scan("webhook_endpoint", newest_first=True)])


@operation("GET", f"{ROOT}/{{id}}")
def retrieve(world: World, call: Call) -> Record:
    call.refuse_unknown("include")
    return show(_find(world, call), call, URL)


@operation("POST", f"{ROOT}/{{id}}")
def update(world: World, call: Call) -> Record:
    call.refuse_unknown(*UPDATED)
    endpoint = _find(world, call)
    changed: dict[str, Any] = {
        "url": _url(call),
        "enabled_events": _known(call, endpoint.get("_thin", False)),
        "description": call.want("description", str),
        "metadata": call.want("metadata", dict),
    }
    webhook_endpoints.change(endpoint, {name: value for name, value in changed.items() if value is not None})
    endpoint["_name"] = call.want("name", str) or endpoint.get("_name")
    return _touch(world, endpoint, call)


def _touch(world: World, endpoint: Record, call: Call) -> Record:
    endpoint["_updated"] = world.now
    return show(endpoint, call, URL)


@operation("POST", f"{ROOT}/{{id}}/enable")
def enable(world: World, call: Call) -> Record:
    endpoint = _find(world, call)
    endpoint["status"] = "enabled"
    return _touch(world, endpoint, call)


@operation("POST", f"{ROOT}/{{id}}/disable")
def disable(world: World, call: Call) -> Record:
    endpoint = _find(world, call)
    endpoint["status"] = "disabled"
    return _touch(world, endpoint, call)


@operation("DELETE", f"{ROOT}/{{id}}")
def delete(world: World, call: Call) -> Record:
    world.delete(_find(world, call))
    return {"id": call.id, "object": "v2.core.event_destination"}


@operation("POST", f"{ROOT}/{{id}}/ping")
def ping(world: World, call: Call) -> Record:
    """Send it an event that means nothing but that events arrive."""
    endpoint = _find(world, call)
    made: Record = {
        "id": "evt_65" + identifiers.random_text(24),
        "object": "v2.core.event",
        "type": PING,
        "created": events.stamp(world.now),
        "livemode": False,
        "context": None,
        "related_object": {
            "id": endpoint["id"],
            "type": "v2.core.event_destination",
            "url": f"{ROOT}/{endpoint['id']}",
        },
        "reason": {
            "type": "request",
            "request": {"id": call.request_id, "idempotency_key": call.idempotency_key},
        },
    }
    world.unit.add(made | {"_deliveries": []})
    events.queue(world, world.unit.get(made["id"]) or made, endpoint)
    return made | {"changes": None, "data": None}

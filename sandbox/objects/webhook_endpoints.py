"""Webhook endpoints: who is told of which events. The secret is shown once, when the endpoint is made.

https://docs.stripe.com/api/webhook_endpoints
"""

from __future__ import annotations

import re
from typing import Any

from sandbox import errors, identifiers, lists
from sandbox.parameters import assign, merge_metadata
from sandbox.routing import Call, operation
from sandbox.shapes import API_VERSION, Shapes
from sandbox.store import Record
from sandbox.world import World


@operation("POST", "/v1/webhook_endpoints")
def create(world: World, call: Call) -> Record:
    endpoint = make(world, call.params)
    return endpoint | {"secret": endpoint["_secrets"][0]["secret"]}


def make(
    world: World, params: dict[str, Any], secret: str | None = None, object_id: str | None = None
) -> Record:
    """Make an endpoint, with a given signing secret or one of its own."""
    return world.new(
        "webhook_endpoint",
        id=object_id or identifiers.new_id("webhook_endpoint"),
        url=_checked(params["url"]),
        enabled_events=_known(params["enabled_events"]),
        api_version=params.get("api_version"),
        description=params.get("description"),
        metadata=merge_metadata({}, params.get("metadata")),
        status="enabled",
        _secrets=[{"secret": secret or "whsec_" + identifiers.random_text(32), "until": None}],
    )


def serve(world: World, url: str, secret: str) -> Record:
    """The endpoint at this URL, made or given this secret: what the command line asks for at every start."""
    for endpoint in world.select("webhook_endpoint", url=url):
        endpoint["_secrets"] = [{"secret": secret, "until": None}]
        return endpoint
    return make(world, {"url": url, "enabled_events": ["*"], "api_version": API_VERSION}, secret)


def _known(patterns: list[str]) -> list[str]:
    for index, pattern in enumerate(patterns):
        if pattern != "*" and pattern not in Shapes.load().event_types:
            raise errors.invalid(
                f"Invalid enabled_events[{index}]: there is no event type {pattern}",
                f"enabled_events[{index}]",
            )
    return patterns


def _checked(url: str) -> str:
    if not re.match(r"https?://[^/\s]+", url):
        raise errors.invalid(
            "Invalid URL: An explicit scheme (such as https) must be provided.", "url", "url_invalid"
        )
    return url


@operation("GET", "/v1/webhook_endpoints")
def list_all(world: World, call: Call) -> Record:
    """Without thin event destinations, which API v2 lists: v1 has no word for their payload."""
    own = (
        one for one in world.scan("webhook_endpoint", newest_first=True) if not one["id"].startswith("ed_")
    )
    return lists.cut(call, "webhook_endpoint", lists.select(call, own))


@operation("GET", "/v1/webhook_endpoints/{webhook_endpoint}")
def retrieve(world: World, call: Call) -> Record:
    return world.get("webhook_endpoint", call.id)


@operation("POST", "/v1/webhook_endpoints/{webhook_endpoint}")
def update(world: World, call: Call) -> Record:
    endpoint = world.get("webhook_endpoint", call.id)
    if "enabled_events" in call.params:
        _known(call.params["enabled_events"])
    change(endpoint, call.params)
    if "disabled" in call.params:
        endpoint["status"] = "disabled" if call.params["disabled"] else "enabled"
    return endpoint


def change(endpoint: Record, params: dict[str, Any]) -> None:
    """Assign what may be changed; the types of events are known to be good."""
    if "url" in params:
        endpoint["url"] = _checked(params["url"])
    assign(endpoint, params, "description", "enabled_events", "metadata")


@operation("DELETE", "/v1/webhook_endpoints/{webhook_endpoint}")
def delete(world: World, call: Call) -> Record:
    return world.delete(world.get("webhook_endpoint", call.id))

"""The calls on Checkout sessions. https://docs.stripe.com/api/checkout/sessions"""

from __future__ import annotations

from typing import Any

from sandbox import errors
from sandbox.lists import cut, page
from sandbox.objects.checkout import changes, lines, sessions
from sandbox.parameters import assign
from sandbox.routing import Call, operation
from sandbox.store import Record
from sandbox.world import World

KIND = "checkout.session"


@operation("POST", "/v1/checkout/sessions")
def create(world: World, call: Call) -> Record:
    return sessions.make(world, call.params)


@operation("GET", "/v1/checkout/sessions")
def list_all(world: World, call: Call) -> dict[str, Any]:
    return page(world, call, KIND, customer_details=_has_email)


def _has_email(session: Record, wanted: dict[str, str]) -> bool:
    return (session["customer_details"] or {}).get("email") == wanted["email"]


@operation("GET", "/v1/checkout/sessions/{session}")
def retrieve(world: World, call: Call) -> Record:
    return world.get(KIND, call.id)


@operation("POST", "/v1/checkout/sessions/{session}")
def update(world: World, call: Call) -> Record:
    for name in set(call.params) - {"metadata"}:
        raise errors.not_played(f"`{name}` on an update of a Checkout session")
    session = world.get(KIND, call.id)
    assign(session, call.params, "metadata")
    return session


@operation("GET", "/v1/checkout/sessions/{session}/line_items")
def list_lines(world: World, call: Call) -> dict[str, Any]:
    return cut(call, "item", lines.show(world, world.get(KIND, call.id)))


@operation("POST", "/v1/checkout/sessions/{session}/expire")
def expire(world: World, call: Call) -> Record:
    session = world.get(KIND, call.id)
    world.follow(world.peek(session["customer"]) or {})
    return changes.expire(world, session)

"""The API's own operations, for pages: what a buyer or the owner of the account does there is what a call would do."""

from __future__ import annotations

from typing import Any

from sandbox import answering, errors, forms, identifiers, routing
from sandbox.engine import Sandbox
from sandbox.routing import Request


def perform(
    sandbox: Sandbox,
    method: str,
    path: str,
    params: dict[str, Any] | None = None,
    *,
    publishable: bool = False,
) -> Any:
    """Carry out an operation in a unit of its own, without key, faults or idempotency: the object as the API shows it.

    `publishable`: as Stripe.js, which may send card numbers. Raises StripeError. Not to be called within a unit.
    """
    request_id = "req_" + identifiers.random_text(14)
    pairs = forms.flatten(params or {})
    call = answering.read(Request(method, path, {}), pairs, request_id, publishable)
    route = routing.HANDLERS.get(call.operation.name)
    if route is None:
        raise errors.not_played(call.operation.name)
    with sandbox.store.lock:
        sandbox.run_due()
        with sandbox.work(call) as world:
            return world.render(route.handler(world, call), call.expand)

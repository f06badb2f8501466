"""Calls that the shapes do not hold, but that other people's tools make.

The official command line plays Checkout with them (`stripe trigger checkout.session.completed`); dj-stripe asks for
the lists of connected accounts and of a customer's sources. There are none of either.
"""

from __future__ import annotations

from collections.abc import Callable

from sandbox import errors, keys
from sandbox.engine import Sandbox
from sandbox.objects import checkout, payment_methods
from sandbox.rendering import list_object
from sandbox.routing import Page, Request, Response, page
from sandbox.store import Record
from sandbox.world import World

Act = Callable[[World, Request], Record]


def beyond(method: str, path: str) -> Callable[[Act], Page]:
    """Register a call at a path of engine.BEYOND; it needs a secret key."""

    def register(act: Act) -> Page:
        @page(method, path)
        def answer(sandbox: Sandbox, request: Request) -> Response:
            if sandbox.keys.check(request.headers.get("authorization", "")):
                raise keys.secret_required()
            with sandbox.work() as world:
                return Response.of(world.render(act(world, request)))

        return answer

    return register


@beyond("GET", "/v1/accounts")
def list_accounts(world: World, request: Request) -> Record:
    return list_object([], "/v1/accounts")


@beyond("GET", "/v1/customers/{customer}/sources")
def list_sources(world: World, request: Request) -> Record:
    customer = world.get("customer", request.ids["customer"])
    return list_object([], f"/v1/customers/{customer['id']}/sources")


@beyond("GET", "/v1/payment_pages/{session}")
def show(world: World, request: Request) -> Record:
    return world.get("checkout.session", request.ids["session"])


@beyond("POST", "/v1/payment_pages/{session}/confirm")
def confirm(world: World, request: Request) -> Record:
    """Pay with a payment method, by whose billing details the buyer is known."""
    session = world.get("checkout.session", request.ids["session"])
    expected = request.form.get("expected_amount")
    if expected != str(session["amount_total"]):
        raise errors.invalid(f"The amount is {session['amount_total']}, not {expected}.", "expected_amount")
    method = payment_methods.resolve(world, request.form.get("payment_method", ""), "payment_method")
    details = method["billing_details"]
    buyer = checkout.Buyer(
        payment_method=method["id"],
        email=details["email"],
        name=details["name"],
        phone=details["phone"],
        address=details["address"],
    )
    return checkout.complete(world, session, buyer)

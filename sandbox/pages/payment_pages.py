"""The private calls with which the official command line plays Checkout: `stripe trigger checkout.session.completed`.

They are not in Stripe's published shapes; what they answer is the session.
"""

from __future__ import annotations

from collections.abc import Callable

from sandbox import errors
from sandbox.engine import Sandbox
from sandbox.errors import StripeError
from sandbox.objects import checkout, payment_methods
from sandbox.routing import Page, Request, Response, page
from sandbox.store import Record
from sandbox.world import World

Act = Callable[[World, Record, Request], object]


def private(method: str, path: str) -> Callable[[Act], Page]:
    """Register a call on one session, with a secret key; it answers the session."""

    def register(act: Act) -> Page:
        @page(method, f"/v1/payment_pages/{path}")
        def answer(sandbox: Sandbox, request: Request) -> Response:
            try:
                if sandbox.keys.check(request.headers.get("authorization", "")):
                    raise errors.invalid("This call needs a secret key.")
                with sandbox.work() as world:
                    session = world.get("checkout.session", request.ids["session"])
                    act(world, session, request)
                    return Response.of(world.render(session))
            except StripeError as error:
                return Response.of({"error": error.error}, error.status)

        return answer

    return register


@private("GET", "{session}")
def show(world: World, session: Record, request: Request) -> None:
    """Nothing but the session."""


@private("POST", "{session}/confirm")
def confirm(world: World, session: Record, request: Request) -> None:
    """Pay with a payment method, by whose billing details the buyer is known."""
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
    checkout.complete(world, session, buyer)

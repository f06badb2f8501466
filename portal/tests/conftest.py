"""What the portal's tests begin with: a company that orders, pays, and has a year."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import Organization
from portal import checkout, sales
from portal.models import Sale
from portal.sales import Details
from sandbox.objects.checkout import Buyer, complete
from sandbox.testing import VISA

ORCHARDS: dict[str, str] = {
    "company": "Hudson Orchards",
    "contact": "Alice",
    "email": "books@orchards.example",
    "line1": "12 Mill Road",
    "line2": "",
    "city": "Albany",
    "state": "NY",
    "postal_code": "12207",
    "country": "us",
    "exemption": "",
    "language": "en",
}


@pytest.fixture
def order(catalogue: Any) -> Callable[..., Sale]:
    """Hudson Orchards orders, with other data where they are given; nothing is paid."""

    def submit(form: str = "one", **others: str) -> Sale:
        return sales.submit(Details(**ORCHARDS | others), form)

    return submit


@pytest.fixture
def pay(catalogue: Any) -> Callable[..., dict[str, Any]]:
    """The buyer presses "Buy now" and pays on Stripe's page; returns the session. Nothing is delivered."""

    def on_page(sale: Sale, card: str = VISA) -> dict[str, Any]:
        checkout.open_page(sale)
        sale.refresh_from_db()
        with catalogue.sandbox.work() as world:
            session = world.get("checkout.session", sale.session_id)
            complete(world, session, Buyer(payment_method=card, name="Alice"))
            return dict(session)

    return on_page


@pytest.fixture
def orchards(order: Callable[..., Sale], pay: Callable[..., Any], catalogue: Any) -> Organization:
    """It has bought a year; all events are delivered."""
    sale = order()
    pay(sale)
    catalogue.deliver()
    return Organization.objects.get(pk=sale.organization_id)

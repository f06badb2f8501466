"""Pages that get nonsense: they say so, and never fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.routing import Response
from sandbox.testing import Stage

Ask = Callable[..., Response]
UPDATE = {"enabled": True, "default_allowed_updates": ["price", "quantity"]}


@pytest.fixture
def places(stage: Stage, v1: Any) -> dict[str, str]:
    """A Checkout session, and a session of the customer portal with its subscription."""
    price = stage.price()
    sold = {"price": price["id"], "quantity": 1, "adjustable_quantity": {"enabled": True}}
    features = {
        "subscription_update": {
            **UPDATE,
            "products": [{"product": price["product"], "prices": [price["id"]]}],
        },
        "payment_method_update": {"enabled": True},
        "customer_update": {"enabled": True, "allowed_updates": ["tax_id"]},
    }
    subscription = stage.subscription(price)
    visit = v1.billing_portal.sessions.create(
        {
            "customer": subscription.customer,
            "configuration": v1.billing_portal.configurations.create({"features": features})["id"],
        }
    )
    till = v1.checkout.sessions.create(
        {"mode": "subscription", "success_url": "https://shop.example/", "line_items": [sold]}
    )
    return {"till": till["id"], "visit": visit["id"], "subscription": subscription["id"]}


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/c/pay/{till}/quantity", "item=x&quantity=%C2%B2"),
        ("/c/pay/{till}/quantity", "quantity=1e5"),
        ("/c/pay/{till}", "number=x&expiry=%C2%B2&method=nothing"),
        ("/p/session/{visit}/subscriptions/{subscription}/update", ""),
        ("/p/session/{visit}/subscriptions/{subscription}/update", "price=none&quantity=two"),
        ("/p/session/{visit}/details", "tax_id=1"),
        ("/p/session/{visit}/payment-methods/add", "expiry=%C2%B2%C2%B2%C2%B2%C2%B2"),
        ("/dashboard/clock", "seconds=soon"),
        ("/dashboard/faults", ""),
        ("/dashboard/faults", "fault=error-x&times=-"),
    ],
)
def test_a_form_that_makes_no_sense_is_refused(
    ask: Ask, places: dict[str, str], path: str, form: str
) -> None:
    answer = ask("POST", path.format(**places), form)
    assert answer.status in (200, 303, 400, 404)
    assert b"Traceback" not in answer.body


@pytest.mark.parametrize("query", ["page=99999999999", "page=x", "from=x&after=y", "from=999999999999"])
def test_an_address_that_makes_no_sense_is_refused_or_ignored(ask: Ask, query: str) -> None:
    for page in ("customers", "clock"):
        assert ask("GET", f"/dashboard/{page}?{query}").status in (200, 400)

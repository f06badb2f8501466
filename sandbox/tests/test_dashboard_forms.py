"""What the dashboard's forms change, and refuse: the same verbs and events as the API's, without a browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
import stripe

from sandbox.routing import Response
from sandbox.testing import Stage

Submit = Callable[..., Response]


@pytest.fixture
def submit(ask: Any) -> Submit:
    """Send a form: submit("products/prod_1/rename", name="Gold")."""

    def submit(path: str, **typed: Any) -> Response:
        return ask("POST", f"/dashboard/{path}", urlencode(typed), key=None)

    return submit


def deliver(stage: Stage, endpoint: Any) -> list[Any]:
    """What an application hears at its endpoint, signed, in order."""
    heard = []

    def post(url: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        heard.append(stripe.Webhook.construct_event(body, headers["Stripe-Signature"], endpoint.secret))
        return 200, ""

    stage.deliver(post)
    return heard


# -- the quantity of a subscription's item ---------------------------------------------------------------------------


@pytest.fixture
def subscription(stage: Stage, v1: Any) -> Any:
    """One of Premium, two of Storage; half of its month is over."""
    prices = [
        stage.price(amount, product=stage.product(name=name)["id"])["id"]
        for name, amount in (("Premium", 2000), ("Storage", 500))
    ]
    items = [{"price": prices[0]}, {"price": prices[1], "quantity": 2}]
    made = stage.subscription(items=items)
    stage.advance(days=15.5)
    return made


def quantities(v1: Any, subscription: Any) -> list[int]:
    return [item["quantity"] for item in v1.subscriptions.retrieve(subscription["id"])["items"]["data"]]


def test_each_item_has_a_form_that_begins_with_its_quantity(ask: Any, subscription: Any) -> None:
    shown = ask("GET", f"/dashboard/subscriptions/{subscription['id']}").body.decode()
    for item, label, quantity in zip(
        subscription["items"]["data"],
        ("Quantity of Premium, $20.00 / month", "Quantity of Storage, $5.00 / month"),
        (1, 2),
        strict=True,
    ):
        assert f'action="/dashboard/objects/{item["id"]}/quantity"' in shown
        assert f'<label for="{item["id"]}_quantity">{label}</label>' in shown
        assert f'<input id="{item["id"]}_quantity" name="quantity" type="number" value="{quantity}"' in shown


def test_a_quantity_is_changed_with_prorations_on_the_next_invoice(
    stage: Stage, v1: Any, submit: Submit, subscription: Any
) -> None:
    endpoint, known = stage.endpoint(), len(stage.event_types())
    answer = submit(f"objects/{subscription['items']['data'][1]['id']}/quantity", quantity="4")
    assert answer.status == 303
    assert answer.headers["Location"] == f"/dashboard/subscriptions/{subscription['id']}"
    assert quantities(v1, subscription) == [1, 4]
    prorations = v1.invoice_items.list({"customer": subscription["customer"], "pending": True}).data
    assert sorted(item["amount"] for item in prorations) == [-500, 1000]
    assert stage.event_types()[known:] == ["invoiceitem.created"] * 2 + ["customer.subscription.updated"]
    told = deliver(stage, endpoint)[-1]
    assert told.type == "customer.subscription.updated"
    before = [item["quantity"] for item in told.data.previous_attributes["items"]["data"]]
    assert before == [1, 2]


@pytest.mark.parametrize("typed", ["0", "-1", "two", "", "1.5", "1e3", "²", "1000000", "9" * 30])
def test_an_odd_quantity_is_refused_and_changes_nothing(
    stage: Stage, v1: Any, submit: Submit, subscription: Any, typed: str
) -> None:
    known = stage.event_types()
    answer = submit(f"objects/{subscription['items']['data'][0]['id']}/quantity", quantity=typed)
    assert answer.status == 400
    said = "A quantity is a whole number from 1 to 999,999, which this is not:"
    assert said in answer.body.decode()
    assert (quantities(v1, subscription), stage.event_types()) == ([1, 2], known)


def test_a_quantity_that_cannot_be_billed_is_refused_and_changes_nothing(
    stage: Stage, v1: Any, submit: Submit, subscription: Any
) -> None:
    known = stage.event_types()
    answer = submit(f"objects/{subscription['items']['data'][0]['id']}/quantity", quantity="999999")
    assert answer.status == 400
    assert "Amount must be no more than $999,999.99" in answer.body.decode()
    assert (quantities(v1, subscription), stage.event_types()) == ([1, 2], known)


def test_the_same_quantity_again_is_no_change(stage: Stage, submit: Submit, subscription: Any) -> None:
    known = stage.event_types()
    assert submit(f"objects/{subscription['items']['data'][1]['id']}/quantity", quantity="2").status == 303
    assert stage.event_types() == known


def test_a_subscription_that_has_ended_offers_no_quantity(
    stage: Stage, v1: Any, ask: Any, submit: Submit, subscription: Any
) -> None:
    v1.subscriptions.cancel(subscription["id"])
    assert b"Quantity of" not in ask("GET", f"/dashboard/subscriptions/{subscription['id']}").body
    answer = submit(f"objects/{subscription['items']['data'][0]['id']}/quantity", quantity="3")
    assert answer.status == 400
    assert b"A canceled subscription can only update" in answer.body


# -- the name of a product -------------------------------------------------------------------------------------------


def test_a_product_is_renamed(stage: Stage, v1: Any, submit: Submit) -> None:
    endpoint, product = stage.endpoint(), stage.product(name="Premium")["id"]
    answer = submit(f"products/{product}/rename", name="  Gold & Silver  ")
    assert (answer.status, answer.headers["Location"]) == (303, f"/dashboard/products/{product}")
    assert v1.products.retrieve(product)["name"] == "Gold & Silver"
    told = deliver(stage, endpoint)[-1]
    assert (told.type, told.data.object["name"]) == ("product.updated", "Gold & Silver")
    assert told.data.previous_attributes["name"] == "Premium"


@pytest.mark.parametrize(
    ("typed", "said"),
    [("", "A name is needed."), ("   ", "A name is needed."), ("x" * 251, "must be at most 250 characters")],
)
def test_an_odd_name_is_refused_and_changes_nothing(
    stage: Stage, v1: Any, submit: Submit, typed: str, said: str
) -> None:
    product = stage.product(name="Premium")["id"]
    known = stage.event_types()
    answer = submit(f"products/{product}/rename", name=typed)
    assert answer.status == 400
    assert said in answer.body.decode()
    assert (v1.products.retrieve(product)["name"], stage.event_types()) == ("Premium", known)

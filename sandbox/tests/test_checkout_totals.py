"""What a Checkout session costs: quantities, taxes, codes."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.errors import StripeError
from sandbox.objects import checkout
from sandbox.testing import Stage
from sandbox.tests.selling import complete, sell


def test_lines_carry_quantity_tax_and_discount(stage: Stage, v1: Any, single: str) -> None:
    rate = v1.tax_rates.create({"display_name": "Sales tax", "inclusive": False, "percentage": 4})
    coupon = v1.coupons.create({"percent_off": 10, "duration": "once"})
    session = sell(
        stage,
        single,
        line_items=[{"price": single, "quantity": 3, "tax_rates": [rate["id"]]}],
        discounts=[{"coupon": coupon["id"]}],
        expand=["line_items.data.taxes"],
    )
    line = session["line_items"]["data"][0]
    assert (session["amount_subtotal"], session["amount_total"]) == (1500, 1404)
    assert session["total_details"].to_dict() == {
        "amount_discount": 150,
        "amount_shipping": 0,
        "amount_tax": 54,
    }
    assert (line["quantity"], line["amount_total"], line["price"]["id"]) == (3, 1404, single)
    assert line["taxes"][0]["rate"]["id"] == rate["id"]
    assert complete(stage, session["id"])["amount_total"] == 1404
    assert v1.payment_intents.list().data[0]["amount_received"] == 1404
    assert v1.coupons.retrieve(coupon["id"])["times_redeemed"] == 1


def test_inclusive_tax_is_part_of_the_price(stage: Stage, v1: Any, single: str) -> None:
    rate = v1.tax_rates.create({"display_name": "VAT", "inclusive": True, "percentage": 25})
    session = sell(stage, single, line_items=[{"price": single, "quantity": 1, "tax_rates": [rate["id"]]}])
    assert (session["amount_total"], session["total_details"]["amount_tax"]) == (500, 100)


def test_price_data_makes_a_price_that_is_archived(stage: Stage, v1: Any) -> None:
    line = {
        "price_data": {"currency": "usd", "unit_amount": 700, "product_data": {"name": "Socks"}},
        "quantity": 2,
    }
    session = sell(stage, "", line_items=[line], expand=["line_items"])
    price = session["line_items"]["data"][0]["price"]
    assert (session["amount_total"], price["active"]) == (1400, False)
    assert v1.products.retrieve(price["product"])["name"] == "Socks"


def test_a_promotion_code_typed_on_the_page_takes_off(stage: Stage, v1: Any, single: str) -> None:
    coupon = v1.coupons.create({"amount_off": 100, "currency": "usd", "duration": "once"})
    code = v1.promotion_codes.create(
        {"promotion": {"type": "coupon", "coupon": coupon["id"]}, "code": "HELLO"}
    )
    session = sell(stage, single, allow_promotion_codes=True)
    with stage.sandbox.work() as world:
        held = world.get("checkout.session", session["id"])
        checkout.apply_promotion_code(world, held, "hello")
    shown = complete(stage, session["id"])
    assert (shown["amount_total"], shown["discounts"]) == (
        400,
        [{"coupon": None, "promotion_code": code["id"]}],
    )
    assert v1.promotion_codes.retrieve(code["id"])["times_redeemed"] == 1


def test_a_wrong_promotion_code_is_said_to_be_wrong(stage: Stage, single: str) -> None:
    session = sell(stage, single, allow_promotion_codes=True)
    with stage.sandbox.work() as world, pytest.raises(StripeError, match="This code is invalid"):
        checkout.apply_promotion_code(world, world.get("checkout.session", session["id"]), "NONSENSE")


def test_an_account_registered_nowhere_collects_no_automatic_tax(stage: Stage, single: str) -> None:
    session = sell(stage, single, automatic_tax={"enabled": True})
    assert session["automatic_tax"]["status"] == "requires_location_inputs"
    shown = complete(stage, session["id"], address={"country": "US", "postal_code": "10001"})
    assert (shown["automatic_tax"]["status"], shown["total_details"]["amount_tax"]) == ("complete", 0)


def test_a_subscription_with_automatic_tax_wants_an_address_and_finds_nothing_to_collect(
    stage: Stage, v1: Any, monthly: str
) -> None:
    session = sell(stage, monthly, "subscription", automatic_tax={"enabled": True})
    with pytest.raises(StripeError, match="address"):
        complete(stage, session["id"])
    shown = complete(stage, session["id"], address={"country": "US", "postal_code": "10001"})
    subscription = v1.subscriptions.retrieve(shown["subscription"], {"expand": ["latest_invoice"]})
    assert subscription["automatic_tax"]["enabled"] is True
    invoice = subscription["latest_invoice"]
    assert (invoice["automatic_tax"]["status"], invoice["total"], invoice["total_taxes"]) == (
        "complete",
        2000,
        [],
    )

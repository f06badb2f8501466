"""Coupons, promotion codes and the discounts that come of them."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from sandbox.testing import DAY, Stage


@pytest.fixture
def coupon(v1: Any) -> Any:
    return v1.coupons.create({"percent_off": 25, "duration": "once"})


def code_for(v1: Any, coupon: Any, **params: Any) -> Any:
    return v1.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon["id"]}, **params})


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ({"duration": "once"}, "`percent_off` or `amount_off`"),
        ({"percent_off": 10, "amount_off": 100, "currency": "usd"}, "`percent_off` or `amount_off`"),
        ({"percent_off": 101}, "percent_off"),
        ({"amount_off": 100}, "currency"),
        ({"percent_off": 10, "duration": "repeating"}, "duration_in_months"),
        ({"percent_off": 10, "redeem_by": 1}, "future"),
    ],
)
def test_a_coupon_that_makes_no_sense_is_refused(v1: Any, params: Any, sentence: str) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=sentence):
        v1.coupons.create(params)


def test_a_coupon_keeps_its_own_id_and_that_only_once(v1: Any) -> None:
    assert v1.coupons.create({"id": "WELCOME", "percent_off": 10})["id"] == "WELCOME"
    with pytest.raises(stripe.InvalidRequestError) as caught:
        v1.coupons.create({"id": "WELCOME", "percent_off": 20})
    assert caught.value.code == "resource_already_exists"


def test_a_subscription_redeems_a_coupon(stage: Stage, v1: Any, coupon: Any) -> None:
    customer = stage.customer()["id"]
    v1.payment_methods.attach("pm_card_visa", {"customer": customer})
    subscription = v1.subscriptions.create(
        {
            "customer": customer,
            "items": [{"price": stage.price(2000)["id"]}],
            "discounts": [{"coupon": coupon["id"]}],
            "payment_behavior": "default_incomplete",
            "expand": ["latest_invoice"],
        }
    )
    assert subscription["latest_invoice"]["total"] == 1500
    assert v1.coupons.retrieve(coupon["id"])["times_redeemed"] == 1
    assert "customer.discount.created" in stage.event_types()


def test_a_coupon_used_up_or_out_of_time_is_no_longer_valid(stage: Stage, v1: Any) -> None:
    coupon = v1.coupons.create({"percent_off": 10, "redeem_by": stage.now + DAY})
    stage.advance(days=2)
    assert v1.coupons.retrieve(coupon["id"])["valid"] is False
    with pytest.raises(stripe.InvalidRequestError) as caught:
        v1.subscriptions.create(
            {
                "customer": stage.customer()["id"],
                "items": [{"price": stage.price()["id"]}],
                "discounts": [{"coupon": coupon["id"]}],
                "payment_behavior": "default_incomplete",
            }
        )
    assert caught.value.code == "coupon_expired"


def test_a_promotion_code_is_found_in_any_case(v1: Any, coupon: Any) -> None:
    code = code_for(v1, coupon, code="Spring")
    assert [found["id"] for found in v1.promotion_codes.list({"code": "SPRING"}).data] == [code["id"]]


def test_two_active_codes_cannot_read_the_same(v1: Any, coupon: Any) -> None:
    first = code_for(v1, coupon, code="SPRING")
    with pytest.raises(stripe.InvalidRequestError, match="already exists"):
        code_for(v1, coupon, code="spring")
    v1.promotion_codes.update(first["id"], {"active": False})
    assert code_for(v1, coupon, code="spring")["active"] is True


def test_a_code_ends_with_its_coupon_and_by_its_own_date(stage: Stage, v1: Any, coupon: Any) -> None:
    lasting, short = code_for(v1, coupon), code_for(v1, coupon, expires_at=stage.now + DAY)
    stage.advance(days=2)
    assert v1.promotion_codes.retrieve(short["id"])["active"] is False
    assert v1.promotion_codes.retrieve(lasting["id"])["active"] is True
    v1.coupons.delete(coupon["id"])
    assert v1.promotion_codes.retrieve(lasting["id"])["active"] is False
    assert [code["id"] for code in v1.promotion_codes.list({"active": True}).data] == []


def test_a_code_for_one_customer_is_not_for_another(stage: Stage, v1: Any, coupon: Any) -> None:
    code = code_for(v1, coupon, customer=stage.customer()["id"])
    with pytest.raises(stripe.InvalidRequestError, match="cannot be redeemed by this customer"):
        v1.subscriptions.create(
            {
                "customer": stage.customer("bob@example.com")["id"],
                "items": [{"price": stage.price()["id"]}],
                "discounts": [{"promotion_code": code["id"]}],
                "payment_behavior": "default_incomplete",
            }
        )


def test_a_customer_without_a_discount_has_none_to_delete(stage: Stage, v1: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="No active discount"):
        v1.customers.delete_discount(stage.customer()["id"])

"""What a customer has besides cards: tax ids, a balance; and the tax rates of the account."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from sandbox.testing import Stage


def test_a_tax_rate_is_made_changed_and_listed(v1: Any) -> None:
    rate = v1.tax_rates.create(
        {"display_name": "Sales tax", "percentage": 8.875, "inclusive": False, "state": "NY"}
    )
    changed = v1.tax_rates.update(rate["id"], {"active": False, "description": "New York City"})
    assert (changed["percentage"], changed["active"], changed["state"]) == (8.875, False, "NY")
    assert v1.tax_rates.list({"active": True}).data == []
    assert v1.tax_rates.list({"inclusive": False}).data[0]["id"] == rate["id"]


@pytest.mark.parametrize("percentage", [-1, 100.5, 1.23456])
def test_a_percentage_has_limits(v1: Any, percentage: float) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        v1.tax_rates.create({"display_name": "Tax", "percentage": percentage, "inclusive": False})
    assert caught.value.param == "percentage"


@pytest.mark.parametrize(
    ("kind", "value", "country", "status"),
    [
        ("eu_vat", "DE000000000", "DE", "verified"),
        ("eu_vat", "DE111111111", "DE", "unverified"),
        ("eu_vat", "EL222222222", "GR", "pending"),
        ("us_ein", "12-3456789", "US", "unavailable"),
    ],
)
def test_a_tax_id_is_verified_by_its_test_value(
    stage: Stage, v1: Any, kind: str, value: str, country: str, status: str
) -> None:
    customer = stage.customer()["id"]
    tax_id = v1.customers.tax_ids.create(customer, {"type": kind, "value": value})
    assert (tax_id["country"], tax_id["verification"]["status"]) == (country, status)
    shown = v1.customers.retrieve(customer, {"expand": ["tax_ids"]})
    assert [t["id"] for t in shown["tax_ids"]["data"]] == [tax_id["id"]]


def test_a_tax_id_of_the_wrong_form_is_refused(stage: Stage, v1: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        v1.customers.tax_ids.create(stage.customer()["id"], {"type": "eu_vat", "value": "123"})
    assert caught.value.code == "tax_id_invalid"


def test_a_deleted_tax_id_is_gone(stage: Stage, v1: Any) -> None:
    customer = stage.customer()["id"]
    tax_id = v1.customers.tax_ids.create(customer, {"type": "us_ein", "value": "123456789"})
    assert v1.customers.tax_ids.delete(customer, tax_id["id"])["deleted"] is True
    assert v1.customers.tax_ids.list(customer).data == []
    assert stage.event_types()[-2:] == ["customer.tax_id.created", "customer.tax_id.deleted"]


def test_the_balance_is_the_sum_of_its_transactions(stage: Stage, v1: Any) -> None:
    customer = stage.customer(balance=-300)["id"]
    v1.customers.balance_transactions.create(
        customer, {"amount": -500, "currency": "usd", "description": "Sorry"}
    )
    v1.customers.update(customer, {"balance": -100})
    moved = v1.customers.balance_transactions.list(customer).data
    assert [(t["type"], t["amount"], t["ending_balance"]) for t in reversed(moved)] == [
        ("initial", -300, -300),
        ("adjustment", -500, -800),
        ("adjustment", 700, -100),
    ]
    assert v1.customers.retrieve(customer)["balance"] == -100


def test_a_balance_has_one_currency(stage: Stage, v1: Any) -> None:
    customer = stage.customer(balance=-300)["id"]
    with pytest.raises(stripe.InvalidRequestError, match="balance is in usd"):
        v1.customers.balance_transactions.create(customer, {"amount": -500, "currency": "eur"})

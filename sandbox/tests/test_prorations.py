"""Prorations in numbers, discounts, and taxes of subscriptions."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from sandbox.testing import Stage
from sandbox.tests.subscribing import Subscriber, amounts


@pytest.fixture
def shop(stage: Stage) -> Subscriber:
    return Subscriber(stage)


# -- prorations ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "credit", "debit"), [(0, -2000, 5000), (1, -1935, 4839), (20.25, -694, 1734), (30.9, -6, 16)]
)
def test_prorations_are_to_the_second(
    stage: Stage, shop: Subscriber, days: float, credit: int, debit: int
) -> None:
    subscription = shop.subscribe()
    stage.advance(days=days)
    change = {"items": [{"id": shop.item(subscription), "price": shop.dear}]}
    preview = shop.v1.invoices.create_preview(
        {
            "subscription": subscription.id,
            "subscription_details": {**change, "proration_behavior": "always_invoice"},
        }
    )
    shop.change(subscription, **change, proration_behavior="always_invoice")
    invoice = shop.invoice(subscription)
    assert [line.amount for line in invoice.lines.data] == [debit, credit]
    assert amounts(preview) == amounts(invoice)
    details = invoice.lines.data[1].parent.subscription_item_details
    assert details.proration
    assert details.proration_details.credited_items.invoice == subscription.latest_invoice


def test_a_credit_is_a_share_of_what_was_charged_after_the_discount(stage: Stage, shop: Subscriber) -> None:
    """https://docs.stripe.com/billing/subscriptions/prorations#credit-prorations"""
    coupon = shop.v1.coupons.create({"percent_off": 50, "duration": "once"})["id"]
    subscription = shop.subscribe(discounts=[{"coupon": coupon}])
    assert shop.invoice(subscription).total == 1000
    stage.advance(days=15.5)
    shop.change(
        subscription,
        items=[{"id": shop.item(subscription), "price": shop.dear}],
        proration_behavior="always_invoice",
    )
    assert [line.amount for line in shop.invoice(subscription).lines.data] == [2500, -500]


def test_a_downgrade_at_once_leaves_credit_on_the_balance(stage: Stage, shop: Subscriber) -> None:
    subscription = shop.subscribe(shop.dear)
    stage.advance(days=15.5)
    shop.change(
        subscription,
        items=[{"id": shop.item(subscription), "price": shop.plain}],
        proration_behavior="always_invoice",
    )
    assert (shop.invoice(subscription).total, shop.invoice(subscription).status) == (-1500, "paid")
    assert shop.v1.customers.retrieve(shop.customer).balance == -1500
    stage.advance(days=15.6)
    assert (shop.invoice(subscription).amount_due, shop.invoice(subscription).total) == (500, 2000)


def test_more_of_an_item_costs_the_rest_of_the_period(stage: Stage, shop: Subscriber) -> None:
    subscription = shop.subscribe()
    stage.advance(days=15.5)
    item = shop.v1.subscription_items.update(shop.item(subscription), {"quantity": 3})
    assert item.quantity == 3
    pending = shop.v1.invoice_items.list({"customer": shop.customer, "pending": True}).data
    assert sorted((i.amount, i.description) for i in pending) == [
        (-1000, "Unused time on Premium after 16 Jan 2027"),
        (3000, "Remaining time on 3 × Premium after 16 Jan 2027"),
    ]


def test_an_item_is_added_and_taken_away(stage: Stage, shop: Subscriber) -> None:
    subscription = shop.subscribe()
    stage.advance(days=15.5)
    added = shop.v1.subscription_items.create({"subscription": subscription.id, "price": shop.dear})
    assert len(shop.v1.subscription_items.list({"subscription": subscription.id}).data) == 2
    assert shop.v1.subscription_items.delete(added.id).deleted
    pending = shop.v1.invoice_items.list({"customer": shop.customer, "pending": True}).data
    assert sum(i.amount for i in pending) == 0
    with pytest.raises(stripe.InvalidRequestError, match="at least one active plan"):
        shop.v1.subscription_items.delete(shop.item(subscription))


# -- discounts and taxes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("coupon", "totals"),
    [
        ({"percent_off": 50, "duration": "once"}, [1000, 2000, 2000]),
        ({"percent_off": 50, "duration": "forever"}, [1000, 1000, 1000]),
        (
            {"amount_off": 300, "currency": "usd", "duration": "repeating", "duration_in_months": 2},
            [1700, 1700, 2000],
        ),
    ],
)
def test_a_discount_lasts_as_its_coupon_says(
    stage: Stage, shop: Subscriber, coupon: dict[str, Any], totals: list[int]
) -> None:
    made = shop.v1.coupons.create(coupon)["id"]  # type: ignore[arg-type]
    subscription = shop.subscribe(discounts=[{"coupon": made}])
    stage.advance(days=31 + 28)
    invoices = shop.v1.invoices.list({"subscription": subscription.id}).data
    assert [invoice.total for invoice in reversed(invoices)] == totals


def test_a_discount_can_be_taken_away(stage: Stage, shop: Subscriber) -> None:
    coupon = shop.v1.coupons.create({"percent_off": 50, "duration": "forever"})["id"]
    subscription = shop.subscribe(discounts=[{"coupon": coupon}])
    assert shop.change(subscription, discounts="").discounts == []
    assert stage.event_types()[-2:] == ["customer.discount.deleted", "customer.subscription.updated"]


def test_an_items_tax_rates_come_before_the_subscriptions(shop: Subscriber) -> None:
    ten, twenty = (
        shop.v1.tax_rates.create({"display_name": "VAT", "percentage": percent, "inclusive": False})["id"]
        for percent in (10, 20)
    )
    subscription = shop.subscribe(
        {"price": shop.plain, "tax_rates": [ten]}, shop.dear, default_tax_rates=[twenty]
    )
    assert [tax.amount for tax in shop.invoice(subscription).total_taxes] == [1000, 200]
    assert [rate.id for rate in subscription.default_tax_rates] == [twenty]
    assert [rate.id for rate in subscription["items"]["data"][0].tax_rates] == [ten]

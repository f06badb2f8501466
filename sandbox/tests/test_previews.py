"""What an invoice would be, without making it. https://docs.stripe.com/api/invoices/create_preview"""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from sandbox.testing import Stage
from sandbox.tests.subscribing import Subscriber


@pytest.fixture
def shop(stage: Stage) -> Subscriber:
    return Subscriber(stage)


def preview(shop: Subscriber, subscription: Any = None, **params: Any) -> Any:
    of = {"subscription": subscription.id} if subscription else {"customer": shop.customer}
    return shop.v1.invoices.create_preview({**of, **params})  # type: ignore[typeddict-item]


def kept(stage: Stage) -> dict[str, Any]:
    """All that Stripe would know: everything but the sandbox's own records."""
    records, _ = stage.sandbox.snapshot()
    return {key: record for key, record in records.items() if not record["object"].startswith("_")}


def lines(invoice: Any) -> list[int]:
    return [line.amount for line in invoice.lines.data]


def test_the_next_renewal_is_shown_and_nothing_is_made(stage: Stage, shop: Subscriber) -> None:
    subscription = shop.subscribe()
    shop.v1.invoice_items.create({"customer": shop.customer, "amount": 300, "currency": "usd"})
    before = kept(stage)
    shown = preview(shop, subscription)
    assert kept(stage) == before
    assert shown.id.startswith("upcoming_in_")
    assert (lines(shown), shown.total, shown.status, shown.number) == ([300, 2000], 2300, "draft", None)
    assert (shown.billing_reason, shown.created) == (
        "upcoming",
        subscription["items"]["data"][0].current_period_end,
    )


def test_it_is_what_the_renewal_then_costs(stage: Stage, shop: Subscriber) -> None:
    coupon = shop.v1.coupons.create({"percent_off": 10, "duration": "forever"})["id"]
    rate = shop.v1.tax_rates.create({"display_name": "VAT", "percentage": 19, "inclusive": False})["id"]
    subscription = shop.subscribe(
        shop.plain, shop.dear, discounts=[{"coupon": coupon}], default_tax_rates=[rate]
    )
    shown = preview(shop, subscription)
    stage.advance(days=31)
    assert (lines(shown), shown.total) == (
        lines(shop.invoice(subscription)),
        shop.invoice(subscription).total,
    )


@pytest.mark.parametrize(
    ("behavior", "expected"),
    [("create_prorations", [2500, -1000, 5000]), ("always_invoice", [2500, -1000]), ("none", [5000])],
)
def test_a_change_is_shown_at_once_or_with_the_next(
    stage: Stage, shop: Subscriber, behavior: str, expected: list[int]
) -> None:
    subscription = shop.subscribe()
    stage.advance(days=15.5)
    items = [{"id": shop.item(subscription), "price": shop.dear}]
    details = {"items": items, "proration_behavior": behavior}
    assert lines(preview(shop, subscription, subscription_details=details)) == expected


def test_prorations_can_count_from_a_given_moment(stage: Stage, shop: Subscriber) -> None:
    subscription, begun = shop.subscribe(), stage.now
    stage.advance(days=20)
    details: dict[str, Any] = {
        "items": [{"id": shop.item(subscription), "price": shop.dear}],
        "proration_behavior": "always_invoice",
        "proration_date": begun + 1_339_200,  # half of January
    }
    assert lines(preview(shop, subscription, subscription_details=details)) == [2500, -1000]
    details["proration_date"] = begun - 1
    with pytest.raises(stripe.InvalidRequestError, match="proration_date"):
        preview(shop, subscription, subscription_details=details)


def test_what_recurs_is_without_prorations(stage: Stage, shop: Subscriber) -> None:
    subscription = shop.subscribe()
    stage.advance(days=15.5)
    details = {"items": [{"id": shop.item(subscription), "price": shop.dear}]}
    shown = preview(shop, subscription, subscription_details=details, preview_mode="recurring")
    assert lines(shown) == [5000]


def test_a_subscription_that_there_is_not_yet(shop: Subscriber) -> None:
    details = {"items": [{"price": shop.plain, "quantity": 3}]}
    assert lines(preview(shop, subscription_details=details)) == [6000]
    assert shop.v1.subscriptions.list({"status": "all"}).data == []


def test_it_can_be_shown_to_somebody_who_is_no_customer_yet(stage: Stage, shop: Subscriber) -> None:
    before = kept(stage)
    details = {"items": [{"price": shop.plain, "quantity": 3}]}
    shown = shop.v1.invoices.create_preview({"currency": "usd", "subscription_details": details})  # type: ignore[typeddict-item]
    assert (lines(shown), shown.currency) == ([6000], "usd")
    assert kept(stage) == before


def test_without_items_it_must_be_somebodys(shop: Subscriber) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="customer"):
        shop.v1.invoices.create_preview({"currency": "usd"})


def test_the_end_now_is_a_credit(stage: Stage, shop: Subscriber) -> None:
    subscription = shop.subscribe()
    stage.advance(days=15.5)
    shown = preview(shop, subscription, subscription_details={"cancel_now": True})
    assert (shown.total, shown.amount_due) == (-1000, 0)


def test_after_the_scheduled_end_nothing_comes(shop: Subscriber) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        preview(shop, shop.subscribe(cancel_at_period_end=True))
    assert refused.value.code == "invoice_upcoming_none"


def test_a_week_before_it_is_announced(stage: Stage, shop: Subscriber) -> None:
    shop.subscribe()
    stage.advance(days=24)
    announced: Any = shop.v1.events.list({"type": "invoice.upcoming"}).data[0].data.object
    assert (announced["total"], announced["status"]) == (2000, "draft")

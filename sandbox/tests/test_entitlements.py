"""Features of products, and who is entitled to them. https://docs.stripe.com/billing/entitlements"""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from sandbox.testing import Stage
from sandbox.tests.subscribing import Subscriber

CHANGED = "entitlements.active_entitlement_summary.updated"


@pytest.fixture
def shop(stage: Stage) -> Subscriber:
    """A subscriber whose product has the feature `export`."""
    shop = Subscriber(stage)
    feature = shop.v1.entitlements.features.create({"lookup_key": "export", "name": "Export"})
    shop.v1.products.features.create(shop.product, {"entitlement_feature": feature.id})
    return shop


def keys(shop: Subscriber) -> list[str]:
    return [
        e.lookup_key for e in shop.v1.entitlements.active_entitlements.list({"customer": shop.customer}).data
    ]


def test_a_subscription_entitles_and_its_end_takes_that_away(stage: Stage, shop: Subscriber) -> None:
    subscription = shop.subscribe()
    assert keys(shop) == ["export"]
    assert stage.event_types()[-2:] == ["customer.subscription.created", CHANGED]
    shop.v1.subscriptions.cancel(subscription.id)
    assert keys(shop) == []
    assert stage.event_types()[-2:] == ["customer.subscription.deleted", CHANGED]


def test_the_event_carries_a_summary(shop: Subscriber) -> None:
    shop.subscribe()
    summary: Any = shop.v1.events.list({"type": CHANGED}).data[0].data.object
    assert summary["customer"] == shop.customer
    assert [e["lookup_key"] for e in summary["entitlements"]["data"]] == ["export"]


def test_nobody_is_entitled_before_the_first_payment(shop: Subscriber) -> None:
    shop.subscribe(payment_behavior="default_incomplete")
    assert keys(shop) == []


def test_two_subscriptions_entitle_once(stage: Stage, shop: Subscriber) -> None:
    first, _ = shop.subscribe(), shop.subscribe(shop.dear)
    shop.v1.subscriptions.cancel(first.id)
    assert keys(shop) == ["export"]
    assert stage.event_types().count(CHANGED) == 1


def test_a_feature_that_a_product_gains_or_loses_is_felt_by_its_subscribers(
    stage: Stage, shop: Subscriber
) -> None:
    shop.subscribe()
    charts = shop.v1.entitlements.features.create({"lookup_key": "charts", "name": "Charts"})
    attached = shop.v1.products.features.create(shop.product, {"entitlement_feature": charts.id})
    assert sorted(keys(shop)) == ["charts", "export"]
    shop.v1.products.features.delete(shop.product, attached.id)
    assert keys(shop) == ["export"]
    assert len(shop.v1.products.features.list(shop.product).data) == 1


def test_a_lookup_key_names_one_feature(shop: Subscriber) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="already exists"):
        shop.v1.entitlements.features.create({"lookup_key": "export", "name": "Again"})
    feature = shop.v1.entitlements.features.list().data[0]
    assert shop.v1.entitlements.features.update(feature.id, {"active": False}).active is False
    assert shop.v1.entitlements.features.list({"archived": True}).data[0].id == feature.id

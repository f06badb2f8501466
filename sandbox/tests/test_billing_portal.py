"""Configurations and sessions of the customer portal. https://docs.stripe.com/api/customer_portal/sessions"""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from sandbox.testing import Stage
from sandbox.tests.subscribing import Subscriber

BACK = "https://shop.example/billing"


@pytest.fixture
def shop(stage: Stage) -> Subscriber:
    return Subscriber(stage)


def visit(shop: Subscriber, **params: Any) -> Any:
    return shop.v1.billing_portal.sessions.create({"customer": shop.customer, "return_url": BACK, **params})


def test_a_session_leads_to_a_page_of_the_sandbox(stage: Stage, shop: Subscriber) -> None:
    session = visit(shop)
    assert session.url == f"{stage.sandbox.base_url}/p/session/{session.id}"
    assert (session.return_url, session.flow) == (BACK, None)
    assert shop.v1.billing_portal.configurations.retrieve(session.configuration).is_default


def test_a_configuration_says_what_may_be_done(shop: Subscriber) -> None:
    configuration = shop.v1.billing_portal.configurations.create(
        {
            "features": {
                "subscription_cancel": {"enabled": True, "mode": "immediately"},
                "subscription_update": {
                    "enabled": True,
                    "default_allowed_updates": ["price"],
                    "products": [{"product": shop.product, "prices": [shop.plain, shop.dear]}],
                },
            },
            "default_return_url": BACK,
        }
    )
    features = configuration.features
    assert (features.subscription_cancel.mode, features.invoice_history.enabled) == ("immediately", False)
    assert features.subscription_update.products[0].prices == [shop.plain, shop.dear]
    session = shop.v1.billing_portal.sessions.create(
        {"customer": shop.customer, "configuration": configuration.id}
    )
    assert session.return_url == BACK
    off = shop.v1.billing_portal.configurations.update(configuration.id, {"active": False})
    assert off.active is False
    with pytest.raises(stripe.InvalidRequestError, match="not active"):
        visit(shop, configuration=configuration.id)


def test_a_price_must_be_of_its_product(stage: Stage, shop: Subscriber) -> None:
    strange = stage.price()["id"]
    with pytest.raises(stripe.InvalidRequestError, match="does not belong to the product"):
        shop.v1.billing_portal.configurations.create(
            {
                "features": {
                    "subscription_update": {
                        "enabled": True,
                        "default_allowed_updates": ["price"],
                        "products": [{"product": shop.product, "prices": [strange]}],
                    }
                }
            }
        )


def test_a_flow_is_about_one_of_the_customers_subscriptions(stage: Stage, shop: Subscriber) -> None:
    subscription = shop.subscribe()
    flow: Any = {
        "type": "subscription_cancel",
        "subscription_cancel": {"subscription": subscription.id},
        "after_completion": {"type": "redirect", "redirect": {"return_url": BACK}},
    }
    session = visit(shop, flow_data=flow)
    assert session.flow.subscription_cancel.subscription == subscription.id
    assert session.flow.after_completion.redirect.return_url == BACK
    shop.customer = stage.customer()["id"]
    with pytest.raises(stripe.InvalidRequestError, match="No such subscription"):
        visit(shop, flow_data=flow)


def test_a_flow_needs_its_feature(shop: Subscriber) -> None:
    subscription = shop.subscribe()
    flow = {"type": "subscription_update", "subscription_update": {"subscription": subscription.id}}
    with pytest.raises(stripe.InvalidRequestError, match="disabled in the portal configuration"):
        visit(shop, flow_data=flow)


def test_what_is_going_to_end_cannot_be_cancelled_again(shop: Subscriber) -> None:
    subscription = shop.subscribe(cancel_at_period_end=True)
    flow = {"type": "subscription_cancel", "subscription_cancel": {"subscription": subscription.id}}
    with pytest.raises(stripe.InvalidRequestError, match="already set to be canceled"):
        visit(shop, flow_data=flow)

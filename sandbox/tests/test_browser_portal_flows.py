"""Links that lead straight to one thing in the customer portal, and where they end."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from sandbox.tests.subscriber import Customer, type_card

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_flow_leads_straight_to_cancelling_and_back_to_the_application(
    visitor: Any, alice: Customer
) -> None:
    after = {"type": "redirect", "redirect": {"return_url": f"{alice.shop.url}/sorry"}}
    flow = {
        "type": "subscription_cancel",
        "subscription_cancel": {"subscription": alice.subscription_id},
        "after_completion": after,
    }
    visitor.goto(alice.link(flow))
    visitor.get_by_role("button", name="Cancel plan").click()
    visitor.wait_for_url("**/sorry")
    assert alice.subscription["cancel_at"]


def test_a_flow_leads_straight_to_a_new_card(visitor: Any, alice: Customer) -> None:
    after = {
        "type": "hosted_confirmation",
        "hosted_confirmation": {"custom_message": "Your card was changed."},
    }
    visitor.goto(alice.link({"type": "payment_method_update", "after_completion": after}))
    type_card(visitor)
    visitor.get_by_text("Your card was changed.").wait_for()


def test_a_flow_leads_to_confirming_a_plan_chosen_before(visitor: Any, alice: Customer) -> None:
    item = alice.subscription["items"]["data"][0]["id"]
    chosen = {
        "subscription": alice.subscription_id,
        "items": [{"id": item, "price": alice.year, "quantity": 2}],
    }
    visitor.goto(alice.link({"type": "subscription_update_confirm", "subscription_update_confirm": chosen}))
    expect(visitor.locator("main")).to_contain_text("$200.00 / year", use_inner_text=True)
    visitor.get_by_role("button", name="Confirm").click()
    visitor.get_by_role("heading", name="Current plan").wait_for()
    assert alice.subscription["items"]["data"][0]["quantity"] == 2

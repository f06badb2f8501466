"""The customer portal in a real browser: plans, cards, details, invoices, and links straight to one of them."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from sandbox.testing import Stage
from sandbox.tests.subscriber import Customer, type_card

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_first_page_shows_plan_card_details_and_invoices(visitor: Any, alice: Customer) -> None:
    visitor.goto(alice.link())
    shown = visitor.locator("main").inner_text()
    assert "Premium" in shown
    assert "$20.00 / month" in shown
    assert "Your subscription renews on 1 February 2027." in shown
    assert "Visa •••• 4242" in shown
    assert "alice@example.com" in shown
    with visitor.expect_navigation():
        visitor.get_by_role("link", name="1 January 2027").click()
    expect(visitor.locator("main")).to_contain_text("This invoice is paid.", use_inner_text=True)
    assert not visitor.complaints


def test_one_returns_to_the_application(visitor: Any, alice: Customer) -> None:
    visitor.goto(alice.link())
    visitor.get_by_role("link", name="Return to").click()
    visitor.wait_for_url("**/billing")


def test_a_plan_is_cancelled_at_the_periods_end_and_kept(visitor: Any, alice: Customer) -> None:
    """In flexible billing mode the portal sets only `cancel_at`."""
    visitor.goto(alice.link())
    visitor.get_by_role("link", name="Cancel plan").click()
    visitor.get_by_role("button", name="Cancel plan").click()
    visitor.get_by_text("Your subscription will be canceled on 1 February 2027.").wait_for()
    subscription = alice.subscription
    assert (subscription["status"], subscription["cancel_at_period_end"]) == ("active", False)
    assert subscription["cancel_at"] == subscription["items"]["data"][0]["current_period_end"]
    visitor.get_by_role("button", name="Don’t cancel plan").click()
    visitor.get_by_text("Your subscription renews on 1 February 2027.").wait_for()
    assert alice.subscription["cancel_at"] is None


def test_a_plan_is_cancelled_at_once_with_the_reason(visitor: Any, alice: Customer) -> None:
    reason = {"enabled": True, "options": ["too_expensive", "unused"]}
    cancel = {"enabled": True, "mode": "immediately", "cancellation_reason": reason}
    visitor.goto(alice.link(subscription_cancel=cancel))
    visitor.get_by_role("link", name="Cancel plan").click()
    visitor.get_by_label("Why are you canceling?").select_option("unused")
    visitor.get_by_role("button", name="Cancel plan").click()
    visitor.get_by_text("No subscription at present.").wait_for()
    assert alice.subscription["status"] == "canceled"
    assert alice.subscription["cancellation_details"]["feedback"] == "unused"


def test_a_plan_is_changed_after_its_cost_was_shown(visitor: Any, alice: Customer) -> None:
    visitor.goto(alice.link())
    visitor.get_by_role("link", name="Update plan").click()
    visitor.get_by_label("$200.00 / year").check()
    visitor.get_by_role("button", name="Continue").click()
    expect(visitor.locator("main")).to_contain_text(
        "Next invoice with this change: $180.00.", use_inner_text=True
    )
    visitor.get_by_role("button", name="Confirm").click()
    visitor.get_by_text("$200.00 / year").wait_for()
    assert alice.subscription["items"]["data"][0]["price"]["id"] == alice.year


def test_a_promotion_code_counts_with_a_change(visitor: Any, alice: Customer) -> None:
    coupon = alice.client.coupons.create({"percent_off": 50, "duration": "forever"})["id"]
    alice.client.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon}, "code": "HALF"})
    visitor.goto(alice.link())
    visitor.get_by_role("link", name="Update plan").click()
    visitor.get_by_label("$200.00 / year").check()
    visitor.get_by_label("Promotion code").fill("HALF")
    visitor.get_by_role("button", name="Continue").click()
    visitor.get_by_role("button", name="Confirm").click()
    visitor.get_by_text("$200.00 / year").wait_for()
    assert len(alice.subscription["discounts"]) == 1


def test_a_downgrade_waits_for_the_periods_end_and_can_be_taken_back(visitor: Any, alice: Customer) -> None:
    waits = {"schedule_at_period_end": {"conditions": [{"type": "decreasing_item_amount"}]}}
    visitor.goto(alice.link(subscription_update=waits))
    visitor.get_by_role("link", name="Update plan").click()
    visitor.get_by_label("$10.00 / month").check()
    visitor.get_by_role("button", name="Continue").click()
    expect(visitor.locator("main")).to_contain_text(
        "Your plan changes on 1 February 2027", use_inner_text=True
    )
    visitor.get_by_role("button", name="Confirm").click()
    planned = visitor.get_by_text("Your plan changes to Premium, $10.00 / month, on 1 February 2027.")
    planned.wait_for()
    assert alice.subscription["items"]["data"][0]["price"]["id"] == alice.month
    visitor.get_by_role("button", name="Don’t update plan").click()
    visitor.get_by_text("Your subscription renews on 1 February 2027.").wait_for()
    assert alice.subscription["schedule"] is None


def test_a_downgrade_that_waited_happens(visitor: Any, alice: Customer) -> None:
    waits = {"schedule_at_period_end": {"conditions": [{"type": "decreasing_item_amount"}]}}
    visitor.goto(alice.link(subscription_update=waits))
    visitor.get_by_role("link", name="Update plan").click()
    visitor.get_by_label("$10.00 / month").check()
    visitor.get_by_role("button", name="Continue").click()
    visitor.get_by_role("button", name="Confirm").click()
    visitor.get_by_text("Your plan changes to").wait_for()
    alice.stage.advance(days=32)
    assert alice.subscription["items"]["data"][0]["price"]["id"] == alice.half
    assert alice.client.invoices.list()["data"][0]["amount_due"] == 1000


def test_a_new_card_becomes_the_default_and_the_old_one_is_removed(visitor: Any, alice: Customer) -> None:
    visitor.goto(alice.link())
    visitor.get_by_role("link", name="Add payment method").click()
    type_card(visitor)
    visitor.get_by_text("Mastercard •••• 4444").first.wait_for()
    visitor.get_by_role("button", name="Remove").click()
    visitor.locator("main", has_not_text="•••• 4242").wait_for()
    cards = alice.client.payment_methods.list({"customer": alice.id})["data"]
    assert [card["card"]["last4"] for card in cards] == ["4444"]
    customer = alice.client.customers.retrieve(alice.id)
    assert customer["invoice_settings"]["default_payment_method"] == cards[0]["id"]


def test_another_card_is_made_the_default(visitor: Any, alice: Customer) -> None:
    other = alice.client.payment_methods.attach("pm_card_amex", {"customer": alice.id})["id"]
    visitor.goto(alice.link())
    visitor.get_by_role("button", name="Make default").click()
    visitor.wait_for_url("**?home")
    customer = alice.client.customers.retrieve(alice.id)
    assert customer["invoice_settings"]["default_payment_method"] == other


def test_a_card_that_wants_authentication_is_added_after_it(visitor: Any, alice: Customer) -> None:
    visitor.goto(alice.link())
    visitor.get_by_role("link", name="Add payment method").click()
    type_card(visitor, "4000002500003155")
    visitor.get_by_role("button", name="Complete authentication").click()
    visitor.get_by_text("•••• 3155").first.wait_for()


def test_a_declined_card_is_not_added(visitor: Any, alice: Customer) -> None:
    visitor.goto(alice.link())
    visitor.get_by_role("link", name="Add payment method").click()
    type_card(visitor, "4000000000000002")
    expect(visitor.get_by_role("alert")).to_have_text("Your card was declined.", use_inner_text=True)
    assert len(alice.client.payment_methods.list({"customer": alice.id})["data"]) == 1


def test_billing_details_are_changed(visitor: Any, alice: Customer) -> None:
    visitor.goto(alice.link())
    visitor.get_by_role("link", name="Update information").click()
    visitor.get_by_label("Name").fill("Alice Acme")
    visitor.get_by_label("Address", exact=True).fill("1 Main Street")
    visitor.get_by_label("City").fill("Berlin")
    visitor.locator("[name=country]").select_option("DE")
    visitor.get_by_label("Add a tax ID").select_option("eu_vat")
    visitor.get_by_label("Tax ID", exact=True).fill("DE123456789")
    visitor.get_by_role("button", name="Save").click()
    visitor.get_by_text("Tax ID DE123456789").wait_for()
    customer = alice.client.customers.retrieve(alice.id)
    assert (customer["name"], customer["address"]["country"]) == ("Alice Acme", "DE")


def test_what_the_configuration_leaves_out_is_not_on_offer(visitor: Any, alice: Customer) -> None:
    url = alice.link(
        subscription_cancel={"enabled": False},
        payment_method_update={"enabled": False},
        invoice_history={"enabled": False},
    )
    visitor.goto(url)
    shown = visitor.locator("main").inner_text()
    assert "Cancel plan" not in shown
    assert "Payment methods" not in shown
    assert "Invoice history" not in shown
    assert visitor.goto(f"{url}/subscriptions/{alice.subscription_id}/cancel").status == 403
    assert alice.subscription["cancel_at"] is None


# -- whose it is -----------------------------------------------------------------------------------------------------


def test_a_portal_changes_its_own_customers_things_only(ask: Any, alice: Customer, stage: Stage) -> None:
    other = Customer(stage, alice.shop)
    path = alice.link().removeprefix(stage.sandbox.base_url)
    answer = ask("POST", f"{path}/subscriptions/{other.subscription_id}/cancel")
    assert answer.status == 404
    assert other.subscription["cancel_at"] is None
    card = other.client.payment_methods.list({"customer": other.id})["data"][0]["id"]
    ask("POST", f"{path}/payment-methods/{card}/remove")
    assert other.client.payment_methods.retrieve(card)["customer"] == other.id


def test_an_unknown_session_is_said_to_be_none(ask: Any) -> None:
    assert ask("GET", "/p/session/bps_none").status == 404

"""The pages on which plan and machines are changed: the price first, then the change."""

import re
from typing import Any

import pytest

from billing.models import Attempt, StripeSubscription

pytestmark = pytest.mark.django_db


@pytest.fixture
def business(machines: Any, subscribe: Any, charlie: Any) -> StripeSubscription:
    return subscribe(charlie, "business")


@pytest.fixture
def browser(machines: Any, client: Any, charlie: Any) -> Any:  # signed in by the local Stripe's time
    client.force_login(charlie)
    return client


def confirmed(page: str) -> dict[str, str]:
    """What the preview's form sends."""
    form = page.partition('<form class="form-actions"')[2].partition("</form>")[0]
    hidden = dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)">', form))
    return hidden | {"confirm": "1"}


def test_machines_are_priced_then_bought_then_shown(browser, business, calls):
    assert "NVIDIA A10G" in browser.get("/billing/machines/").content.decode()
    assert calls == []
    page = browser.post("/billing/machines/", {"a10g": "2"}).content.decode()
    assert "Change and pay $1,700.00" in page
    assert not Attempt.objects.filter(kind="change").exists()
    assert browser.post("/billing/machines/", confirmed(page)).url == "/billing/"
    assert StripeSubscription.objects.get().machines == {"a10g": 2}
    assert "Add or remove machines" in browser.get("/billing/").content.decode()


def test_what_is_removed_is_shown_as_credit_and_stands_on_the_billing_page(browser, business, machines):
    browser.post("/billing/machines/", {"a10g": "2", "confirm": "1"})
    machines.deliver()
    page = browser.post("/billing/machines/", {"a10g": "1"}).content.decode()
    assert "Credited to you" in page
    browser.post("/billing/machines/", confirmed(page))
    assert "$850.00, used with the next invoices" in browser.get("/billing/").content.decode()


def test_a_smaller_plan_is_scheduled_shown_and_taken_back(browser, business, calls):
    assert "See what it costs" in browser.get("/billing/change/premium/month/").content.decode()
    page = browser.post("/billing/change/premium/month/").content.decode()
    assert "nothing is charged now" in page
    browser.post("/billing/change/premium/month/", confirmed(page))
    shown = browser.get("/billing/").content.decode()
    assert "Stay with Business" in shown
    assert "Yours from" in browser.get("/pricing/").content.decode()
    browser.post("/billing/take-back/")
    assert "Stay with Business" not in browser.get("/billing/").content.decode()


def test_what_the_pages_ask_of_the_database_and_of_stripe(
    browser, business, machines, calls, django_assert_num_queries
):
    """The numbers do not grow with what is had."""
    browser.get("/billing/")  # what is loaded once in a process
    machines.advance(seconds=5)
    for have in ({"a10g": "2"}, {"a10g": "1", "t4": "1", "v100": "1"}):
        calls.clear()
        with django_assert_num_queries(12):
            page = browser.post("/billing/machines/", have).content.decode()
        assert calls == [("POST", "/v1/invoices/create_preview")]
        calls.clear()
        browser.post("/billing/machines/", confirmed(page))
        assert [call for call in calls if call[0] == "POST"] == [
            ("POST", f"/v1/subscriptions/{business.stripe_id}")
        ]
        machines.advance(seconds=5)
        machines.deliver()
        calls.clear()
        with django_assert_num_queries(7):  # session, user, role; subscription, items; types, prices
            browser.get("/billing/machines/")
        with django_assert_num_queries(11):
            browser.get("/billing/")
        with django_assert_num_queries(3):  # session, user, filings: the gate costs none
            browser.get("/filings/export.csv").getvalue()
        assert calls == []


def test_who_has_machines_in_the_way_of_another_plan_is_led_to_them(browser, business):
    browser.post("/billing/machines/", {"a10g": "1", "confirm": "1"})
    for path in ("premium/month", "business/year"):
        answer = browser.post(f"/billing/change/{path}/", follow=True)
        assert answer.redirect_chain == [("/billing/machines/", 302)]
        assert (
            "You have machines that do not go with that plan. Remove them first." in answer.content.decode()
        )


def test_before_there_is_a_plan_both_are_priced_and_ordered_together(browser, machines):
    page = browser.post("/billing/machines/", {"plan": "business", "a10g": "2"}).content.decode()
    assert "$1,740.00" in page
    assert "/subscribe/business/month/?a10g=2" in page
    order = browser.get("/subscribe/business/month/?a10g=2").content.decode()
    assert "$1,740.00" in order
    assert "&quot;items&quot;: {&quot;a10g&quot;: 2}" in order


# --- What is not on offer (A8) ------------------------------------------------------------------------------------

NOT_OFFERED = [
    *({"a10g": number} for number in ("-1", "1.5", "1e1", "٣", "101", "9999", "x", "true", "9" * 5000)),
    {"toaster": "1"},
    {"a10g": "1", "price": "1"},
    {"a10g": "1", "price_a10g": "price_mine"},
    {"a10g": "1", "coupon": "FREE"},
    *({"a10g": "1", "proration_date": date} for date in ("x", "2027-01-15", "2027-01-15T12:00", "9999")),
    {"a10g": "1", "proration_date": "2030-01-01T00:00:00+00:00"},
]
NOT_OFFERED_BEFORE_A_PLAN = [
    {"plan": "premium", "a10g": "1"},
    {"plan": "starter", "a100": "1"},
    {"plan": "annual", "a10g": "1"},
    {"plan": "", "a10g": "1"},
    {"plan": "business", "a10g": "101"},
    {"plan": "business", "a10g": "1", "discount": "50"},
]
NO_ORDER = {
    "business/month/?a10g=-1": 400,
    "business/month/?a10g=1e1": 400,
    "starter/month/?a100=1": 400,
    "business/year/?a10g=1": 400,
    "business/week/": 404,
    "annual/year/": 404,
    "gold/month/": 404,
}
NO_CHANGE: list[tuple[str, dict[str, str], int]] = [
    ("annual/year", {}, 404),
    ("gold/month", {}, 404),
    ("premium/week", {}, 404),
    ("premium/month", {"price": "1"}, 400),
    ("premium/month", {"coupon": "FREE"}, 400),
    ("business/year", {"proration_date": "yesterday"}, 400),
]


def test_changes_that_are_not_on_offer_are_refused(browser, business, calls):
    for form in NOT_OFFERED:
        assert browser.post("/billing/machines/", form | {"confirm": "1"}).status_code == 400, form
    for path, form, status in NO_CHANGE:
        answer = browser.post(f"/billing/change/{path}/", form | {"confirm": "1"})
        assert answer.status_code == status, (path, form)
    assert calls == []
    assert StripeSubscription.objects.get().machines == {}
    assert not Attempt.objects.filter(kind="change").exists()


def test_orders_that_are_not_on_offer_are_refused(browser, machines, calls):
    for form in NOT_OFFERED_BEFORE_A_PLAN:
        assert browser.post("/billing/machines/", form).status_code == 400, form
    for path, status in NO_ORDER.items():
        assert browser.get(f"/subscribe/{path}").status_code == status, path
    assert calls == []


# --- Who may ------------------------------------------------------------------------------------------------------


def test_a_mere_member_is_told_whom_to_ask(client, bob, alice, acme, machines, subscribe):
    from accounts import organizations

    subscribe(alice, "business")
    organizations.switch(bob, acme)
    client.force_login(bob)
    for path in ("/billing/machines/", "/billing/change/premium/month/"):
        assert client.get(path).status_code == 403
        assert client.post(path, {"confirm": "1"}).status_code == 403

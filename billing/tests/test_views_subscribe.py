"""/subscribe/<plan>/<interval>/, the order with the card form, and the page to which the payment returns."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from django.test import Client

from accounts import organizations
from accounts.models import Membership, User
from billing import catalogue as plans
from billing import subscriptions
from billing.models import StripePaymentMethod, StripePrice

PREMIUM = plans.find("premium")
assert PREMIUM is not None


@pytest.fixture
def browser(catalogue: Any, charlie: User) -> Client:
    client = Client()
    client.force_login(charlie)
    return client


def form_of(page: str) -> dict[str, str]:
    """The attributes of the card form."""
    tag = re.search(r"<turnpike-card-form(.*?)>", page, re.DOTALL)
    assert tag
    return {name: unescape(value) for name, value in re.findall(r'([a-z-]+)="([^"]*)"', tag.group(1))}


def test_the_order_says_what_is_paid_and_when_again(browser: Client) -> None:
    page = browser.get("/subscribe/premium/month/").content.decode()
    assert "Open SEC Data Premium" in page
    assert "Total today" in page
    assert "$20.00" in page
    assert "Renews every month on this day for $20.00, until you cancel." in page
    assert 'href="/terms/"' in page
    assert "Pay by the year and save $40" in page


def test_the_card_form_is_given_what_it_needs(browser: Client, settings: Any) -> None:
    form = form_of(browser.get("/subscribe/premium/year/").content.decode())
    assert form["stripe-js"] == settings.STRIPE_JS_URL
    assert form["publishable-key"] == settings.STRIPE_PUBLISHABLE_KEY
    assert (form["amount"], form["currency"], form["locale"]) == ("20000", "usd", "en")
    assert json.loads(form["body"]) == {"plan": "premium", "interval": "year"}
    assert form["return-url"] == "http://127.0.0.1:8000/subscribe/done/"
    assert form["label"] == "Pay $200.00"
    assert settings.STRIPE_SECRET_KEY not in json.dumps(form)


def test_what_is_shown_is_what_stripe_will_charge(browser: Client) -> None:
    StripePrice.objects.filter(interval="month", lookup_key__contains="premium").update(amount=2100)
    assert "Pay $21.00" in browser.get("/subscribe/premium/month/").content.decode()


def test_a_business_plan_is_multiplied_by_its_members(
    catalogue: Any, client: Client, alice: User, bob: User
) -> None:
    client.force_login(alice)
    page = client.get("/subscribe/business/month/").content.decode()
    assert "2 members at $40.00" in page
    assert "Pay $80.00" in page


def test_a_trial_costs_nothing_today_and_is_given_once(
    browser: Client, charlie: User, monkeypatch: pytest.MonkeyPatch, subscribe: Callable[..., Any]
) -> None:
    monkeypatch.setitem(plans._BY_KEY, "premium", replace(PREMIUM, trial_days=14))
    page = browser.get("/subscribe/premium/month/").content.decode()
    assert "Free for 14 days. Then $20.00 every month, until you cancel." in page
    assert form_of(page)["amount"] == "0"
    assert form_of(page)["label"] == "Begin the trial"

    row = subscribe(charlie)
    assert row.status == "trialing"
    subscriptions.cancel(row, now=True)
    assert form_of(browser.get("/subscribe/premium/month/").content.decode())["label"] == "Pay $20.00"


@pytest.mark.parametrize(
    "path", ["/subscribe/platinum/month/", "/subscribe/premium/week/", "/subscribe/annual/year/"]
)
def test_what_is_not_on_sale_is_not_there(browser: Client, path: str) -> None:
    assert browser.get(path).status_code == 404


def test_what_stripe_does_not_have_yet_cannot_be_bought(browser: Client) -> None:
    StripePrice.objects.update(active=False)
    answer = browser.get("/subscribe/premium/month/")
    assert answer.status_code == 503
    assert "cannot be bought at the moment" in answer.content.decode()


def test_a_guest_signs_in_first_and_comes_back(catalogue: Any, client: Client) -> None:
    answer = client.get("/subscribe/premium/month/")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/accounts/login/?next=/subscribe/premium/month/"


def test_a_mere_member_is_told_whom_to_ask(browser: Client, charlie: User, acme: Any) -> None:
    organizations.join(charlie, acme, Membership.Role.MEMBER)
    organizations.switch(charlie, acme)
    answer = browser.get("/subscribe/premium/month/")
    assert answer.status_code == 403
    assert "Ask an owner" in answer.content.decode()


def test_a_subscriber_is_shown_what_they_have(
    browser: Client, charlie: User, subscribe: Callable[..., Any]
) -> None:
    subscribe(charlie)
    answer = browser.get("/subscribe/starter/month/", follow=True)
    assert answer.redirect_chain == [("/billing/", 302)]
    assert "You have a subscription already." in answer.content.decode()


def test_a_card_that_is_known_is_offered_with_four_digits(
    browser: Client, charlie: User, subscribe: Callable[..., Any]
) -> None:
    row = subscribe(charlie)
    subscriptions.cancel(row, now=True)
    page = browser.get("/subscribe/premium/month/").content.decode()
    assert "•••• 4242" in page
    assert "Another card" in page
    assert "424242" not in page.replace("4242 4242 4242 4242", "")


def test_a_card_that_was_typed_twice_is_shown_once(
    browser: Client, charlie: User, subscribe: Callable[..., Any]
) -> None:
    subscriptions.cancel(subscribe(charlie), now=True)
    subscriptions.cancel(subscribe(charlie, plan="starter"), now=True)
    assert StripePaymentMethod.objects.count() == 2
    assert browser.get("/subscribe/premium/month/").content.decode().count("•••• 4242") == 1


def test_a_purchase_that_was_not_finished_goes_on(browser: Client, charlie: User) -> None:
    subscriptions.start(charlie.current_organization, PREMIUM, "month")
    assert "Your last try was not finished." in browser.get("/subscribe/premium/month/").content.decode()


def test_test_cards_are_shown_where_no_money_moves(browser: Client, settings: Any) -> None:
    assert "Test mode" in browser.get("/subscribe/premium/month/").content.decode()
    settings.STRIPE_LIVE_MODE = True
    assert "Test mode" not in browser.get("/subscribe/premium/month/").content.decode()


# --- Coming back ----------------------------------------------------------------------------------------------------


def test_after_the_payment_one_is_welcomed(
    browser: Client, charlie: User, subscribe: Callable[..., Any]
) -> None:
    subscribe(charlie)
    assert "Welcome to Premium" in browser.get("/subscribe/done/").content.decode()


def test_until_it_is_confirmed_the_page_says_so_and_asks(browser: Client, charlie: User) -> None:
    subscriptions.start(charlie.current_organization, PREMIUM, "month")
    page = browser.get("/subscribe/done/").content.decode()
    assert "We are confirming your payment" in page
    assert 'data-asks="/api/stripe/sync-subscription/"' in page


def test_whoever_bought_nothing_is_shown_the_plans(browser: Client) -> None:
    answer = browser.get("/subscribe/done/?payment_intent=pi_1&redirect_status=succeeded")
    assert answer.headers["Location"] == "/pricing/"


def test_looking_at_the_page_changes_nothing(browser: Client, charlie: User, catalogue: Any) -> None:
    subscriptions.start(charlie.current_organization, PREMIUM, "month")
    catalogue.sandbox.faults.add("cut", path="*", times=100)
    assert browser.get("/subscribe/done/?redirect_status=succeeded").status_code == 200

"""/billing/ and what it offers to do."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts import organizations
from accounts.models import User
from accounts.tiers import Tier
from billing import catalogue as plans
from billing import limits, subscriptions
from billing.models import Grant, StripeInvoice, StripeSubscription

PREMIUM = plans.find("premium")
assert PREMIUM is not None

Subscribe = Callable[..., Any]


@pytest.fixture
def browser(catalogue: Any, charlie: User) -> Client:
    client = Client()
    client.force_login(charlie)
    return client


def text_of(client: Client) -> str:
    return " ".join(client.get("/billing/").content.decode().split())


# --- What it shows --------------------------------------------------------------------------------------------------


def test_without_a_plan_it_shows_the_way_to_one(browser: Client) -> None:
    page = text_of(browser)
    assert "No plan yet" in page
    assert "See the plans" in page
    assert "None yet. The first one comes with your first payment." in page
    assert "No card is stored." in page


def test_a_subscriber_sees_plan_payment_card_and_invoice(
    browser: Client, charlie: User, subscribe: Subscribe
) -> None:
    subscribe(charlie)
    page = text_of(browser)
    assert "Open SEC Data Premium" in page
    assert "$20.00 on Feb. 15, 2027" in page
    assert "<strong>Visa</strong>" in page
    assert "•••• 4242" in page
    invoice = StripeInvoice.objects.get()
    assert invoice.number in page
    assert invoice.pdf_url in page
    assert "Cancel the plan" in page


def test_looking_at_it_calls_nobody(
    browser: Client, charlie: User, subscribe: Subscribe, catalogue: Any
) -> None:
    subscribe(charlie)
    catalogue.sandbox.faults.add("cut", path="*", times=100)
    assert browser.get("/billing/").status_code == 200


def test_a_mere_member_sees_the_plan_but_no_invoices(
    catalogue: Any, client: Client, alice: User, bob: User, subscribe: Subscribe
) -> None:
    subscribe(alice)
    organizations.switch(bob, alice.current_organization)
    client.force_login(bob)
    page = text_of(client)
    assert "Open SEC Data Premium" in page
    assert StripeInvoice.objects.get().number not in page
    assert "Cancel the plan" not in page
    assert "Only the owners and admins of Acme" in page


def test_nobody_sees_another_organizations(browser: Client, alice: User, subscribe: Subscribe) -> None:
    subscribe(alice)
    assert "No plan yet" in text_of(browser)


def test_an_unfinished_purchase_can_be_finished_or_left(browser: Client, charlie: User) -> None:
    subscriptions.start(charlie.current_organization, PREMIUM, "month")
    page = text_of(browser)
    assert "The first payment is not finished" in page
    assert "/subscribe/premium/month/" in page

    browser.post("/billing/cancel/", {"at": "now"})
    assert "No plan yet" in text_of(browser)


def test_a_gift_says_until_when(browser: Client, charlie: User) -> None:
    organization = charlie.current_organization
    Grant.objects.create(
        organization=organization, tier=Tier.PREMIUM, until=timezone.now() + timedelta(days=30), why="beta"
    )
    refresh(organization)
    page = text_of(browser)
    assert "A gift" in page
    assert "Feb. 14, 2027" in page


def test_a_guest_signs_in_first(catalogue: Any, client: Client) -> None:
    assert client.get("/billing/").headers["Location"] == "/accounts/login/?next=/billing/"


# --- Cancelling and resuming ----------------------------------------------------------------------------------------


def test_the_question_says_until_when_one_keeps_it(
    browser: Client, charlie: User, subscribe: Subscribe
) -> None:
    subscribe(charlie)
    page = browser.get("/billing/cancel/").content.decode()
    assert "Cancel Premium?" in page
    assert "On Feb. 15, 2027" in page


def test_cancelled_with_the_period_it_can_be_resumed(
    browser: Client, charlie: User, subscribe: Subscribe
) -> None:
    subscribe(charlie)
    answer = browser.post("/billing/cancel/", {"at": "period_end"}, follow=True)
    page = answer.content.decode()
    assert "Cancelled. You keep what you have until Feb. 15, 2027." in page
    assert "Keep Premium" in page

    page = browser.post("/billing/resume/", follow=True).content.decode()
    assert "Your plan renews as before." in page
    assert "Cancel the plan" in page


def test_cancelled_now_it_is_over(browser: Client, charlie: User, subscribe: Subscribe) -> None:
    subscribe(charlie)
    page = browser.post("/billing/cancel/", {"at": "now"}, follow=True).content.decode()
    assert "Cancelled. Nothing more is charged." in page
    assert "This plan is over." in page
    charlie.current_organization.refresh_from_db()
    assert charlie.current_organization.current_access().tier == "free"


def test_resuming_what_renews_anyway_says_so(browser: Client, charlie: User, subscribe: Subscribe) -> None:
    subscribe(charlie)
    page = browser.post("/billing/resume/", follow=True).content.decode()
    assert "not scheduled to end" in page


@pytest.mark.parametrize("path", ["/billing/cancel/", "/billing/resume/", "/billing/card/"])
def test_without_a_plan_there_is_nothing_to_do(browser: Client, path: str) -> None:
    assert browser.post(path, {"at": "now"}).headers["Location"] == "/billing/"


@pytest.mark.parametrize("path", ["/billing/resume/", "/billing/card/", "/billing/check/"])
def test_following_a_link_changes_nothing(browser: Client, path: str) -> None:
    assert browser.get(path).status_code == 405


@pytest.mark.parametrize("path", ["/billing/cancel/", "/billing/resume/", "/billing/card/"])
def test_changes_need_the_csrf_token_and_a_role(
    catalogue: Any,
    alice: User,
    bob: User,
    subscribe: Subscribe,
    signed_in: Callable[[User], Client],
    client: Client,
    path: str,
) -> None:
    subscribe(alice)
    assert signed_in(alice).post(path, {"at": "now"}).status_code == 403
    organizations.switch(bob, alice.current_organization)
    client.force_login(bob)
    assert client.post(path, {"at": "now"}).status_code == 403
    assert StripeSubscription.objects.get().status == "active"


def test_another_card_is_given_on_stripes_page(browser: Client, charlie: User, subscribe: Subscribe) -> None:
    subscribe(charlie)
    answer = browser.post("/billing/card/")
    assert answer.status_code == 302
    assert "/p/session/" in answer.headers["Location"]


def test_checking_again_has_a_limit(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LOOKS", limits.Limit("looks", 1, 9, "Try again after %(time)s."))
    assert browser.post("/billing/check/").status_code == 302
    answer = browser.post("/billing/check/")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "3600"
    assert "Try again after 13:00." in answer.content.decode()


# --- When Stripe is out of reach ------------------------------------------------------------------------------------


def test_when_stripe_does_not_answer_the_page_says_so(
    browser: Client, charlie: User, subscribe: Subscribe, catalogue: Any
) -> None:
    subscribe(charlie)
    catalogue.sandbox.faults.add("cut", path="/v1/*", times=100)
    answer = browser.post("/billing/cancel/", {"at": "now"})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "does not answer" in answer.content.decode()
    assert StripeSubscription.objects.get().status == "active"


@pytest.mark.parametrize(
    "path", ["/pricing/", "/billing/", "/billing/cancel/", "/subscribe/premium/month/", "/subscribe/done/"]
)
def test_when_billing_is_off_every_page_says_so(browser: Client, settings: Any, path: str) -> None:
    """F43."""
    settings.STRIPE_SECRET_KEY = ""
    answer = browser.get(path)
    assert answer.status_code == 503
    assert "Billing is off" in answer.content.decode()


def refresh(organization: Any) -> None:
    from django.db import transaction

    from billing import access

    with transaction.atomic():
        access.refresh(access.lock(organization.pk))

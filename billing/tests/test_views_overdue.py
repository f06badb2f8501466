"""When a renewal fails: the banner on every page, the way to pay, and what the mails say."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import organizations
from accounts.models import User
from billing import customers, gateway
from billing.models import MirroredObject, StripeInvoice, StripeSubscription

FAILS = "4000000000000341"


@pytest.fixture
def overdue(
    catalogue: Any, alice: User, subscribe: Callable[..., Any], card: Callable[..., str]
) -> StripeInvoice:
    """Acme's second month could not be collected."""
    acme = alice.current_organization
    assert acme is not None
    organizations.set_access(acme, [])  # what the cast gives it
    subscription = subscribe(alice)
    acme.refresh_from_db()
    failing = card(FAILS)
    customers.prefer(acme, failing, "a test")
    gateway.subscriptions.use_payment_method(subscription.stripe_id, failing, key="another")
    catalogue.advance(days=31, hours=2)
    catalogue.deliver()
    return StripeInvoice.objects.get(billing_reason="subscription_cycle")


def page_of(user: User, path: str) -> str:
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return " ".join(client.get(path).content.decode().split())


def test_every_page_bears_a_banner_with_amount_reason_and_date(overdue: Any, alice: User) -> None:
    page = page_of(alice, "/pricing/")
    assert "A payment of $20.00 failed." in page
    assert "Your bank declined it." in page
    assert "You keep Premium until Feb. 18, 2027." in page
    assert 'href="/billing/">Pay now' in page


def test_the_reason_is_in_words_that_help(overdue: Any, alice: User) -> None:
    payments = MirroredObject.objects.filter(kind="payment_intent", data__failure="generic_decline")
    assert payments.update(data={"failure": "expired_card"}) == 1
    assert "The card has expired." in page_of(alice, "/billing/")


def test_the_billing_page_says_it_once_with_the_way_to_pay(overdue: StripeInvoice, alice: User) -> None:
    page = page_of(alice, "/billing/")
    assert "$20.00 could not be collected" in page
    assert "A payment of $20.00 failed." not in page
    assert overdue.hosted_url in page
    assert "I have paid: check again" in page
    assert "Payment overdue" in page


def test_a_mere_member_is_told_but_not_asked_to_pay(overdue: StripeInvoice, alice: User, bob: User) -> None:
    assert alice.current_organization is not None
    organizations.switch(bob, alice.current_organization)
    page = page_of(bob, "/billing/")
    assert "$20.00 could not be collected" in page
    assert overdue.hosted_url not in page


def test_others_see_nothing_of_it(overdue: Any, bob: User, charlie: User) -> None:
    assert "failed" not in page_of(bob, "/pricing/")
    assert "failed" not in page_of(charlie, "/pricing/")


def test_who_has_paid_and_sees_no_change_checks_again(
    overdue: StripeInvoice, alice: User, card: Callable[..., str], catalogue: Any
) -> None:
    acme = alice.current_organization
    assert acme is not None
    good = card()
    customers.prefer(acme, good, "pays at Stripe")
    gateway.payments.pay(overdue.stripe_id, good, key="pays")
    assert "could not be collected" in page_of(alice, "/billing/")

    client = Client()
    client.force_login(alice)
    answer = client.post("/billing/check/", follow=True)

    assert "could not be collected" not in answer.content.decode()
    assert StripeSubscription.objects.get().status == "active"


def test_when_the_grace_is_over_the_banner_stays(overdue: Any, alice: User, catalogue: Any) -> None:
    catalogue.advance(days=4)
    page = page_of(alice, "/pricing/")
    assert "A payment of $20.00 failed." in page
    assert "You keep Premium until" not in page


def test_who_pays_costs_no_query_for_the_banner(
    catalogue: Any, alice: User, subscribe: Callable[..., Any]
) -> None:
    subscribe(alice)
    client = Client()
    client.force_login(User.objects.get(pk=alice.pk))
    with CaptureQueriesContext(connection) as queries:
        client.get("/terms/")
    assert not [query for query in queries if "stripeinvoice" in query["sql"]]


@pytest.mark.django_db(transaction=True)
def test_the_mails_say_what_happened(overdue: StripeInvoice, catalogue: Any) -> None:
    failed = mail.outbox[0]
    assert failed.subject == "A payment of $20.00 failed"
    assert failed.to == ["billing@acme.example"]
    assert overdue.hosted_url in failed.body
    assert overdue.hosted_url in str(failed.alternatives[0][0])  # type: ignore[attr-defined]
    assert "because it is the billing address of Acme" in failed.body

    catalogue.advance(days=60)
    catalogue.deliver()
    ended = mail.outbox[-1]
    assert ended.subject == "Open SEC Data Premium has ended"
    assert "http://127.0.0.1:8000/pricing/" in ended.body

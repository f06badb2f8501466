"""POST /billing/check/: "I have paid: check again"."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from accounts import organizations
from accounts.models import Organization, User
from billing import customers, subscriptions
from billing.models import StripeSubscription
from billing.tests.buying import ASKS_THE_BANK, plan
from config.celery import app

URL = "/billing/check/"
PREMIUM = plan("premium")
# Nobody listens there; Celery reads the setting once in a process, so it is the same in all tests.
NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture
def owner(catalogue: Any) -> User:
    return User.objects.create_user("dora@delta.example", name="Dora")


@pytest.fixture
def paid_unheard(catalogue: Any, owner: User, card: Callable[..., str]) -> Organization:
    """The owner's organization, whose subscription was paid at Stripe without our hearing of it."""
    organization = owner.organizations.get()
    customers.ensure(organization)
    subscriptions.start(organization, PREMIUM, "month", card())
    catalogue.sandbox.deliveries.drop()
    StripeSubscription.objects.all().delete()
    Organization.objects.filter(pk=organization.pk).update(access=[], tier="free")
    return organization


@pytest.fixture
def client(owner: User) -> Client:
    client = Client()
    client.force_login(owner)
    return client


def test_the_closed_gate_offers_it_and_opens(client: Client, paid_unheard: Organization) -> None:
    page = client.get("/filings/trends/")
    assert page.status_code == 402
    assert "I have paid: check again" in page.content.decode()
    answer = client.post(URL, {"next": "/filings/trends/"}, follow=True)
    assert answer.redirect_chain == [("/filings/trends/", 302)]
    assert answer.status_code == 200
    assert "You have Premium now." in answer.content.decode()


def test_what_no_payment_explains_is_looked_into_once_in_five_minutes(
    client: Client, owner: User, subscribe: Any, stripe_sandbox: Any, calls: list[tuple[str, str]]
) -> None:
    subscribe(owner)
    calls.clear()
    client.post(URL)
    assert len(calls) > 5
    calls.clear()
    client.post(URL)
    assert calls == [("GET", "/v1/subscriptions")]
    stripe_sandbox.advance(minutes=6)
    calls.clear()
    client.post(URL)
    assert len(calls) > 5


def test_a_no_from_the_bank_is_said_to_those_who_pay_and_to_no_others(
    catalogue: Any, acme: Organization, alice: User, bob: User, card: Any, authenticate: Any
) -> None:
    organizations.switch(bob, acme)
    buyer, member = Client(), Client()
    buyer.force_login(alice)
    member.force_login(bob)
    for browser, is_told in ((member, False), (buyer, True)):
        purchase = subscriptions.start(acme, PREMIUM, "month", card(ASKS_THE_BANK))
        authenticate(purchase.client_secret, passed=False)
        page = browser.post(URL, follow=True).content.decode()
        assert ("We are unable to authenticate your payment method." in page) is is_told
        assert StripeSubscription.objects.get(stripe_id=purchase.subscription_id).is_over


def test_it_says_when_there_was_nothing_to_find(client: Client) -> None:
    assert "no payment that we did not know of" in client.post(URL, follow=True).content.decode()


def test_without_stripe_it_says_so_and_can_be_tried_again(
    client: Client, paid_unheard: Organization, stripe_sandbox: Any
) -> None:
    stripe_sandbox.sandbox.faults.add("cut", times=99)
    answer = client.post(URL)
    assert answer.status_code == 503
    assert answer["Retry-After"]
    stripe_sandbox.sandbox.faults.clear()
    assert "You have Premium now." in client.post(URL, follow=True).content.decode()


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/filings/trends/?years=5", "/filings/trends/?years=5"),
        ("https://elsewhere.example/", "/"),
        ("", "/"),
    ],
)
def test_who_tries_again_comes_to_where_the_button_is(
    client: Client, paid_unheard: Organization, stripe_sandbox: Any, referer: str, back: str
) -> None:
    stripe_sandbox.sandbox.faults.add("cut", times=99)
    page = client.post(URL, headers={"Referer": referer}).content.decode()
    assert f'<a class="button" href="{back}">Try again</a>' in page


@pytest.mark.parametrize(
    "elsewhere", ["https://elsewhere.example/", "//elsewhere.example/", "elsewhere", "\\\\elsewhere"]
)
def test_it_leads_nowhere_else(client: Client, elsewhere: str) -> None:
    assert client.post(URL, {"next": elsewhere})["Location"] == "/billing/"


def test_it_is_a_post_of_somebody_who_is_signed_in(client: Client, signed_in: Any, owner: User) -> None:
    assert client.get(URL).status_code == 405
    assert Client().post(URL)["Location"].startswith("/accounts/login/")
    assert signed_in(owner).post(URL).status_code == 403, "without a CSRF token"


def test_somebody_elses_payment_does_not_open_it(paid_unheard: Organization, charlie: User) -> None:
    client = Client()
    client.force_login(charlie)
    client.post(URL)
    assert client.get("/filings/trends/").status_code == 402
    paid_unheard.refresh_from_db()
    assert paid_unheard.access == []


def test_a_guest_is_not_offered_it(client: Client) -> None:
    assert "check again" not in Client().get("/filings/trends/").content.decode()


@pytest.fixture
def worker(settings: Any) -> Iterator[None]:
    """Workers are configured; what they are given is done at once, in this process."""
    settings.CELERY_BROKER_URL = NOWHERE
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


def test_with_a_worker_nobody_has_to_ask(client: Client, paid_unheard: Organization, worker: None) -> None:
    assert client.get("/filings/trends/").status_code == 402
    assert client.get("/filings/trends/").status_code == 200


def test_with_a_worker_it_asks_once_in_five_minutes_and_only_for_customers(
    client: Client, paid_unheard: Organization, worker: None, calls: list[Any], charlie: User
) -> None:
    Organization.objects.filter(pk=paid_unheard.pk).update(access=[])
    client.get("/api/trends/")
    asked = len(calls)
    assert asked
    Organization.objects.filter(pk=paid_unheard.pk).update(access=[])
    client.get("/api/trends/")
    outsider = Client()
    outsider.force_login(charlie)
    outsider.get("/filings/trends/")
    Client().get("/filings/trends/")
    assert len(calls) == asked


def test_without_stripe_the_gate_is_shown_all_the_same(
    client: Client, paid_unheard: Organization, worker: None, stripe_sandbox: Any
) -> None:
    stripe_sandbox.sandbox.faults.add("cut", times=99)
    assert client.get("/filings/trends/").status_code == 402


def test_a_broker_that_is_down_leaves_the_turn(
    client: Client, paid_unheard: Organization, settings: Any
) -> None:
    settings.CELERY_BROKER_URL = NOWHERE
    assert client.get("/filings/trends/").status_code == 402
    assert "You have Premium now." in client.post(URL, follow=True).content.decode()

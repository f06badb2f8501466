"""/api/billing/payment-methods/: stored, made the default, removed; somebody else's are not there."""

from collections.abc import Callable
from typing import Any

import pytest
import stripe

from accounts import organizations
from accounts.models import Organization, User
from billing import gateway, limits
from billing.gateway import client
from billing.models import StripePaymentMethod, StripeSubscription
from billing.tests.buying import DECLINED_AT_ONCE
from billing.tests.calling import Caller, refused
from sandbox.transport import InProcessClient

PATH = "/api/billing/payment-methods/"
Card = Callable[..., str]


@pytest.fixture
def caller(catalogue: Any, charlie: User) -> Caller:
    return Caller(charlie)


@pytest.fixture
def confirm(catalogue: Any, settings: Any) -> Callable[[str, str], Any]:
    """What Stripe.js does with the client secret and a card."""
    browser = stripe.StripeClient(
        settings.STRIPE_PUBLISHABLE_KEY, http_client=InProcessClient(catalogue.sandbox)
    )

    def confirm(secret: str, card: str) -> Any:
        return browser.v1.setup_intents.confirm(
            secret.partition("_secret_")[0],
            {"client_secret": secret, "payment_method": card, "return_url": "https://example.com"},  # type: ignore[typeddict-unknown-key]
        )

    return confirm


@pytest.fixture
def stored(caller: Caller, confirm: Any, card: Card) -> Callable[..., str]:
    """Charlie stores a card; no event of it has arrived."""

    def store(number: str = "4242424242424242") -> str:
        secret = caller.post(PATH).json()["client_secret"]
        return str(confirm(secret, card(number))["payment_method"])

    return store


def default(method: str) -> str:
    return f"{PATH}{method}/default/"


def listed(answer: Any) -> list[tuple[str, bool]]:
    assert answer.status_code == 200, answer.content
    return [(one["id"], one["default"]) for one in answer.json()["payment_methods"]]


def test_a_card_is_stored_in_the_browser_and_pays_from_then_on(
    caller: Caller, stored: Card, calls: list[Any], catalogue: Any
) -> None:
    method = stored("5555555555554444")
    catalogue.advance(seconds=5)  # later beyond doubt, so that nothing has to be asked for
    calls.clear()
    answer = caller.post(default(method))

    assert listed(answer) == [(method, True)]
    assert [one[0] for one in calls] == ["GET", "POST"]  # whose is it; the customer
    assert answer.json()["payment_methods"][0] == {
        "id": method,
        "kind": "card",
        "brand": "mastercard",
        "last4": "4444",
        "exp_month": 12,
        "exp_year": 2030,
        "default": True,
    }
    before = caller.get(PATH).json()
    catalogue.deliver()
    assert caller.get(PATH).json() == before


def test_a_setup_intent_charges_nothing_and_is_ours(caller: Caller, charlie: User) -> None:
    answer = caller.post(PATH).json()
    intent = client.connected().v1.setup_intents.retrieve(answer["client_secret"].partition("_secret_")[0])

    organization = Organization.objects.get(pk=charlie.current_organization_id)
    assert intent["customer"] == organization.stripe_customer_id
    assert intent["usage"] == "off_session"
    assert gateway.namespace.is_ours(intent["metadata"])
    assert answer["publishable_key"].startswith("pk_test_")


def test_a_card_that_is_declined_is_not_stored(caller: Caller, stored: Card, catalogue: Any) -> None:
    with pytest.raises(stripe.CardError):
        stored(DECLINED_AT_ONCE)
    catalogue.deliver()
    assert listed(caller.get(PATH)) == []


def test_what_runs_is_paid_with_the_new_default_too(
    caller: Caller, charlie: User, subscribe: Any, stored: Card, catalogue: Any, calls: list[Any]
) -> None:
    subscribe(charlie)
    (old, is_default) = listed(caller.get(PATH))[0]
    assert is_default
    method = stored("5555555555554444")
    assert listed(caller.post(default(method))) == [(method, True), (old, False)]

    calls.clear()
    assert listed(caller.post(default(method)))[0] == (method, True)  # once more
    assert [one[0] for one in calls] == ["POST"]
    assert StripeSubscription.objects.get().default_payment_method_id == method

    catalogue.advance(days=32)
    catalogue.deliver()
    intents = client.connected().v1.payment_intents.list().data
    assert intents[0]["payment_method"] == method


def test_what_pays_for_a_plan_stays_until_another_does(
    caller: Caller, charlie: User, subscribe: Any, stored: Card, catalogue: Any, calls: list[Any]
) -> None:
    subscribe(charlie)
    (old, _default) = listed(caller.get(PATH))[0]
    calls.clear()
    assert refused(caller.delete(f"{PATH}{old}/"))[:2] == (409, "payment_method_in_use")
    assert calls == []

    caller.post(default(stored("5555555555554444")))
    catalogue.advance(seconds=5)
    calls.clear()
    assert len(listed(caller.delete(f"{PATH}{old}/"))) == 1
    assert calls == [("POST", f"/v1/payment_methods/{old}/detach")]


def test_who_has_cancelled_may_take_their_card_away(caller: Caller, charlie: User, subscribe: Any) -> None:
    subscribe(charlie)
    caller.post("/api/billing/subscription/cancel/")
    (card, _default) = listed(caller.get(PATH))[0]
    assert listed(caller.delete(f"{PATH}{card}/")) == []
    assert refused(caller.delete(f"{PATH}{card}/"))[:2] == (404, "not_found")


def test_one_that_was_taken_away_elsewhere_is_found_to_be_gone(caller: Caller, stored: Card) -> None:
    method = stored()
    caller.post(default(method))
    client.connected().v1.payment_methods.detach(method)
    assert refused(caller.post(default(method)))[:2] == (404, "not_found")
    assert not StripePaymentMethod.objects.get().attached


def test_somebody_elses_is_as_good_as_none(
    caller: Caller, alice: User, subscribe: Any, stored: Card, card: Card
) -> None:
    subscribe(alice)
    stored()  # so that Charlie is a customer
    hers = StripePaymentMethod.objects.get(organization__name="Acme").stripe_id
    nobodys = card()
    rows = list(StripePaymentMethod.objects.values())
    for method in (hers, nobodys, "pm_nothing", "x", "pm_%00", "..", "a" * 300):
        assert refused(caller.post(default(method)))[:2] == (404, "not_found")
        assert refused(caller.delete(f"{PATH}{method}/"))[:2] == (404, "not_found")
    assert list(StripePaymentMethod.objects.values()) == rows
    assert listed(Caller(alice).get(PATH)) == [(hers, True)]


def test_bodies_are_read_strictly(caller: Caller) -> None:
    assert refused(caller.post(PATH, card="4242424242424242")) == (400, "invalid", "card")
    assert refused(caller.post(default("pm_1"), customer="cus_1")) == (400, "invalid", "customer")


def test_the_list_is_read_from_our_rows(
    caller: Caller, charlie: User, subscribe: Any, calls: list[Any], django_assert_num_queries: Any
) -> None:
    subscribe(charlie)
    calls.clear()
    with django_assert_num_queries(5):  # session, user, role; subscription, methods
        caller.get(PATH)
    assert calls == []


def test_members_neither_see_nor_change_them(
    catalogue: Any, alice: User, bob: User, acme: Organization
) -> None:
    organizations.switch(bob, acme)
    member = Caller(bob)
    answers = [
        member.get(PATH),
        member.post(PATH),
        member.post(default("pm_1")),
        member.delete(f"{PATH}pm_1/"),
    ]
    assert [refused(answer)[:2] for answer in answers] == [(403, "permission_denied")] * 4


def test_storing_cards_has_the_limit_of_cards(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CARDS", limits.Limit("cards", 1, 9, "Try again after %(time)s."))
    answers = [caller.post(PATH) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert answers[1].headers["Retry-After"]


def test_a_customer_that_was_deleted_is_made_anew(caller: Caller, stored: Card, charlie: User) -> None:
    stored()
    organization = Organization.objects.get(pk=charlie.current_organization_id)
    before = organization.stripe_customer_id
    client.connected().v1.customers.delete(before or "")
    assert caller.post(PATH).status_code == 200
    organization.refresh_from_db()
    assert organization.stripe_customer_id not in (None, before)

"""POST /api/stripe/create-subscription/: what it takes, what it answers, what it leaves behind."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts import organizations
from accounts.models import Membership, UsageCounter, User
from billing import limits
from billing.models import Attempt, StripeInvoice, StripeSubscription

PATH = "/api/stripe/create-subscription/"
DECLINED, AUTHENTICATION, FAILS_LATER = "4000000000000002", "4000002500003155", "4000000000000341"

Post = Callable[..., Any]


@pytest.fixture
def buy(catalogue: Any, charlie: User) -> Post:
    """Charlie's browser. Without CSRF checks, which have a test of their own."""
    client = Client()
    client.force_login(charlie)

    def post(body: Any = None, **fields: Any) -> Any:
        content = {"plan": "premium", **fields} if body is None else body
        return client.post(PATH, content, content_type="application/json")

    return post


def what_is_at_stripe(sandbox: Any, kind: str) -> list[Any]:
    with sandbox.sandbox.work() as world:
        return list(world.select(kind))


# --- Buying ---------------------------------------------------------------------------------------------------------


def test_a_card_buys_a_plan_at_once(buy: Post, card: Post, charlie: User) -> None:
    answer = buy(payment_method_id=card())

    assert answer.status_code == 200
    assert answer.json() == {
        "subscription_id": StripeSubscription.objects.get().stripe_id,
        "status": "active",
        "client_secret": None,
    }
    charlie.current_organization.refresh_from_db()
    assert charlie.current_organization.current_access().tier == "premium"


def test_a_test_card_pays_by_its_name_and_once(buy: Post, catalogue: Any, charlie: User) -> None:
    catalogue.sandbox.faults.add("lost", method="POST", path="/v1/subscriptions", times=99)
    assert buy(payment_method_id="pm_card_visa").status_code == 503
    catalogue.sandbox.faults.clear()
    assert buy(payment_method_id="pm_card_visa").json()["status"] == "active"
    assert charlie.current_organization.payment_methods.get().last4 == "4242"
    assert len(what_is_at_stripe(catalogue, "subscription")) == 1


def test_a_test_card_by_its_name_finishes_what_was_begun(buy: Post) -> None:
    begun = buy().json()
    assert buy(payment_method_id="pm_card_visa").json() == {
        **begun,
        "status": "active",
        "client_secret": None,
    }


def test_the_month_is_the_default_and_the_year_can_be_chosen(buy: Post, card: Post) -> None:
    buy(payment_method_id=card(), interval="year")
    assert StripeSubscription.objects.get().plan_item.interval == "year"
    assert StripeInvoice.objects.get().total == 20_000


def test_without_a_card_the_browser_gets_a_secret_to_confirm(buy: Post) -> None:
    answer = buy().json()
    assert answer["status"] == "incomplete"
    assert answer["client_secret"].startswith("pi_")


def test_a_bank_that_asks_is_asked_in_the_browser(buy: Post, card: Post, charlie: User) -> None:
    answer = buy(payment_method_id=card(AUTHENTICATION))

    assert answer.status_code == 200
    assert answer.json()["status"] == "incomplete"
    assert "_secret_" in answer.json()["client_secret"]
    assert charlie.current_organization.current_access().tier == "free"


def test_ten_clicks_are_one_subscription(buy: Post, card: Post, catalogue: Any) -> None:
    payment_method = card()
    answers = [buy(payment_method_id=payment_method).json() for _ in range(10)]

    assert len({answer["subscription_id"] for answer in answers}) == 1
    assert len(what_is_at_stripe(catalogue, "subscription")) == 1
    assert len(what_is_at_stripe(catalogue, "charge")) == 1


def test_a_business_plan_is_paid_for_every_member(catalogue: Any, card: Post, alice: User, bob: User) -> None:
    client = Client()
    client.force_login(alice)
    body = {"plan": "business", "payment_method_id": card()}

    assert client.post(PATH, body, content_type="application/json").status_code == 200

    assert StripeSubscription.objects.get().plan_item.quantity == 2
    assert StripeInvoice.objects.get().total == 2 * 4000


# --- Declined -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [DECLINED, FAILS_LATER])
def test_a_decline_is_a_402_with_stripes_sentence_and_leaves_nothing(
    buy: Post, card: Post, catalogue: Any, number: str
) -> None:
    """F40."""
    answer = buy(payment_method_id=card(number))

    assert answer.status_code == 402
    assert answer.json()["error"]["message"] == "Your card was declined."
    assert answer.json()["error"]["code"] == "payment_declined"
    left = {one["status"] for one in what_is_at_stripe(catalogue, "subscription")}
    assert left <= {"canceled", "incomplete_expired"}
    assert not [one for one in what_is_at_stripe(catalogue, "invoice") if one["status"] == "open"]
    assert not StripeSubscription.objects.live().exists()
    assert not StripeInvoice.objects.awaited().exists()


def test_after_a_decline_another_card_works(buy: Post, card: Post) -> None:
    """F40."""
    buy(payment_method_id=card(FAILS_LATER))
    assert buy(payment_method_id=card()).json()["status"] == "active"
    assert StripeSubscription.objects.live().count() == 1


# --- Refused --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, "plan"),
        ({"plan": None}, "plan"),
        ({"plan": True}, "plan"),
        ({"plan": ["premium"]}, "plan"),
        ({"plan": "platinum"}, "plan"),
        ({"plan": "annual"}, "plan"),
        ({"plan": "Premium"}, "plan"),
        ({"plan": "premium", "interval": "week"}, "interval"),
        ({"plan": "premium", "interval": None}, "interval"),
        ({"plan": "premium", "interval": 1}, "interval"),
        ({"plan": "premium", "payment_method_id": ""}, "payment_method_id"),
        ({"plan": "premium", "payment_method_id": "tok_visa"}, "payment_method_id"),
        ({"plan": "premium", "payment_method_id": "pm_../../x"}, "payment_method_id"),
        ({"plan": "premium", "payment_method_id": {"id": "pm_1"}}, "payment_method_id"),
        ({"plan": "premium", "price": "price_1"}, "price"),
        ({"plan": "premium", "quantity": 0}, "quantity"),
        ({"plan": "premium", "customer": "cus_1"}, "customer"),
        ({"plan": "premium", "metadata": {"namespace": "x"}}, "metadata"),
    ],
)
def test_a_malformed_body_is_a_400_that_names_the_field(
    buy: Post, catalogue: Any, body: Any, param: str
) -> None:
    answer = buy(body)

    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == param
    assert answer.json()["error"]["message"]
    assert not what_is_at_stripe(catalogue, "customer")


@pytest.mark.parametrize("body", ["[]", "null", "{", '"plan"', '{"plan": "premium", "plan": "premium"}'])
def test_what_is_no_json_object_is_a_400(buy: Post, body: str) -> None:
    assert buy(body).status_code == 400


def test_a_guest_is_asked_to_sign_in(catalogue: Any) -> None:
    answer = Client().post(PATH, {"plan": "premium"}, content_type="application/json")
    assert answer.status_code == 401


def test_without_the_csrf_token_nothing_is_bought(
    catalogue: Any, charlie: User, signed_in: Callable[[User], Client]
) -> None:
    answer = signed_in(charlie).post(PATH, {"plan": "premium"}, content_type="application/json")
    assert answer.status_code == 403
    assert not Attempt.objects.exists()


def test_a_mere_member_cannot_buy(catalogue: Any, charlie: User, acme: Any) -> None:
    organizations.join(charlie, acme, Membership.Role.MEMBER)
    organizations.switch(charlie, acme)
    client = Client()
    client.force_login(charlie)

    answer = client.post(PATH, {"plan": "premium"}, content_type="application/json")

    assert answer.status_code == 403
    assert "owners and admins" in answer.json()["error"]["message"]
    assert not what_is_at_stripe(catalogue, "customer")


def test_an_admin_can_buy(catalogue: Any, card: Post, charlie: User, acme: Any) -> None:
    organizations.join(charlie, acme, Membership.Role.ADMIN)
    organizations.switch(charlie, acme)
    client = Client()
    client.force_login(charlie)

    body = {"plan": "premium", "payment_method_id": card()}
    assert client.post(PATH, body, content_type="application/json").json()["status"] == "active"
    assert StripeSubscription.objects.get().organization == acme


def test_a_second_subscription_is_a_conflict(buy: Post, card: Post) -> None:
    buy(payment_method_id=card())
    answer = buy(plan="starter", payment_method_id=card())
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "already_subscribed"


def test_somebody_elses_card_buys_nothing(buy: Post, card: Post, alice: User, catalogue: Any) -> None:
    client = Client()
    client.force_login(alice)
    hers = card()
    body = {"plan": "premium", "payment_method_id": hers}
    assert client.post(PATH, body, content_type="application/json").status_code == 200

    answer = buy(payment_method_id=hers)

    assert answer.status_code == 400
    assert len(what_is_at_stripe(catalogue, "subscription")) == 1


# --- Limits, and Stripe out of reach --------------------------------------------------------------------------------


def test_somebody_who_tries_card_after_card_is_stopped(buy: Post, card: Post, catalogue: Any) -> None:
    for _ in range(limits.CARDS.per_user):
        assert buy(payment_method_id=card(DECLINED)).status_code == 402
    tried = len(what_is_at_stripe(catalogue, "event"))

    answer = buy(payment_method_id=card())

    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 3600
    assert answer.json()["error"]["code"] == "throttled"
    assert len(what_is_at_stripe(catalogue, "event")) == tried
    catalogue.advance(hours=1)
    assert buy(payment_method_id=card()).status_code == 200


def test_so_is_an_address_with_one_user_after_the_other(
    buy: Post, card: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "CARDS", limits.Limit("cards", 10, 2, "Try again after %(time)s."))
    others = [User.objects.create_user(f"user{number}@outside.example") for number in range(3)]
    answers = []
    for user in others:
        client = Client()
        client.force_login(user)
        body = {"plan": "premium", "payment_method_id": card(DECLINED)}
        answers.append(client.post(PATH, body, content_type="application/json").status_code)
    assert answers == [402, 402, 429]


def test_no_address_is_stored_with_the_counts(buy: Post) -> None:
    buy()
    assert not UsageCounter.objects.filter(subject__contains="127.0.0.1").exists()


def test_when_billing_is_off_it_says_so(buy: Post, settings: Any) -> None:
    settings.STRIPE_SECRET_KEY = ""
    answer = buy()
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "billing_off"


def test_when_stripe_is_out_of_reach_one_is_told_when_to_come_back(
    buy: Post, card: Post, catalogue: Any
) -> None:
    """F33."""
    payment_method = card()
    catalogue.sandbox.faults.add("cut", path="/v1/*", times=100)
    answer = buy(payment_method_id=payment_method)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0

    catalogue.sandbox.faults.clear()
    assert buy(payment_method_id=payment_method).json()["status"] == "active"
    assert len(what_is_at_stripe(catalogue, "customer")) == 1

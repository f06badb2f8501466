"""GET /api/stripe/subscription/, and cancelling, resuming and looking again, which answer the same."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts import organizations
from accounts.models import Membership, User
from billing import limits
from billing.models import StripeSubscription

PATH = "/api/stripe/subscription/"
CANCEL = "/api/stripe/cancel-subscription/"
RESUME = "/api/stripe/resume-subscription/"
SYNC = "/api/stripe/sync-subscription/"
CREATE = "/api/stripe/create-subscription/"
FEBRUARY = "2027-02-15T12:00:00Z"

Post = Callable[..., Any]


class Caller:
    """Somebody who calls the API as a browser does, but for CSRF, which has tests of its own."""

    def __init__(self, user: User) -> None:
        self.client = Client()
        self.client.force_login(user)

    def get(self) -> Any:
        return self.client.get(PATH).json()

    def post(self, path: str, **body: Any) -> Any:
        return self.client.post(path, body, content_type="application/json")


@pytest.fixture
def caller(catalogue: Any, charlie: User) -> Caller:
    return Caller(charlie)


@pytest.fixture
def subscriber(caller: Caller, card: Post) -> Caller:
    """Charlie, who has paid for a month of Premium."""
    assert caller.post(CREATE, plan="premium", payment_method_id=card()).json()["status"] == "active"
    return caller


# --- What it says ---------------------------------------------------------------------------------------------------


def test_somebody_who_never_bought_has_none(caller: Caller) -> None:
    assert caller.get() == {
        "subscription_status": "none",
        "status": None,
        "plan": None,
        "interval": None,
        "tier": "free",
        "until": None,
        "reason": None,
        "cancel_at": None,
        "due": None,
        "next": None,
        "grants": [],
    }


def test_a_subscriber_sees_what_comes_next(subscriber: Caller) -> None:
    assert subscriber.get() == {
        "subscription_status": "active",
        "status": "active",
        "plan": "premium",
        "interval": "month",
        "tier": "premium",
        "until": "2027-02-18T12:00:00Z",  # with the days of grace
        "reason": "subscription",
        "cancel_at": None,
        "due": None,
        "next": {"event": "renewal", "at": FEBRUARY, "amount": 2000, "currency": "usd"},
        "grants": [],
    }


def test_a_purchase_that_is_not_finished_is_none(caller: Caller) -> None:
    caller.post(CREATE, plan="premium")
    answer = caller.get()
    assert (answer["subscription_status"], answer["status"]) == ("none", "incomplete")
    assert answer["next"] == {"event": "payment", "at": None, "amount": 2000, "currency": "usd"}


def test_a_purchase_that_was_declined_was_never_one(caller: Caller, card: Post) -> None:
    caller.post(CREATE, plan="premium", payment_method_id=card("4000000000000341"))
    answer = caller.get()
    assert (answer["subscription_status"], answer["status"]) == ("none", None)


def test_every_member_may_ask(subscriber: Caller, charlie: User, alice: User, bob: User) -> None:
    organizations.switch(bob, alice.current_organization)
    assert Caller(bob).get()["tier"] == "premium"


def test_nobody_sees_another_organizations(subscriber: Caller, bob: User) -> None:
    assert Caller(bob).get()["subscription_status"] == "none"


def test_a_guest_is_asked_to_sign_in(catalogue: Any) -> None:
    assert Client().get(PATH).status_code == 401


def test_asking_calls_nobody(subscriber: Caller, catalogue: Any) -> None:
    catalogue.sandbox.faults.add("cut", path="*", times=100)
    assert subscriber.get()["subscription_status"] == "active"


def test_when_billing_is_off_it_says_so(caller: Caller, settings: Any) -> None:
    settings.STRIPE_SECRET_KEY = ""
    answer = caller.client.get(PATH)
    assert answer.status_code == 503
    assert answer.json()["error"] == {
        "code": "billing_off",
        "message": "Billing is off on this site, so nothing can be bought or changed here.",
    }


# --- Cancelling -----------------------------------------------------------------------------------------------------


def test_cancelling_keeps_what_is_paid_for(subscriber: Caller) -> None:
    answer = subscriber.post(CANCEL).json()
    assert (answer["subscription_status"], answer["tier"]) == ("active", "premium")
    assert answer["until"] == FEBRUARY
    assert answer["next"] == {"event": "end", "at": FEBRUARY}


def test_when_the_period_is_over_it_is_cancelled(subscriber: Caller, catalogue: Any, charlie: User) -> None:
    subscriber.post(CANCEL, at="period_end")
    catalogue.advance(days=32)
    later = Caller(charlie)  # a sign-in does not last that long
    assert later.get()["tier"] == "free"  # even before the event comes
    catalogue.deliver()
    answer = later.get()
    assert (answer["subscription_status"], answer["status"], answer["next"]) == (
        "cancelled",
        "canceled",
        None,
    )


def test_cancelling_now_ends_it_now(subscriber: Caller) -> None:
    answer = subscriber.post(CANCEL, at="now").json()
    assert (answer["subscription_status"], answer["tier"]) == ("cancelled", "free")


def test_cancelling_twice_is_no_mistake(subscriber: Caller) -> None:
    first = subscriber.post(CANCEL)
    assert subscriber.post(CANCEL).json() == first.json()


def test_an_unfinished_purchase_can_be_left(caller: Caller) -> None:
    caller.post(CREATE, plan="premium")
    assert caller.post(CANCEL).json()["status"] is None
    assert not StripeSubscription.objects.unfinished().exists()


@pytest.mark.parametrize("path", [CANCEL, RESUME])
def test_without_a_subscription_there_is_nothing_to_change(caller: Caller, path: str) -> None:
    answer = caller.post(path)
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "no_subscription"


@pytest.mark.parametrize(
    ("path", "body", "param"),
    [
        (CANCEL, {"at": "tomorrow"}, "at"),
        (CANCEL, {"at": None}, "at"),
        (CANCEL, {"at": True}, "at"),
        (CANCEL, {"subscription_id": "sub_1"}, "subscription_id"),
        (RESUME, {"at": "now"}, "at"),
        (SYNC, {"subscription_id": "sub_1"}, "subscription_id"),
    ],
)
def test_a_malformed_body_changes_nothing(subscriber: Caller, path: str, body: Any, param: str) -> None:
    answer = subscriber.post(path, **body)
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == param
    assert subscriber.get()["next"]["event"] == "renewal"


# --- Resuming -------------------------------------------------------------------------------------------------------


def test_resuming_takes_the_end_back(subscriber: Caller) -> None:
    before = subscriber.get()
    subscriber.post(CANCEL)
    assert subscriber.post(RESUME).json() == before


def test_what_does_not_end_cannot_be_resumed(subscriber: Caller) -> None:
    answer = subscriber.post(RESUME)
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "not_resumable"


# --- Looking again --------------------------------------------------------------------------------------------------


def test_looking_again_sees_what_no_event_told(subscriber: Caller, catalogue: Any) -> None:
    subscription = StripeSubscription.objects.get().stripe_id
    catalogue.sandbox.handle(
        "DELETE",
        f"/v1/subscriptions/{subscription}",
        {"Authorization": "Bearer sk_test_" + "0" * 32},
        b"",
    )
    assert subscriber.get()["subscription_status"] == "active"
    assert subscriber.post(SYNC).json()["subscription_status"] == "cancelled"


def test_looking_again_has_a_limit(subscriber: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LOOKS", limits.Limit("looks", 2, 9, "Try again after %(time)s."))
    answers = [subscriber.post(SYNC) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].json()["error"]["message"] == "Try again after 13:00."
    assert answers[2].headers["Retry-After"] == "3600"


# --- Who may --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [CANCEL, RESUME, SYNC])
def test_changes_are_for_owners_and_admins(
    catalogue: Any, card: Post, alice: User, bob: User, path: str
) -> None:
    Caller(alice).post(CREATE, plan="premium", payment_method_id=card())
    organizations.switch(bob, alice.current_organization)

    assert Caller(bob).post(path).status_code == 403
    assert StripeSubscription.objects.get().ends_at is None

    membership = Membership.objects.get(user=bob, organization=alice.current_organization)
    Membership.objects.filter(pk=membership.pk).update(role=Membership.Role.ADMIN)
    assert Caller(bob).post(path).status_code in (200, 409)


@pytest.mark.parametrize("path", [CANCEL, RESUME, SYNC])
def test_changes_need_the_csrf_token(
    subscriber: Caller, charlie: User, signed_in: Callable[[User], Client], path: str
) -> None:
    assert signed_in(charlie).post(path, {}, content_type="application/json").status_code == 403


@pytest.mark.parametrize("path", [CANCEL, RESUME, SYNC, CREATE])
def test_changes_are_made_by_post_only(subscriber: Caller, path: str) -> None:
    assert subscriber.client.get(path).status_code == 405

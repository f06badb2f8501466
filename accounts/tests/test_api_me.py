"""`GET /api/me/` and `GET /api/usage/`."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts import keys, organizations, tokens, usage
from accounts.models import Membership, Organization, Scope, User

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
ME, USAGE = "/api/me/", "/api/usage/"


def bearing(secret: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {secret}"})


def test_a_browser_acts_for_its_current_organization(
    acting: SignIn, alice: User, acme: Organization, django_assert_num_queries: Any
) -> None:
    client = acting(alice)
    with django_assert_num_queries(3):  # session, user with organization, role
        answer = client.get(ME)

    assert answer.json() == {
        "user": {"id": alice.pk, "name": "Alice", "email": "alice@acme.example"},
        "organization": {
            "id": acme.pk,
            "name": "Acme",
            "personal": False,
            "role": "owner",
            "tier": "premium",
            "current": True,
        },
        "access": {
            "tier": "premium",
            "until": None,
            "reason": None,
            "features": ["charts", "export"],
            "limits": {"api_requests_per_day": None},
        },
        "by": "session",
        "scope": "write",
    }


def test_a_key_and_its_token_say_what_they_may(
    owner: Membership, alice: User, acme: Organization, django_assert_num_queries: Any
) -> None:
    key, secret = keys.make(owner, "nightly import", Scope.READ)
    organizations.switch(alice, alice.organizations.get(personal=True))
    alice.refresh_from_db()
    client = bearing(secret)
    client.get(ME)  # notes that it was used
    with django_assert_num_queries(2):  # key with user and organization, role
        by_key = client.get(ME).json()
    by_token = bearing(tokens.obtain(alice, acme, Scope.READ, key).access).get(ME).json()

    assert (by_key["by"], by_key["scope"]) == ("key", "read")
    assert (by_token["by"], by_token["scope"]) == ("token", "read")
    assert by_key["organization"]["name"] == by_token["organization"]["name"] == "Acme"


def test_a_guest_is_nobody() -> None:
    answer = Client().get(ME)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "not_authenticated")


def test_usage_is_what_the_headers_and_the_page_say(
    acting: SignIn, bob: User, django_assert_num_queries: Any
) -> None:
    client = acting(bob)
    headers = [client.get("/api/filings/").headers for _ in range(3)][-1]
    with django_assert_num_queries(3):  # session, user with organization, counter
        answer = client.get(USAGE).json()

    assert answer.pop("resets_at").endswith("T00:00:00Z")
    assert answer == {"window": "day", "limit": 100, "used": 3, "remaining": 97}
    assert headers["RateLimit-Remaining"] == "97"
    assert "3 of 100" in client.get("/account/").content.decode()
    assert client.get(USAGE).json()["used"] == 3  # asking is not counted


def test_a_used_up_day_has_nothing_left(acting: SignIn, bob: User) -> None:
    organization = bob.organizations.get(personal=True)
    meter = usage.meter(f"organization:{organization.pk}", 100, usage.DAY)
    for _ in range(101):
        usage.count(meter)

    answer = acting(bob).get(USAGE).json()
    assert (answer["used"], answer["remaining"]) == (100, 0)


def test_who_has_no_limit_is_not_counted(acting: SignIn, alice: User, django_assert_num_queries: Any) -> None:
    client = acting(alice)
    with django_assert_num_queries(2):
        answer = client.get(USAGE).json()
    assert (answer["limit"], answer["used"], answer["remaining"]) == (None, None, None)


def test_a_guest_is_counted_by_address_and_hour() -> None:
    Client().get("/api/filings/")
    answer = Client().get(USAGE).json()
    assert (answer["window"], answer["limit"], answer["used"]) == ("hour", 10, 1)

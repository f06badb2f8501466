"""`GET /api/organizations/` and `POST /api/organizations/<id>/switch/`."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Organization, User
from accounts.tests.conftest import shown

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
URL = "/api/organizations/"


def test_mine_are_listed_with_role_tier_and_which_is_current(
    acting: SignIn, bob: User, alice: User, acme: Organization, django_assert_num_queries: Any
) -> None:
    client = acting(bob)
    with django_assert_num_queries(3):  # session, user with organization, memberships with theirs
        answer = client.get(URL)

    own = bob.organizations.get(personal=True)
    assert answer.json() == {
        "organizations": [
            {
                "id": own.pk,
                "name": "Bob",
                "personal": True,
                "role": "owner",
                "tier": "free",
                "current": True,
            },
            {
                "id": acme.pk,
                "name": "Acme",
                "personal": False,
                "role": "member",
                "tier": "premium",
                "current": False,
            },
        ]
    }


def test_switching_answers_with_what_is_current_now(acting: SignIn, bob: User, acme: Organization) -> None:
    client = acting(bob)
    for _ in range(2):
        answer = client.post(f"{URL}{acme.pk}/switch/")
        assert answer.status_code == 200
        assert answer.json()["name"] == "Acme"
        assert answer.json()["current"] is True

    current = [one["current"] for one in client.get(URL).json()["organizations"]]
    assert current == [False, True]


@pytest.mark.parametrize("number", ["acme", "0", "123456789012345678"])
def test_somebody_elses_is_not_found_as_one_that_does_not_exist(
    acting: SignIn, charlie: User, acme: Organization, number: str
) -> None:
    number = str(acme.pk) if number == "acme" else number
    answer = acting(charlie).post(f"{URL}{number}/switch/")

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"
    charlie.refresh_from_db()
    assert charlie.current_organization != acme


def test_a_number_beyond_all_ids_is_a_404_too(acting: SignIn, charlie: User) -> None:
    assert acting(charlie).post(f"{URL}{'9' * 30}/switch/").status_code == 404


def test_a_guest_signs_in_first(client: Client, acme: Organization) -> None:
    for answer in (client.get(URL), client.post(f"{URL}{acme.pk}/switch/")):
        assert answer.status_code == 401
        assert answer.json()["error"]["code"] == "not_authenticated"


def test_switching_needs_a_csrf_token_and_is_no_link(
    signed_in: SignIn, bob: User, acme: Organization
) -> None:
    client = signed_in(bob)

    assert client.post(f"{URL}{acme.pk}/switch/").status_code == 403
    assert client.get(f"{URL}{acme.pk}/switch/").status_code == 405
    assert client.post(URL).status_code == 403
    assert "Bob" in shown(client.get("/account/"))

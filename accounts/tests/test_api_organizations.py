"""/api/organizations/: mine, a new one, one of them, and the one that I act for."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts import keys
from accounts.models import Membership, Organization, Scope, UsageCounter, User
from accounts.tests.conftest import shown

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
URL, JSON = "/api/organizations/", "application/json"


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
        answer = client.post(f"{URL}{acme.pk}/switch/", content_type=JSON)
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
    answer = acting(charlie).post(f"{URL}{number}/switch/", content_type=JSON)

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"
    charlie.refresh_from_db()
    assert charlie.current_organization != acme


def test_a_number_beyond_all_ids_is_a_404_too(acting: SignIn, charlie: User) -> None:
    assert acting(charlie).post(f"{URL}{'9' * 30}/switch/", content_type=JSON).status_code == 404


def test_a_guest_signs_in_first(client: Client, acme: Organization) -> None:
    for answer in (client.get(URL), client.post(f"{URL}{acme.pk}/switch/", content_type=JSON)):
        assert answer.status_code == 401
        assert answer.json()["error"]["code"] == "not_authenticated"


def test_switching_needs_a_csrf_token_and_is_no_link(
    signed_in: SignIn, bob: User, acme: Organization
) -> None:
    client = signed_in(bob)

    assert client.post(f"{URL}{acme.pk}/switch/", content_type=JSON).status_code == 403
    assert client.get(f"{URL}{acme.pk}/switch/").status_code == 405
    assert client.post(URL).status_code == 403
    assert "Bob" in shown(client.get("/account/"))


# --- A new one, and one of them -------------------------------------------------------------------------------------


def test_a_new_one_is_owned_and_acted_for(acting: SignIn, bob: User) -> None:
    client = acting(bob)
    answer = client.post(URL, {"name": "  Bob's   shop "}, content_type=JSON)

    assert answer.status_code == 201
    made = Organization.objects.get(pk=answer.json()["id"])
    assert answer.json() == {
        "id": made.pk,
        "name": "Bob's shop",
        "personal": False,
        "role": "owner",
        "tier": "free",
        "current": True,
    }
    assert client.get("/api/me/").json()["organization"]["id"] == made.pk


def test_one_key_makes_one_organization(acting: SignIn, bob: User) -> None:
    client = acting(bob)
    answers = [
        client.post(URL, {"name": "Once"}, content_type=JSON, headers={"Idempotency-Key": "k"})
        for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["Idempotent-Replayed"] == "true"
    assert Organization.objects.filter(name="Once").count() == 1


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": " "}, "name"),
        ({"name": 1}, "name"),
        ({"name": None}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"name": "https://evil.example"}, "name"),
        ({"name": "a\u202eb"}, "name"),
        ({"name": "Fine", "tier": "business"}, "tier"),
        ({"name": "Fine", "stripe_customer_id": "cus_1"}, "stripe_customer_id"),
    ],
)
def test_a_malformed_one_is_not_made(acting: SignIn, bob: User, body: dict[str, Any], param: str) -> None:
    answer = acting(bob).post(URL, body, content_type=JSON)
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)
    assert bob.organizations.count() == 2


def test_nobody_owns_any_number_of_them(acting: SignIn, bob: User) -> None:
    client = acting(bob)
    answers = [client.post(URL, {"name": "More"}, content_type=JSON) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [201] * 10 + [429]
    assert answers[-1].headers["Retry-After"]
    UsageCounter.objects.all().delete()  # the next day
    refused = client.post(URL, {"name": "More"}, content_type=JSON)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "too_many_organizations")


def test_one_says_what_the_caller_may_do_there(
    acting: SignIn, alice: User, bob: User, acme: Organization, django_assert_num_queries: Any
) -> None:
    client = acting(alice)
    with django_assert_num_queries(4):  # session, user; membership with organization, members
        hers = client.get(f"{URL}{acme.pk}/").json()
    his = acting(bob).get(f"{URL}{acme.pk}/").json()

    assert (hers["role"], hers["members"], hers["email"]) == ("owner", 2, "billing@acme.example")
    assert {"buy", "edit", "close"} <= set(hers["may"])
    assert (his["role"], his["may"], his["email"], his["current"]) == ("member", [], None, False)


def test_owners_describe_it_and_members_do_not(
    acting: SignIn, alice: User, bob: User, charlie: User, acme: Organization
) -> None:
    def patch(user: User, **body: Any) -> Any:
        return acting(user).patch(f"{URL}{acme.pk}/", body, content_type=JSON)

    assert patch(alice, name="Acme Ltd").json()["name"] == "Acme Ltd"
    assert patch(alice, email="money@acme.example").json()["email"] == "money@acme.example"
    assert patch(alice).json()["name"] == "Acme Ltd"
    assert patch(alice, email="nowhere").json()["error"]["param"] == "email"
    assert patch(bob, name="Bobs").json()["error"]["code"] == "not_allowed"
    assert patch(charlie, name="Charlies").status_code == 404
    acme.refresh_from_db()
    assert (acme.name, acme.email) == ("Acme Ltd", "money@acme.example")


def test_a_key_knows_one_organization_only(owner: Membership, alice: User) -> None:
    _key, secret = keys.make(owner, "nightly import", Scope.WRITE)
    program = Client(headers={"Authorization": f"Bearer {secret}"})
    own = alice.organizations.get(personal=True)

    assert program.get(f"{URL}{owner.organization_id}/").status_code == 200
    for answer in (
        program.get(f"{URL}{own.pk}/"),
        program.get(f"{URL}{own.pk}/members/"),
        program.post(URL, {"name": "Another"}, content_type=JSON),
        program.post(f"{URL}{owner.organization_id}/switch/", content_type=JSON),
    ):
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "bound_to_organization")

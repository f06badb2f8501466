"""/api/organizations/<id>/members/."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from accounts import organizations
from accounts.models import Membership, Organization, User

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
JSON = "application/json"


@pytest.fixture
def url(acme: Organization) -> str:
    return f"/api/organizations/{acme.pk}/members/"


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def membership(user: User, acme: Organization) -> Membership:
    return Membership.objects.get(user=user, organization=acme)


def test_every_member_sees_who_is_in_it(
    acting: SignIn, alice: User, bob: User, acme: Organization, url: str, django_assert_num_queries: Any
) -> None:
    client = acting(bob)
    with django_assert_num_queries(4):  # session, user; my membership, all of them with users
        answer = client.get(url).json()

    assert [(one["email"], one["role"], one["me"]) for one in answer["results"]] == [
        ("alice@acme.example", "owner", False),
        ("bob@acme.example", "member", True),
    ]
    assert answer["next"] is None


def test_pages_follow_each_other(acting: SignIn, alice: User, acme: Organization, url: str) -> None:
    for number in range(6):
        organizations.join(User.objects.create_user(f"{number}@acme.example"), acme)
    client, path, seen = acting(alice), f"{url}?limit=3", []
    while path:
        page = client.get(path).json()
        seen += [one["email"] for one in page["results"]]
        following = urlsplit(page["next"] or "")
        path = f"{following.path}?{following.query}" if page["next"] else ""
    assert seen == ["alice@acme.example", *(f"{number}@acme.example" for number in range(6))]
    for cursor in ("x", "", "-1", "9" * 30, "%D9%A1"):
        assert client.get(f"{url}?cursor={cursor}").json()["error"]["param"] == "cursor"


def test_roles_are_given_and_taken_by_those_who_may(
    acting: SignIn, alice: User, bob: User, acme: Organization, url: str
) -> None:
    hers, his = membership(alice, acme), membership(bob, acme)

    def give(by: User, to: Membership, role: Any) -> Any:
        return acting(by).patch(f"{url}{to.pk}/", {"role": role}, content_type=JSON)

    assert code(give(bob, his, "owner")) == (403, "not_allowed")
    assert give(alice, his, "admin").json()["role"] == "admin"
    assert code(give(bob, hers, "member")) == (403, "not_allowed")
    assert code(give(alice, hers, "member")) == (409, "last_owner")
    assert code(give(alice, his, "emperor")) == (400, "invalid")
    assert membership(bob, acme).role == "admin"


def test_members_are_removed_by_those_who_may(
    acting: SignIn, alice: User, bob: User, charlie: User, acme: Organization, url: str
) -> None:
    his, hers = membership(bob, acme), membership(alice, acme)
    assert code(acting(bob).delete(f"{url}{hers.pk}/")) == (403, "not_allowed")
    assert code(acting(charlie).delete(f"{url}{his.pk}/")) == (404, "not_found")
    assert code(acting(alice).delete(f"{url}{hers.pk}/")) == (409, "last_owner")
    answer = acting(alice).delete(f"{url}{his.pk}/")
    assert (answer.status_code, answer.content) == (204, b"")
    assert code(acting(alice).delete(f"{url}{his.pk}/")) == (404, "not_found")


def test_somebody_elses_members_are_not_there(
    acting: SignIn, charlie: User, alice: User, acme: Organization, url: str
) -> None:
    assert code(acting(charlie).get(url)) == (404, "not_found")
    own = charlie.organizations.get(personal=True)
    theirs = membership(alice, acme)
    answer = acting(charlie).delete(f"/api/organizations/{own.pk}/members/{theirs.pk}/")
    assert code(answer) == (404, "not_found")

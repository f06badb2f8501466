"""/api/organizations/<id>/invitations/: listed, made, sent again, withdrawn."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts import invitations, keys, memberships
from accounts.models import Invitation, Membership, Organization, Scope, User
from accounts.roles import Role
from accounts.tests.conftest import token_of

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
JSON = "application/json"


@pytest.fixture
def url(acme: Organization) -> str:
    return f"/api/organizations/{acme.pk}/invitations/"


@pytest.fixture
def dora(owner: Membership) -> Invitation:
    """Invited as a member, by Alice."""
    return invitations.send(owner, "dora@acme.example", Role.MEMBER)


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def moment(time: Any) -> str:
    return time.isoformat().replace("+00:00", "Z")


# --- Listed ---------------------------------------------------------------------------------------------------------


def test_those_who_may_invite_see_who_is_invited(
    acting: SignIn, alice: User, dora: Invitation, url: str, django_assert_num_queries: Any
) -> None:
    client = acting(alice)
    with django_assert_num_queries(4):  # session, user; my membership, all of them with who invited
        answer = client.get(url)

    assert answer.json() == {
        "results": [
            {
                "id": dora.pk,
                "email": "dora@acme.example",
                "role": "member",
                "invited_by": "alice@acme.example",
                "sent": moment(dora.sent),
                "expires": moment(dora.expires),
            }
        ],
        "next": None,
    }
    assert dora.token_hash not in answer.content.decode()


def test_an_expired_one_is_listed_and_an_accepted_one_is_not(
    acting: SignIn, alice: User, charlie: User, owner: Membership, dora: Invitation, url: str
) -> None:
    used = invitations.send(owner, "charlie@outside.example", Role.MEMBER)
    invitations.accept(used, charlie)
    with time_machine.travel(timezone.now() + invitations.LIFE, tick=False):
        listed = acting(alice).get(url).json()["results"]

    assert [one["id"] for one in listed] == [dora.pk]
    answers = [acting(alice).delete(f"{url}{used.pk}/"), acting(alice).post(f"{url}{used.pk}/resend/")]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert Invitation.objects.filter(pk=used.pk).exists()


def test_pages_follow_each_other(acting: SignIn, owner: Membership, url: str) -> None:
    people = [f"{number}@acme.example" for number in range(7)]
    for email in people:
        invitations.send(owner, email, Role.MEMBER)
    client, path, seen = acting(owner.user), f"{url}?limit=3", []
    while path:
        page = client.get(path).json()
        seen += [one["email"] for one in page["results"]]
        path = page["next"] and "?".join(urlsplit(page["next"])[2:4])

    assert seen == people
    for cursor in ("x", "", "-1", "9" * 30, "%D9%A1"):
        assert client.get(f"{url}?cursor={cursor}").json()["error"]["param"] == "cursor"


def test_a_personal_organization_has_none(acting: SignIn, alice: User, dora: Invitation) -> None:
    own = alice.organizations.get(personal=True)
    assert acting(alice).get(f"/api/organizations/{own.pk}/invitations/").json()["results"] == []


# --- Made -----------------------------------------------------------------------------------------------------------


def test_somebody_is_invited_by_mail(
    acting: SignIn, alice: User, url: str, bob: User, mailoutbox: list[Any]
) -> None:
    def invite(**body: Any) -> Any:
        return acting(alice).post(url, body, content_type=JSON)

    answer = invite(email="Dora@acme.example")
    assert answer.status_code == 201
    assert (answer.json()["email"], answer.json()["role"]) == ("dora@acme.example", "member")
    assert [letter.to for letter in mailoutbox] == [["dora@acme.example"]]
    assert token_of(mailoutbox[0]) not in answer.content.decode()

    assert code(invite(email="bob@acme.example")) == (409, "already_member")
    assert code(invite(email="dora@acme.example", role="owner")) == (400, "invalid")
    assert code(invite(email="nowhere")) == (400, "invalid")
    assert Invitation.objects.count() == 1

    own = alice.organizations.get(personal=True)
    personal = acting(alice).post(
        f"/api/organizations/{own.pk}/invitations/", {"email": "eve@acme.example"}, content_type=JSON
    )
    assert code(personal) == (409, "personal_organization")


# --- Sent again, withdrawn ------------------------------------------------------------------------------------------


def test_sent_again_it_has_another_link_and_seven_more_days(
    acting: SignIn, alice: User, dora: Invitation, url: str, mailoutbox: list[Any]
) -> None:
    with time_machine.travel(timezone.now() + invitations.LIFE, tick=False):
        answer = acting(alice).post(f"{url}{dora.pk}/resend/", {}, content_type=JSON)
        assert answer.status_code == 200
        assert answer.json()["id"] == dora.pk
        assert answer.json()["expires"] == moment(timezone.now() + invitations.LIFE)

    first, again = map(token_of, mailoutbox)
    assert first != again
    assert [letter.to for letter in mailoutbox] == [["dora@acme.example"]] * 2
    extra = acting(alice).post(f"{url}{dora.pk}/resend/", {"role": "admin"}, content_type=JSON)
    assert code(extra) == (400, "invalid")


def test_nobody_is_mailed_any_number_of_times(
    acting: SignIn, alice: User, dora: Invitation, url: str, mailoutbox: list[Any]
) -> None:
    client = acting(alice)
    answers = [client.post(f"{url}{dora.pk}/resend/", content_type=JSON) for _ in range(5)]

    assert [answer.status_code for answer in answers] == [200] * 4 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert len(mailoutbox) == invitations.SENT_TO_ONE_PER_DAY


def test_what_was_withdrawn_is_gone_and_its_link_is_dead(
    acting: SignIn, alice: User, dora: Invitation, url: str, mailoutbox: list[Any]
) -> None:
    client, link = acting(alice), f"/invitations/{token_of(mailoutbox[0])}/"
    assert client.get(link).status_code == 200
    answer = client.delete(f"{url}{dora.pk}/")

    assert (answer.status_code, answer.content) == (204, b"")
    assert client.get(link).status_code == 404
    assert client.get(url).json()["results"] == []
    assert code(client.delete(f"{url}{dora.pk}/")) == (404, "not_found")
    assert code(client.post(f"{url}{dora.pk}/resend/")) == (404, "not_found")


# --- By whom --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("caller", "refusal"), [("bob", (403, "not_allowed")), ("charlie", (404, "not_found"))]
)
def test_a_member_may_not_and_an_outsider_finds_nothing(
    acting: SignIn, request: Any, dora: Invitation, url: str, caller: str, refusal: Any, mailoutbox: list[Any]
) -> None:
    client = acting(request.getfixturevalue(caller))
    for answer in (
        client.get(url),
        client.post(url, {"email": "eve@acme.example"}, content_type=JSON),
        client.delete(f"{url}{dora.pk}/"),
        client.post(f"{url}{dora.pk}/resend/", content_type=JSON),
    ):
        assert code(answer) == refusal
    assert (list(Invitation.objects.all()), len(mailoutbox)) == ([dora], 1)


def test_admins_may_what_owners_may(
    acting: SignIn, bob: User, acme: Organization, dora: Invitation, url: str
) -> None:
    memberships.set_role(acme.memberships.get(user=bob), Role.ADMIN)
    client = acting(bob)

    assert len(client.get(url).json()["results"]) == 1
    again = client.post(f"{url}{dora.pk}/resend/", content_type=JSON)
    assert again.json()["invited_by"] == "bob@acme.example"
    assert client.delete(f"{url}{dora.pk}/").status_code == 204


def test_somebody_elses_is_not_found_below_ones_own_organization(
    acting: SignIn, charlie: User, dora: Invitation
) -> None:
    own = charlie.organizations.get(personal=True)
    path = f"/api/organizations/{own.pk}/invitations/{dora.pk}/"
    answers = [acting(charlie).delete(path), acting(charlie).post(f"{path}resend/")]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert Invitation.objects.filter(pk=dora.pk).exists()


def test_a_key_reads_or_writes_as_its_scope_says(owner: Membership, dora: Invitation, url: str) -> None:
    def program(scope: Scope) -> Client:
        return Client(headers={"Authorization": f"Bearer {keys.make(owner, scope.value, scope)[1]}"})

    reader, writer = program(Scope.READ), program(Scope.WRITE)
    assert len(reader.get(url).json()["results"]) == 1
    assert code(reader.delete(f"{url}{dora.pk}/")) == (403, "insufficient_scope")
    once = {"Idempotency-Key": "once"}
    answers = [writer.delete(f"{url}{dora.pk}/", headers=once) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [204, 204]
    assert answers[1].headers["Idempotent-Replayed"] == "true"
    assert code(writer.delete(f"{url}{dora.pk}/")) == (404, "not_found")

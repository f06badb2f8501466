"""Who may look at and do what on an organization's pages: outsiders nothing, members what their role allows."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from accounts import invitations, organizations
from accounts.models import Membership, Organization, User
from accounts.roles import Role
from accounts.tests.conftest import shown

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]

# Below /organizations/<id>/; the ids of a member and an invitation are put in.
READ = ["", "settings/", "close/", "leave/", "transfer/", "members/{member}/"]
WRITTEN = [
    *(
        "settings/",
        "switch/",
        "close/",
        "leave/",
        "transfer/",
        "members/{member}/",
        "members/{member}/remove/",
    ),
    *("invitations/", "invitations/{invitation}/resend/", "invitations/{invitation}/withdraw/"),
]


@pytest.fixture
def url_of(owner: Membership, bob: User) -> Callable[[str], str]:
    """The address of one of Acme's pages."""
    invitation = invitations.send(owner, "dora@example.com", Role.MEMBER)
    member = bob.memberships.get(organization=owner.organization)

    def build(rest: str) -> str:
        ids = {"member": member.pk, "invitation": invitation.pk}
        return f"/organizations/{owner.organization_id}/{rest.format(**ids)}"

    return build


def everything() -> list[Any]:
    """What a request that is refused must not change."""
    return [
        list(Organization.objects.order_by("pk").values()),
        list(Membership.objects.order_by("pk").values()),
        list(invitations.Invitation.objects.order_by("pk").values()),
        list(User.objects.order_by("pk").values("current_organization")),
    ]


# --- Who sees what --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rest", READ)
def test_an_outsider_finds_nothing_there_as_with_one_that_does_not_exist(
    acting: SignIn, charlie: User, url_of: Callable[[str], str], acme: Organization, rest: str
) -> None:
    client = acting(charlie)
    theirs = shown(client.get(url_of(rest)), 404)
    absent = shown(client.get(url_of(rest).replace(f"/{acme.pk}/", "/999999999999999999999/", 1)), 404)

    assert "Acme" not in theirs
    assert _without_tokens(theirs) == _without_tokens(absent).replace("999999999999999999999", str(acme.pk))


def _without_tokens(page: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page)


@pytest.mark.parametrize("rest", WRITTEN)
def test_an_outsider_changes_nothing_there(
    acting: SignIn, charlie: User, url_of: Callable[[str], str], rest: str
) -> None:
    before = everything()
    form = {"name": "Acme", "email": "x@example.com", "role": "admin"}
    shown(acting(charlie).post(url_of(rest), form), 404)

    assert everything() == before


@pytest.mark.parametrize("rest", [rest for rest in WRITTEN if rest not in ("switch/", "leave/")])
def test_a_member_is_told_that_their_role_does_not_allow_it(
    acting: SignIn, bob: User, url_of: Callable[[str], str], rest: str
) -> None:
    before = everything()
    form = {"name": "Acme", "email": "x@example.com", "role": "admin"}
    page = shown(acting(bob).post(url_of(rest), form), 403)

    assert "Your role does not allow this" in page
    assert everything() == before


@pytest.mark.parametrize("rest", ["transfer/", "close/"])
def test_an_admin_neither_passes_it_on_nor_closes_it(
    acting: SignIn, bob: User, acme: Organization, url_of: Callable[[str], str], rest: str
) -> None:
    acme.memberships.filter(user=bob).update(role=Role.ADMIN)

    shown(acting(bob).get(url_of(rest)), 403)
    shown(acting(bob).post(url_of(rest), {"name": "Acme"}), 403)


@pytest.mark.parametrize("rest", WRITTEN)
def test_without_a_csrf_token_nothing_is_written(
    signed_in: SignIn, alice: User, url_of: Callable[[str], str], rest: str
) -> None:
    before = everything()
    shown(signed_in(alice).post(url_of(rest), {"name": "Acme", "role": "admin"}), 403)

    assert everything() == before


@pytest.mark.parametrize("rest", READ)
def test_looking_changes_nothing_and_is_kept_by_nobody(
    acting: SignIn, alice: User, bob: User, url_of: Callable[[str], str], rest: str
) -> None:
    client = acting(bob if rest == "leave/" else alice)
    before = everything()
    answer = client.get(url_of(rest))

    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    assert everything() == before


@pytest.mark.parametrize("rest", sorted({*WRITTEN} - {*READ}))
def test_what_writes_is_not_a_link(
    acting: SignIn, alice: User, url_of: Callable[[str], str], rest: str
) -> None:
    assert acting(alice).get(url_of(rest)).status_code == 405


@pytest.mark.parametrize("path", ["/organizations/", "/organizations/new/", "/organizations/1/"])
def test_a_guest_signs_in_first(client: Client, path: str) -> None:
    assert client.get(path).headers["Location"] == f"/accounts/login/?next={path}"


def test_a_new_one_needs_a_csrf_token_too(signed_in: SignIn, alice: User) -> None:
    shown(signed_in(alice).post("/organizations/new/", {"name": "Another"}), 403)


def test_a_member_of_another_organization_is_not_found_in_this_one(
    acting: SignIn, owner: Membership, charlie: User
) -> None:
    client = acting(owner.user)
    for rest in ("", "remove/"):
        url = f"/organizations/{owner.organization_id}/members/{charlie.memberships.get().pk}/{rest}"
        shown(client.post(url, {"role": "member"}), 404)

    assert charlie.memberships.get().role == Role.OWNER


def test_an_invitation_of_another_organization_is_not_found_in_this_one(
    acting: SignIn, owner: Membership, charlie: User
) -> None:
    theirs = organizations.create(charlie, "Charlie's").memberships.get()
    invitation = invitations.send(theirs, "dora@example.com", Role.MEMBER)
    for rest in ("resend/", "withdraw/"):
        url = f"/organizations/{owner.organization_id}/invitations/{invitation.pk}/{rest}"
        shown(acting(owner.user).post(url), 404)

    assert len(mail.outbox) == 1

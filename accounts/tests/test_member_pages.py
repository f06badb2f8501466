"""The pages of one member, of leaving, and of passing the organization on."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts import organizations
from accounts.models import Membership, Organization, User
from accounts.roles import Role
from accounts.tests.conftest import shown

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture
def member(bob: User, acme: Organization) -> Membership:
    return acme.memberships.get(user=bob)


def url_of(membership: Membership, rest: str = "") -> str:
    return f"/organizations/{membership.organization_id}/members/{membership.pk}/{rest}"


def test_an_owner_gives_another_role(acting: SignIn, owner: Membership, member: Membership) -> None:
    page = shown(acting(owner.user).post(url_of(member), {"role": "admin"}, follow=True))

    assert "Bob: Admin." in page
    member.refresh_from_db()
    assert member.role == Role.ADMIN


def test_the_roles_on_offer_are_those_one_may_give(
    acting: SignIn, owner: Membership, member: Membership, charlie: User
) -> None:
    organizations.join(charlie, owner.organization, Role.ADMIN)

    assert 'value="owner"' in shown(acting(owner.user).get(url_of(member)))
    assert 'value="owner"' not in shown(acting(charlie).get(url_of(member)))


@pytest.mark.parametrize("role", ["", "king", "owner"])
def test_a_role_that_is_not_on_offer_is_not_given(
    acting: SignIn, owner: Membership, member: Membership, charlie: User, role: str
) -> None:
    organizations.join(charlie, owner.organization, Role.ADMIN)
    page = shown(acting(charlie).post(url_of(member), {"role": role}))

    assert 'class="errorlist"' in page
    member.refresh_from_db()
    assert member.role == Role.MEMBER


def test_an_admin_has_no_page_about_an_owner(acting: SignIn, owner: Membership, member: Membership) -> None:
    Membership.objects.filter(pk=member.pk).update(role=Role.ADMIN)
    client = acting(member.user)

    shown(client.get(url_of(owner)), 403)
    shown(client.post(url_of(owner, "remove/")), 403)


def test_the_last_owner_reads_why_they_cannot_step_down(acting: SignIn, owner: Membership) -> None:
    page = shown(acting(owner.user).post(url_of(owner), {"role": "member"}), 409)

    assert "An organization needs an owner" in page
    owner.refresh_from_db()
    assert owner.role == Role.OWNER


def test_somebody_is_removed(acting: SignIn, owner: Membership, member: Membership) -> None:
    page = shown(acting(owner.user).post(url_of(member, "remove/"), follow=True))

    assert "Bob is no longer a member of Acme." in page
    assert "1 member" in page


def test_the_page_of_a_member_costs_a_fixed_number_of_queries(
    acting: SignIn, owner: Membership, member: Membership, django_assert_num_queries: Any
) -> None:
    client = acting(owner.user)
    with django_assert_num_queries(4):  # session, user with organization, my membership, theirs
        shown(client.get(url_of(member)))


def test_a_member_leaves_and_acts_for_themselves(acting: SignIn, member: Membership) -> None:
    organizations.switch(member.user, member.organization)
    client, url = acting(member.user), f"/organizations/{member.organization_id}/leave/"
    assert "Leave Acme?" in shown(client.get(url))
    page = shown(client.post(url, follow=True))

    assert "You have left Acme." in page
    assert '<span class="account-name">Bob</span>' in page
    shown(client.get(url), 404)


def test_the_last_owner_reads_why_they_cannot_leave(
    acting: SignIn, owner: Membership, member: Membership
) -> None:
    client, url = acting(owner.user), f"/organizations/{owner.organization_id}/leave/"

    assert "There is no other owner." in shown(client.get(url), 409)
    assert "There is no other owner." in shown(client.post(url), 409)
    assert owner.organization.memberships.count() == 2


def test_it_is_passed_on_and_then_one_may_leave(
    acting: SignIn, owner: Membership, member: Membership
) -> None:
    client, url = acting(owner.user), f"/organizations/{owner.organization_id}/"
    assert "Bob (bob@acme.example)" in shown(client.get(f"{url}transfer/"))
    page = shown(client.post(f"{url}transfer/", {"heir": member.pk}, follow=True))

    assert "Bob owns Acme now. You are an admin." in page
    assert "You have left Acme." in shown(client.post(f"{url}leave/", follow=True))
    assert owner.organization.memberships.get().role == Role.OWNER


@pytest.mark.parametrize("heir", ["", "x", "0", "999999999999999999999"])
def test_it_is_passed_on_to_nobody_from_elsewhere(
    acting: SignIn, owner: Membership, member: Membership, charlie: User, heir: str
) -> None:
    client, url = acting(owner.user), f"/organizations/{owner.organization_id}/transfer/"
    for choice in (heir, charlie.memberships.get().pk, owner.pk):
        assert 'class="errorlist"' in shown(client.post(url, {"heir": choice}))

    owner.refresh_from_db()
    assert owner.role == Role.OWNER


def test_who_is_alone_is_told_to_invite_somebody_first(acting: SignIn, owner: Membership) -> None:
    page = shown(acting(owner.user).get(f"/organizations/{owner.organization_id}/transfer/"))

    assert "Nobody else is here" in page

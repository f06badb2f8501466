"""Finding memberships, giving roles, passing an organization on, removing people."""

from typing import Any

import pytest

from accounts import errors, invitations, memberships, organizations
from accounts.models import Invitation, Membership, Organization, User
from accounts.roles import Act, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(bob: User, acme: Organization) -> Membership:
    return acme.memberships.get(user=bob)


@pytest.fixture
def admin(charlie: User, acme: Organization) -> Membership:
    return organizations.join(charlie, acme, Role.ADMIN)


def role_now(membership: Membership) -> str:
    return Membership.objects.get(pk=membership.pk).role


# --- Finding --------------------------------------------------------------------------------------------------------


def test_mine_are_listed_in_one_query_the_personal_one_first(
    bob: User, acme: Organization, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        assert [membership.organization.name for membership in memberships.of(bob)] == ["Bob", "Acme"]


def test_an_outsider_finds_nothing_and_a_member_what_their_role_allows(
    alice: User, bob: User, charlie: User, acme: Organization, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        assert memberships.find(alice, acme.pk, Act.CLOSE).organization == acme
    assert memberships.find(bob, acme.pk).role == Role.MEMBER
    with pytest.raises(errors.NotAllowedError):
        memberships.find(bob, acme.pk, Act.EDIT)
    with pytest.raises(Membership.DoesNotExist):
        memberships.find(charlie, acme.pk)


# --- Roles ----------------------------------------------------------------------------------------------------------


def test_an_owner_gives_a_role_and_the_change_is_told_once(
    owner: Membership, member: Membership, changes: list[Organization]
) -> None:
    memberships.set_role(member, Role.ADMIN, by=owner)
    memberships.set_role(member, Role.ADMIN, by=owner)

    assert role_now(member) == member.role == Role.ADMIN
    assert changes == [owner.organization]


@pytest.mark.parametrize("role", list(Role))
def test_a_member_gives_nothing(member: Membership, admin: Membership, role: Role) -> None:
    with pytest.raises(errors.NotAllowedError):
        memberships.set_role(admin, role, by=member)
    with pytest.raises(errors.NotAllowedError):
        memberships.set_role(member, role, by=member)

    assert (role_now(admin), role_now(member)) == ("admin", "member")


def test_an_admin_neither_makes_nor_unmakes_owners(
    owner: Membership, member: Membership, admin: Membership
) -> None:
    memberships.set_role(member, Role.ADMIN, by=admin)
    for target, role in ((member, Role.OWNER), (admin, Role.OWNER), (owner, Role.MEMBER)):
        with pytest.raises(errors.NotAllowedError):
            memberships.set_role(target, role, by=admin)

    assert [role_now(one) for one in (owner, member, admin)] == ["owner", "admin", "admin"]


def test_the_last_owner_cannot_step_down_and_one_of_two_can(owner: Membership, member: Membership) -> None:
    with pytest.raises(errors.LastOwnerError):
        memberships.set_role(owner, Role.ADMIN, by=owner)
    memberships.set_role(member, Role.OWNER, by=owner)
    memberships.set_role(owner, Role.ADMIN, by=owner)

    assert (role_now(owner), role_now(member)) == ("admin", "owner")


def test_what_counts_is_the_role_that_the_giver_has_now(
    owner: Membership, member: Membership, admin: Membership
) -> None:
    remembered = Membership.objects.get(pk=admin.pk)
    memberships.set_role(admin, Role.MEMBER, by=owner)

    with pytest.raises(errors.NotAllowedError):
        memberships.set_role(member, Role.ADMIN, by=remembered)


def test_who_may_invite_no_more_leaves_no_invitations_behind(owner: Membership, admin: Membership) -> None:
    invitations.send(admin, "dora@example.com", Role.MEMBER)
    kept = invitations.send(owner, "erin@example.com", Role.MEMBER)
    memberships.set_role(admin, Role.MEMBER, by=owner)

    assert Invitation.objects.get() == kept


# --- Passing on -----------------------------------------------------------------------------------------------------


def test_the_heir_owns_it_and_the_giver_stays_as_an_admin(
    owner: Membership, member: Membership, changes: list[Organization]
) -> None:
    memberships.transfer(owner, member)

    assert (role_now(owner), role_now(member)) == ("admin", "owner")
    assert changes == [owner.organization]


def test_only_an_owner_passes_on_and_not_to_themselves(
    owner: Membership, member: Membership, admin: Membership
) -> None:
    for giver, heir in ((admin, member), (member, member), (owner, owner)):
        with pytest.raises(errors.NotAllowedError):
            memberships.transfer(giver, heir)

    assert [role_now(one) for one in (owner, member, admin)] == ["owner", "member", "admin"]


def test_an_heir_from_elsewhere_is_nobody(owner: Membership, charlie: User) -> None:
    with pytest.raises(Membership.DoesNotExist):
        memberships.transfer(owner, charlie.memberships.get())

    assert role_now(owner) == "owner"


# --- Removing -------------------------------------------------------------------------------------------------------


def test_whoever_is_removed_loses_access_in_the_same_transaction(
    owner: Membership, member: Membership, bob: User, changes: list[Organization]
) -> None:
    organizations.switch(bob, owner.organization)
    memberships.remove(member, by=owner)
    memberships.remove(member, by=owner)

    bob.refresh_from_db()
    assert bob.current_organization is not None
    assert bob.current_organization.personal
    assert changes == [owner.organization]


def test_an_admin_removes_members_and_no_owners(
    owner: Membership, member: Membership, admin: Membership
) -> None:
    memberships.remove(member, by=admin)
    with pytest.raises(errors.NotAllowedError):
        memberships.remove(owner, by=admin)

    assert set(owner.organization.memberships.all()) == {owner, admin}


def test_a_member_removes_nobody(owner: Membership, member: Membership, admin: Membership) -> None:
    for other in (owner, admin):
        with pytest.raises(errors.NotAllowedError):
            memberships.remove(other, by=member)

    assert owner.organization.memberships.count() == 3


def test_invitations_by_whoever_is_removed_are_withdrawn(owner: Membership, admin: Membership) -> None:
    invitations.send(admin, "charlies-second-address@example.com", Role.ADMIN)
    memberships.remove(admin, by=owner)

    assert not Invitation.objects.exists()

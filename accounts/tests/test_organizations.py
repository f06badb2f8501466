"""Making, joining, leaving, switching and closing organizations, and writing what they may use."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from accounts import errors, gates, organizations, signals, tiers
from accounts.models import Membership, Organization, User
from accounts.roles import Role
from accounts.tiers import Access, Tier

pytestmark = pytest.mark.django_db


def test_joining_makes_a_member_and_says_so_once(
    charlie: User, acme: Organization, changes: list[Organization]
) -> None:
    organizations.join(charlie, acme)
    organizations.join(charlie, acme)

    assert organizations.role_of(charlie, acme) == Membership.Role.MEMBER
    assert changes == [acme]


def test_leaving_the_current_organization_switches_to_the_personal_one(
    bob: User, acme: Organization, changes: list[Organization]
) -> None:
    organizations.switch(bob, acme)
    organizations.leave(bob.memberships.get(organization=acme))

    bob.refresh_from_db()
    assert bob.current_organization is not None
    assert bob.current_organization.personal
    assert organizations.role_of(bob, acme) is None
    assert changes == [acme]


def test_leaving_another_organization_switches_nothing(bob: User, acme: Organization) -> None:
    before = bob.current_organization
    organizations.leave(bob.memberships.get(organization=acme))

    bob.refresh_from_db()
    assert bob.current_organization == before


def test_an_outsider_has_no_role(charlie: User, acme: Organization) -> None:
    assert organizations.role_of(charlie, acme) is None


def test_access_is_written_in_one_update_with_the_columns_for_lists(
    charlie: User, django_assert_num_queries: Any
) -> None:
    organization = charlie.current_organization
    assert organization is not None
    until = datetime(2099, 1, 1, tzinfo=UTC)
    with django_assert_num_queries(1) as queries:
        organizations.set_access(organization, [Access(Tier.BUSINESS, until, "grant"), Access(Tier.STARTER)])

    assert queries[0]["sql"].startswith("UPDATE")
    organization.refresh_from_db()
    assert (organization.tier, organization.tier_until) == (Tier.BUSINESS, until)
    assert [segment["tier"] for segment in organization.access] == ["business", "starter"]


def test_without_segments_an_organization_is_free(acme: Organization) -> None:
    organizations.set_access(acme, [])

    acme.refresh_from_db()
    assert (acme.tier, acme.tier_until, acme.current_access()) == (Tier.FREE, None, tiers.FREE)


def test_a_guest_acts_for_nobody() -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()

    assert organizations.current(request) is None


# --- Making one -----------------------------------------------------------------------------------------------------


def test_who_makes_one_owns_it_and_acts_for_it(charlie: User, changes: list[Organization]) -> None:
    made = organizations.create(charlie, "Charlie's")

    charlie.refresh_from_db()
    assert charlie.current_organization == made
    assert organizations.role_of(charlie, made) == Role.OWNER
    assert (made.personal, made.email, made.tier) == (False, charlie.email, Tier.FREE)
    assert changes == [made]


def test_nobody_owns_more_than_ten(charlie: User) -> None:
    for number in range(organizations.MOST_OWNED):
        organizations.create(charlie, f"Number {number}")

    with pytest.raises(errors.TooManyOrganizationsError):
        organizations.create(charlie, "One more")


def test_one_that_was_passed_on_or_closed_makes_room(charlie: User) -> None:
    made = [organizations.create(charlie, f"Number {number}") for number in range(organizations.MOST_OWNED)]
    organizations.close(made[0])

    assert organizations.create(charlie, "Another").name == "Another"


# --- Describing it --------------------------------------------------------------------------------------------------


def test_a_new_name_or_address_is_told_to_whoever_listens_and_the_same_is_not(acme: Organization) -> None:
    heard: list[Organization] = []

    def hear(organization: Organization, **kwargs: Any) -> None:
        heard.append(organization)

    signals.details_changed.connect(hear)
    organizations.describe(acme, "Acme Inc.", "money@acme.example")
    organizations.describe(acme, "Acme Inc.", "money@acme.example")
    signals.details_changed.disconnect(hear)

    acme.refresh_from_db()
    assert (acme.name, acme.email) == ("Acme Inc.", "money@acme.example")
    assert heard == [acme]


# --- Joining, leaving, switching -------------------------------------------------------------------------------------


def test_members_share_what_the_organization_may(bob: User, acme: Organization) -> None:
    assert gates.access_of(bob).tier == Tier.FREE
    organizations.switch(bob, acme)

    assert gates.access_of(bob).tier == Tier.PREMIUM


def test_nobody_switches_to_where_they_are_no_member(charlie: User, acme: Organization) -> None:
    with pytest.raises(Membership.DoesNotExist):
        organizations.switch(charlie, acme)

    charlie.refresh_from_db()
    assert charlie.current_organization is not None
    assert charlie.current_organization.personal


def test_nobody_joins_a_personal_organization_or_leaves_their_own(bob: User, charlie: User) -> None:
    own = charlie.memberships.get()
    with pytest.raises(errors.PersonalOrganizationError):
        organizations.join(bob, own.organization)
    with pytest.raises(errors.PersonalOrganizationError):
        organizations.leave(own)

    assert own.organization.memberships.get() == own


def test_the_last_owner_cannot_leave(
    alice: User, bob: User, acme: Organization, changes: list[Organization]
) -> None:
    with pytest.raises(errors.LastOwnerError):
        organizations.leave(alice.memberships.get(organization=acme))

    alice.refresh_from_db()
    assert alice.current_organization == acme
    assert changes == []


def test_one_of_two_owners_can(alice: User, bob: User, acme: Organization) -> None:
    acme.memberships.filter(user=bob).update(role=Role.OWNER)
    organizations.leave(alice.memberships.get(organization=acme))

    assert acme.memberships.get().user == bob


def test_leaving_a_second_time_changes_nothing(
    bob: User, acme: Organization, changes: list[Organization]
) -> None:
    membership = bob.memberships.get(organization=acme)
    same = bob.memberships.get(organization=acme)
    organizations.leave(membership)
    organizations.leave(same)

    assert changes == [acme]


def test_somebody_who_acts_elsewhere_meanwhile_is_switched_by_what_the_database_says(
    bob: User, acme: Organization
) -> None:
    membership = bob.memberships.select_related("user").get(organization=acme)
    assert membership.user.current_organization != acme
    organizations.switch(bob, acme)
    organizations.leave(membership)

    bob.refresh_from_db()
    assert bob.current_organization is not None
    assert bob.current_organization.personal


# --- Closing --------------------------------------------------------------------------------------------------------


@pytest.fixture
def closing() -> Iterator[list[Any]]:
    """Who was told that an organization is being closed, with how many members it then had. A first entry that is an
    error is raised."""
    told: list[Any] = []

    def hear(organization: Organization, **kwargs: Any) -> None:
        if told and isinstance(told[0], Exception):
            raise told[0]
        told.append((organization, organization.memberships.count()))

    signals.organization_closing.connect(hear)
    yield told
    signals.organization_closing.disconnect(hear)


def test_a_closed_organization_has_nobody_and_its_row_stays(
    alice: User, bob: User, acme: Organization, closing: list[Any], changes: list[Organization]
) -> None:
    organizations.switch(bob, acme)
    organizations.close(acme)

    acme.refresh_from_db()
    assert acme.closed is not None
    assert not acme.memberships.exists()
    for person in (alice, bob):
        person.refresh_from_db()
        assert person.current_organization == person.organizations.get()
        assert gates.access_of(person).tier == Tier.FREE
    assert closing == [(acme, 2)]
    assert changes == [acme]


def test_a_receiver_can_refuse_and_nothing_is_changed(
    alice: User, acme: Organization, closing: list[Any]
) -> None:
    closing.append(errors.LastOwnerError())
    with pytest.raises(errors.LastOwnerError):
        organizations.close(acme)

    acme.refresh_from_db()
    assert acme.closed is None
    assert organizations.role_of(alice, acme) == Role.OWNER


def test_closing_a_second_time_changes_nothing(
    alice: User, acme: Organization, changes: list[Organization]
) -> None:
    organizations.close(acme)
    acme.refresh_from_db()
    first = acme.closed
    organizations.close(acme)

    acme.refresh_from_db()
    assert acme.closed == first
    assert changes == [acme]


def test_nobody_joins_a_closed_organization(alice: User, charlie: User, acme: Organization) -> None:
    organizations.close(acme)
    with pytest.raises(Organization.DoesNotExist):
        organizations.join(charlie, acme)


def test_a_personal_organization_is_not_closed(charlie: User, closing: list[Any]) -> None:
    with pytest.raises(errors.PersonalOrganizationError):
        organizations.close(charlie.organizations.get())

    assert closing == []


# --- What billing asks ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "may"), [("owner", True), ("admin", True), ("member", False)])
def test_owners_and_admins_buy_and_see_invoices(
    bob: User, acme: Organization, role: str, may: bool, django_assert_num_queries: Any
) -> None:
    acme.memberships.filter(user=bob).update(role=role)
    with django_assert_num_queries(2):
        assert organizations.may_buy(bob, acme) is may
        assert organizations.may_see_invoices(bob, acme) is may


def test_outsiders_do_neither(charlie: User, acme: Organization) -> None:
    assert not organizations.may_buy(charlie, acme)
    assert not organizations.may_see_invoices(charlie, acme)

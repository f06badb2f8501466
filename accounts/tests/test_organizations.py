"""Joining, leaving and switching organizations, and writing what they may use."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from accounts import organizations, signals, tiers
from accounts.models import Membership, Organization, User
from accounts.tiers import Access, Tier

pytestmark = pytest.mark.django_db


@pytest.fixture
def changes() -> Iterator[list[Organization]]:
    """The organizations whose members changed."""
    heard: list[Organization] = []

    def hear(organization: Organization, **kwargs: Any) -> None:
        heard.append(organization)

    signals.members_changed.connect(hear)
    yield heard
    signals.members_changed.disconnect(hear)


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

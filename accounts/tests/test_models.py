"""Users, by whatever way they are made."""

from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from accounts import organizations
from accounts.models import Membership, Organization, User

pytestmark = pytest.mark.django_db


def test_every_user_has_a_personal_organization_and_owns_it() -> None:
    user = User.objects.create_user("dora@example.com", name="Dora")

    organization = user.current_organization
    assert organization is not None
    assert (organization.name, organization.email, organization.personal) == (
        "Dora",
        "dora@example.com",
        True,
    )
    assert user.memberships.get().role == Membership.Role.OWNER


def test_so_has_a_superuser_made_by_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "correct horse")
    call_command("createsuperuser", "--noinput", email="Root@Example.com", verbosity=0)

    root = User.objects.get(email="root@example.com")
    assert root.is_superuser
    assert root.current_organization == Organization.objects.get(personal=True)


def test_saving_a_user_again_makes_no_second_one(charlie: User) -> None:
    charlie.name = "Charles"
    charlie.save()

    assert charlie.organizations.count() == 1


def test_a_user_without_an_organization_is_not_left_behind(breaking: Any) -> None:
    breaking(Membership)
    with pytest.raises(RuntimeError), transaction.atomic():
        User.objects.create_user("dora@example.com")

    assert not User.objects.exists()
    assert not Organization.objects.exists()


def test_addresses_are_unique_whatever_their_case(charlie: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("CHARLIE@Outside.Example")


def test_the_database_itself_keeps_addresses_in_lower_case(charlie: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=charlie.pk).update(email="Charlie@outside.example")


def test_a_user_without_password_cannot_use_one(charlie: User) -> None:
    assert not charlie.has_usable_password()


def test_an_organization_has_at_most_one_stripe_customer_of_its_own(acme: Organization) -> None:
    Organization.objects.filter(pk=acme.pk).update(stripe_customer_id="cus_1")
    other = Organization.objects.create(name="Other")
    another = Organization.objects.create(name="Another")
    assert other.stripe_customer_id is another.stripe_customer_id is None

    with pytest.raises(IntegrityError), transaction.atomic():
        Organization.objects.filter(pk=other.pk).update(stripe_customer_id="cus_1")


def test_an_organization_answers_what_its_members_may_use_without_a_query(
    acme: Organization, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        assert acme.can("export")
        assert not acme.can("teleport")
        assert acme.limit("api_requests_per_day") is None


def test_a_membership_is_there_once(alice: User, acme: Organization) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=alice, organization=acme)


@pytest.mark.parametrize(("role", "may"), [("owner", True), ("admin", True), ("member", False)])
def test_owners_and_admins_may_buy(role: str, may: bool) -> None:
    assert Membership.Role(role).may_buy is may


def test_what_one_cannot_be_twice_is_joined_once(acme: Organization, charlie: User) -> None:
    organizations.join(charlie, acme)
    organizations.join(charlie, acme, Membership.Role.ADMIN)

    assert charlie.memberships.get(organization=acme).role == Membership.Role.MEMBER

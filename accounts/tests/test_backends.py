"""Loading the user with the organization, and passwords for staff only."""

from typing import Any

import pytest
from django.contrib.auth import authenticate

from accounts.backends import Backend
from accounts.models import User

pytestmark = pytest.mark.django_db


def test_user_and_organization_come_in_one_query(alice: User, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        user = Backend().get_user(alice.pk)
        assert user is not None
        assert user.current_organization is not None
        assert user.current_organization.name == "Acme"


def test_somebody_who_was_closed_out_is_nobody_at_the_next_request(alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)

    assert Backend().get_user(alice.pk) is None


def test_an_unknown_id_is_nobody() -> None:
    assert Backend().get_user(4711) is None


@pytest.mark.parametrize("staff", [True, False])
def test_a_password_works_for_staff_only(staff: bool) -> None:
    user = User.objects.create_user("dora@example.com", "correct horse", is_staff=staff)

    assert authenticate(username="Dora@example.com", password="correct horse") == (user if staff else None)
    assert authenticate(username="dora@example.com", password="wrong") is None

"""Members who change at the same time, in processes of their own as far as the database knows."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from accounts import errors, organizations, signals
from accounts.models import Membership, Organization, User
from accounts.roles import Role

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def slow_commit() -> Iterator[None]:
    """Whoever changes members takes a while until their transaction ends."""

    def wait(**kwargs: Any) -> None:
        time.sleep(0.3)

    signals.members_changed.connect(wait)
    yield
    signals.members_changed.disconnect(wait)


def test_of_two_owners_who_leave_at_once_one_stays(
    alice: User, bob: User, acme: Organization, slow_commit: None
) -> None:
    acme.memberships.filter(user=bob).update(role=Role.OWNER)
    barrier = threading.Barrier(2, timeout=20)

    def go(membership: Membership) -> str:
        try:
            barrier.wait()
            organizations.leave(membership)
        except errors.LastOwnerError:
            return "stayed"
        finally:
            connection.close()
        return "left"

    with ThreadPoolExecutor(2) as threads:
        ends = list(threads.map(go, acme.memberships.select_related("user", "organization")))

    assert sorted(ends) == ["left", "stayed"]
    assert acme.memberships.get().role == Role.OWNER


def test_who_is_removed_while_they_switch_does_not_go_on_acting_for_it(
    alice: User, bob: User, acme: Organization
) -> None:
    membership = bob.memberships.select_related("user", "organization").get(organization=acme)
    barrier = threading.Barrier(2, timeout=20)

    def switch() -> None:
        try:
            barrier.wait()
            organizations.switch(User.objects.get(pk=bob.pk), acme)
        except Membership.DoesNotExist:
            pass
        finally:
            connection.close()

    def leave() -> None:
        barrier.wait()
        organizations.leave(membership)
        connection.close()

    for _ in range(5):
        with ThreadPoolExecutor(2) as threads:
            for end in [threads.submit(switch), threads.submit(leave)]:
                end.result()
        bob.refresh_from_db()
        assert bob.current_organization is not None
        assert bob.current_organization.personal
        membership = organizations.join(bob, acme)

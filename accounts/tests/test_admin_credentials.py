"""Keys and applications in the admin: shown without what opens anything, revoked by who may, and nothing else."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client

from accounts import keys, tokens
from accounts.models import ApiKey, Membership, Scope, TokenSession, User

pytestmark = pytest.mark.django_db
KEYS, SESSIONS = "/admin/accounts/apikey/", "/admin/accounts/tokensession/"


@pytest.fixture
def made(owner: Membership) -> tuple[ApiKey, str]:
    """A key, and an application that was let in with it."""
    key, secret = keys.make(owner, "nightly import", Scope.WRITE)
    tokens.obtain(owner.user, owner.organization, Scope.READ, key)
    return key, secret


def status(secret: str) -> int:
    return Client(headers={"Authorization": f"Bearer {secret}"}).get("/api/organizations/").status_code


def revoke(client: Client, path: str, row: Any) -> int:
    return client.post(path, {"action": "revoke", "_selected_action": [row.pk]}).status_code


def test_keys_and_applications_are_shown_without_what_opens_anything(
    admin_client: Client, made: tuple[ApiKey, str]
) -> None:
    key, secret = made
    session = TokenSession.objects.get()
    pages = [
        admin_client.get(path).content.decode()
        for path in (KEYS, f"{KEYS}{key.pk}/change/", SESSIONS, f"{SESSIONS}{session.pk}/change/")
    ]

    assert all("Acme" in page and "Alice" in page for page in pages)
    assert key.prefix in pages[0]
    assert not [page for page in pages if secret in page or key.hash in page]
    assert "0 API keys" in admin_client.get(f"{KEYS}?q={key.hash}").content.decode()


def test_a_list_costs_as_many_queries_for_many_as_for_one(
    admin_client: Client, made: tuple[ApiKey, str], owner: Membership, django_assert_max_num_queries: Any
) -> None:
    for number in range(5):
        key, _secret = keys.make(owner, str(number), Scope.READ)
        tokens.obtain(owner.user, owner.organization, Scope.READ, key)
    for path in (KEYS, SESSIONS):
        with django_assert_max_num_queries(6):
            admin_client.get(path)


def test_a_key_that_is_revoked_here_opens_nothing(admin_client: Client, made: tuple[ApiKey, str]) -> None:
    key, secret = made
    assert status(secret) == 200
    revoke(admin_client, KEYS, key)

    assert status(secret) == 401
    assert not TokenSession.objects.live().exists()
    assert LogEntry.objects.get().object_repr == str(key)


def test_an_application_that_is_revoked_here_is_out(
    admin_client: Client, made: tuple[ApiKey, str], owner: Membership
) -> None:
    access = tokens.obtain(owner.user, owner.organization, Scope.READ).access
    assert status(access) == 200
    revoke(admin_client, SESSIONS, TokenSession.objects.get(key=None))

    assert status(access) == 401
    assert status(made[1]) == 200


def test_nothing_is_made_changed_or_deleted_here(admin_client: Client, made: tuple[ApiKey, str]) -> None:
    session = TokenSession.objects.get()
    for path, row in ((KEYS, made[0]), (SESSIONS, session)):
        assert admin_client.get(f"{path}add/").status_code == 403
        assert admin_client.post(f"{path}{row.pk}/change/", {"scope": "write"}).status_code == 403
        assert admin_client.post(f"{path}{row.pk}/delete/", {"post": "yes"}).status_code == 403


def test_who_may_only_look_revokes_nothing(made: tuple[ApiKey, str], client: Client) -> None:
    looker = User.objects.create_user("desk@turnpike.example", is_staff=True)
    looker.user_permissions.add(
        Permission.objects.get(codename="view_apikey", content_type__app_label="accounts")
    )
    client.force_login(looker)
    assert "nightly import" in client.get(KEYS).content.decode()
    revoke(client, KEYS, made[0])

    assert status(made[1]) == 200

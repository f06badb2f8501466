"""API keys: shown once, kept as a hash, found in one query, dead as soon as they are revoked."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import errors, keys, memberships, organizations
from accounts.models import ApiKey, Membership, Scope, UsageCounter, User
from accounts.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.urls("accounts.tests.urls")]
OPEN, SIGNED_IN, PREMIUM = "/test/open/", "/test/signed-in/", "/test/premium/"


def bearing(secret: str) -> Client:
    """A program: no cookies, and CSRF is checked as for a browser."""
    return Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {secret}"})


@pytest.fixture
def made(owner: Membership) -> tuple[ApiKey, str]:
    return keys.make(owner, "nightly import", Scope.WRITE)


def status(secret: str, path: str = SIGNED_IN) -> int:
    return bearing(secret).get(path).status_code


def test_a_key_acts_for_its_organization_whatever_its_maker_does_in_the_browser(
    made: tuple[ApiKey, str], alice: User
) -> None:
    organizations.switch(alice, alice.organizations.get(personal=True))

    assert status(made[1], PREMIUM) == 200


def test_a_key_is_found_in_one_query(made: tuple[ApiKey, str], django_assert_num_queries: Any) -> None:
    client = bearing(made[1])
    client.get(PREMIUM)  # notes that it was used
    with django_assert_num_queries(1):
        assert client.get(PREMIUM).status_code == 200
    with django_assert_num_queries(1):
        assert client.get("/test/metered/").status_code == 200  # premium: nothing to count


def test_counting_costs_a_key_one_statement_more(
    owner: Membership, made: tuple[ApiKey, str], django_assert_num_queries: Any
) -> None:
    organizations.set_access(owner.organization, [])
    client = bearing(made[1])
    client.get(OPEN)
    with django_assert_num_queries(2):
        assert client.get("/test/metered/").headers["RateLimit-Remaining"] == "99"


def test_the_database_does_not_know_the_key(made: tuple[ApiKey, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_apikey")
        row = " ".join(str(value) for value in cursor.fetchone())

    assert made[1] not in row
    assert made[1][:9] in row
    assert made[1][9:] not in row


def test_the_log_does_not_know_the_key(
    made: tuple[ApiKey, str], caplog: pytest.LogCaptureFixture, capsys: Any
) -> None:
    caplog.set_level("DEBUG")
    bearing(made[1]).post(OPEN)
    bearing(made[1] + "x").get(OPEN)

    assert made[1] not in caplog.text + "".join(capsys.readouterr())


@pytest.mark.parametrize(
    "wrong", ["tk_", "tk_" + "0" * 43, "tk_" + "ü" * 43, "tk_" + "0" * 100_000, "", "null"]
)
def test_a_key_that_opens_nothing_is_a_401_that_says_how_to_sign_in(wrong: str) -> None:
    answer = bearing(wrong).get(OPEN)  # where even a guest may come in

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="api"')
    assert answer.json()["error"]["code"] in ("invalid_key", "invalid_token")


def test_without_any_the_401_names_the_scheme(client: Client) -> None:
    answer = client.get(SIGNED_IN)

    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="api"')
    assert answer.json()["error"]["code"] == "not_authenticated"


def test_a_wrong_key_is_not_made_good_by_a_session(signed_in: Callable[[User], Client], alice: User) -> None:
    answer = signed_in(alice).get(SIGNED_IN, headers={"Authorization": "Bearer tk_wrong"})

    assert answer.status_code == 401


def test_a_key_in_the_address_is_none(made: tuple[ApiKey, str], client: Client) -> None:
    assert client.get(SIGNED_IN, {"key": made[1], "api_key": made[1]}).status_code == 401


def test_a_program_needs_no_csrf_token(made: tuple[ApiKey, str]) -> None:
    assert bearing(made[1]).post(OPEN).status_code == 200


def test_a_key_that_may_only_read_does_not_write(owner: Membership) -> None:
    _key, secret = keys.make(owner, "dashboard", Scope.READ)
    answer = bearing(secret).post(OPEN)

    assert bearing(secret).get(OPEN).status_code == 200
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "insufficient_scope")
    assert 'scope="write"' in answer.headers["WWW-Authenticate"]


def test_a_revoked_key_opens_nothing_from_then_on(made: tuple[ApiKey, str]) -> None:
    key, secret = made
    assert status(secret) == 200
    keys.revoke(key)
    keys.revoke(key)

    assert status(secret) == 401


def test_an_expired_key_opens_nothing(owner: Membership) -> None:
    _key, secret = keys.make(owner, "trial", Scope.READ, timezone.now() - timedelta(seconds=1))

    assert status(secret) == 401


def test_two_keys_live_side_by_side_while_one_follows_the_other(
    owner: Membership, made: tuple[ApiKey, str]
) -> None:
    old, secret = made
    new, successor = keys.rotate(old, owner)

    assert (new.name, new.scope, new.expires) == (old.name, old.scope, None)
    assert status(secret) == status(successor) == 200
    ApiKey.objects.filter(pk=old.pk).update(expires=timezone.now())  # a day later
    assert (status(secret), status(successor)) == (401, 200)
    with pytest.raises(ApiKey.DoesNotExist):
        keys.rotate(old, owner)


def test_whoever_leaves_takes_their_keys_along_for_good(alice: User, acme: Any, bob: User) -> None:
    membership = Membership.objects.select_related("user", "organization").get(user=bob, organization=acme)
    memberships.set_role(membership, Role.ADMIN)
    _key, secret = keys.make(membership, "Bob's", Scope.READ)
    assert status(secret) == 200
    organizations.leave(membership)
    assert status(secret) == 401
    organizations.join(bob, acme, Role.ADMIN)
    assert status(secret) == 401


def test_a_membership_that_vanished_in_any_way_closes_the_key(
    made: tuple[ApiKey, str], owner: Membership
) -> None:
    Membership.objects.filter(pk=owner.pk).delete()

    assert status(made[1]) == 401


def test_a_person_who_was_shut_out_is_shut_out_with_every_key(made: tuple[ApiKey, str], alice: User) -> None:
    alice.is_active = False
    alice.save(update_fields=["is_active"])

    assert status(made[1]) == 401


def test_a_closed_organization_has_no_keys(made: tuple[ApiKey, str], acme: Any, settings: Any) -> None:
    organizations.close(acme)

    assert status(made[1]) == 401


def test_members_make_no_keys(bob: User, acme: Any) -> None:
    membership = Membership.objects.select_related("organization").get(user=bob, organization=acme)
    with pytest.raises(errors.NotAllowedError):
        keys.make(membership, "Bob's", Scope.READ)


def test_an_organization_has_twenty_live_keys_and_no_more(owner: Membership) -> None:
    made = [keys.make(owner, f"{number}", Scope.READ)[0] for number in range(20)]
    with pytest.raises(errors.TooManyKeysError):
        keys.make(owner, "one more", Scope.READ)
    keys.revoke(made[0])
    keys.make(owner, "one more", Scope.READ)


def test_its_use_is_noted_now_and_then(made: tuple[ApiKey, str]) -> None:
    key, secret = made
    status(secret)
    first = ApiKey.objects.get(pk=key.pk).last_used
    status(secret)
    assert first is not None
    assert ApiKey.objects.get(pk=key.pk).last_used == first
    ApiKey.objects.filter(pk=key.pk).update(last_used=first - timedelta(minutes=11))
    status(secret)
    later = ApiKey.objects.get(pk=key.pk).last_used
    assert later is not None
    assert later >= first


def test_whoever_goes_on_with_a_dead_key_waits(made: tuple[ApiKey, str]) -> None:
    for _ in range(100):
        assert status("tk_" + "0" * 43) == 401
    answer = bearing("tk_" + "0" * 43).get(OPEN)

    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "throttled")
    assert 1 <= int(answer.headers["Retry-After"]) <= 3600
    assert status(made[1]) == 200, "whoever has the right one does not wait"
    assert UsageCounter.objects.get(subject__startswith="wrong-keys:").count == 100


def test_a_key_does_not_switch_organizations(made: tuple[ApiKey, str], alice: User) -> None:
    own = alice.organizations.get(personal=True)
    answer = bearing(made[1]).post(f"/api/organizations/{own.pk}/switch/", content_type="application/json")

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "bound_to_organization")
    alice.refresh_from_db()
    assert alice.current_organization_id != own.pk


def test_the_current_organization_is_the_key_s(made: tuple[ApiKey, str], alice: User, acme: Any) -> None:
    organizations.switch(alice, alice.organizations.get(personal=True))
    listed = bearing(made[1]).get("/api/organizations/").json()["organizations"]

    assert [one["id"] for one in listed if one["current"]] == [acme.pk]

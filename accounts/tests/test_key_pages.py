"""The pages of API keys: for owners and admins, the key shown once, everything else asked before it is done."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts import keys, organizations, tokens
from accounts.models import ApiKey, Membership, Scope, TokenSession, User
from accounts.tests.conftest import shown

pytestmark = pytest.mark.django_db
Acting = Callable[[User], Client]
LIST, NEW = "/account/keys/", "/account/keys/new/"
KEY = re.compile(r"tk_[A-Za-z0-9]{43}")


def make(client: Client, **form: str) -> str:
    return shown(client.post(NEW, {"name": "nightly import", "scope": "read", "days": "", **form}))


def status(secret: str) -> int:
    return Client(headers={"Authorization": f"Bearer {secret}"}).get("/api/organizations/").status_code


def test_a_key_is_shown_once_and_works(acting: Acting, alice: User) -> None:
    client = acting(alice)
    assert "No keys yet" in shown(client.get(LIST))
    secret = KEY.findall(make(client))[0]

    assert status(secret) == 200
    listed = shown(client.get(LIST))
    assert "nightly import" in listed
    assert secret[:9] in listed
    assert not KEY.search(listed)


def test_the_page_with_the_key_is_kept_by_no_cache(acting: Acting, alice: User) -> None:
    answer = acting(alice).post(NEW, {"name": "a", "scope": "read"})

    assert "no-store" in answer.headers["Cache-Control"]


def test_scope_and_end_are_as_chosen(acting: Acting, alice: User) -> None:
    make(acting(alice), scope="write", days="30")
    key = ApiKey.objects.get()

    assert key.may_write
    assert key.expires is not None
    assert (key.expires - key.created).days in (29, 30)


@pytest.mark.parametrize(
    "form", [{"name": ""}, {"name": "x" * 81}, {"scope": "admin"}, {"days": "9999999999"}]
)
def test_what_is_malformed_is_said_beside_the_field(
    acting: Acting, alice: User, form: dict[str, str]
) -> None:
    assert "field-error" in make(acting(alice), **form)
    assert not ApiKey.objects.exists()


def test_a_name_is_escaped(acting: Acting, alice: User) -> None:
    assert "<script>alert" not in make(acting(alice), name="<script>alert(1)</script>")


def test_members_and_strangers_manage_no_keys(
    acting: Acting, owner: Membership, bob: User, charlie: User
) -> None:
    key, _secret = keys.make(owner, "a", Scope.READ)
    organizations.switch(bob, owner.organization)
    client = acting(bob)
    paths = [f"{LIST}{key.pk}/replace/", f"{LIST}{key.pk}/revoke/"]

    assert "Your role does not allow this" in shown(client.get(LIST), 403)
    assert [client.post(path).status_code for path in [NEW, *paths]] == [403] * 3
    assert [acting(charlie).post(path).status_code for path in paths] == [404] * 2
    assert ApiKey.objects.live().count() == 1


def test_a_guest_is_asked_to_sign_in(client: Client) -> None:
    assert client.get(LIST).headers["Location"].startswith("/accounts/login/")


def test_replacing_asks_and_leaves_the_old_key_a_day(acting: Acting, owner: Membership, alice: User) -> None:
    old, secret = keys.make(owner, "a", Scope.WRITE)
    client, path = acting(alice), f"{LIST}{old.pk}/replace/"
    assert "24 hours" in shown(client.get(path))
    assert ApiKey.objects.count() == 1
    page = shown(client.post(path))

    assert f"{old.prefix}…, works until" in page
    assert [status(one) for one in (secret, KEY.findall(page)[0])] == [200, 200]


def test_revoking_asks_and_ends_it(acting: Acting, owner: Membership, alice: User) -> None:
    key, secret = keys.make(owner, "a", Scope.READ)
    client, path = acting(alice), f"{LIST}{key.pk}/revoke/"
    assert "refused at once" in shown(client.get(path))
    assert status(secret) == 200
    page = shown(client.post(path, follow=True))

    assert "a is revoked" in html.unescape(page)
    assert status(secret) == 401
    assert client.post(path).status_code == 404


def test_applications_are_listed_and_ended(
    acting: Acting, owner: Membership, alice: User, charlie: User
) -> None:
    key, _secret = keys.make(owner, "app server", Scope.READ)
    tokens.obtain(alice, owner.organization, Scope.READ, key)
    session = TokenSession.objects.get()
    path = f"/account/applications/{session.pk}/end/"
    assert acting(charlie).post(path).status_code == 404
    client = acting(alice)
    assert path in shown(client.get(LIST))
    page = shown(client.post(path, follow=True))

    assert "no access any more" in page
    assert path not in page


def test_too_many_keys_are_refused_with_a_sentence(acting: Acting, owner: Membership, alice: User) -> None:
    for number in range(20):
        keys.make(owner, str(number), Scope.READ)
    page = shown(acting(alice).post(NEW, {"name": "one more", "scope": "read"}), 409)

    assert "Revoke one that is no longer used" in page


def test_the_list_costs_as_many_queries_for_many_keys_as_for_one(
    acting: Acting, owner: Membership, alice: User, django_assert_num_queries: Any
) -> None:
    client = acting(alice)
    for count in (1, 5):
        for number in range(count):
            key, _secret = keys.make(owner, str(number), Scope.READ)
            tokens.obtain(alice, owner.organization, Scope.READ, key)
        with django_assert_num_queries(5):  # session, user, membership; keys; applications
            client.get(LIST)

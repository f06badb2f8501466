"""Tokens for client applications: short, signed, for one organization, and dead as soon as they are revoked."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.core import serializers
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts import keys, organizations
from accounts.models import ApiKey, Membership, Scope, StoredAnswer, TokenSession, User

pytestmark = [pytest.mark.django_db, pytest.mark.urls("accounts.tests.urls")]
PATH, PREMIUM = "/test/signed-in/", "/test/premium/"
SIGNING = settings.SIMPLE_JWT["SIGNING_KEY"]


@pytest.fixture
def key(owner: Membership) -> tuple[ApiKey, str]:
    return keys.make(owner, "app server", Scope.WRITE)


@pytest.fixture
def let_in(key: tuple[ApiKey, str]) -> dict[str, Any]:
    return obtain(key[1], scope="write").json()


def bearing(secret: str) -> Client:
    return Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {secret}"})


def obtain(secret: str, **body: Any) -> Any:
    return bearing(secret).post("/api/token/", body, content_type="application/json")


def refresh(token: Any) -> Any:
    return Client().post("/api/token/refresh/", {"refresh": token}, content_type="application/json")


def revoke(token: str) -> Any:
    return Client().post("/api/token/revoke/", {"token": token}, content_type="application/json")


def status(token: str, path: str = PATH) -> int:
    return bearing(token).get(path).status_code


def claims(token: str) -> dict[str, Any]:
    return jwt.decode(token, options={"verify_signature": False})


def forged(token: str, key: str = SIGNING, **changed: Any) -> str:
    """The token with other claims: with our own key, as nobody else could make it, or with another."""
    return jwt.encode({**claims(token), **changed}, key, "HS256")


def test_a_key_brings_tokens_for_its_organization(let_in: dict[str, Any], acme: Any, alice: User) -> None:
    assert let_in["token_type"] == "Bearer"
    assert (let_in["expires_in"], let_in["refresh_expires_in"]) == (300, 30 * 86400)
    said = claims(let_in["access"])
    assert (said["sub"], said["organization"], said["scope"]) == (str(alice.pk), acme.pk, "write")
    assert (said["iss"], said["aud"]) == (settings.BASE_URL, f"{settings.BASE_URL}/api/")
    assert said["exp"] - said["iat"] == 300
    assert status(let_in["access"], PREMIUM) == 200


def test_so_does_a_session_of_the_browser_with_its_csrf_token(
    signed_in: Callable[..., Client], alice: User
) -> None:
    browser = signed_in(alice)
    assert browser.post("/api/token/", {}, content_type="application/json").status_code == 403
    browser.get("/accounts/login/")
    plain = Client()
    plain.force_login(alice)
    answer = plain.post("/api/token/", {}, content_type="application/json")

    assert (answer.status_code, answer.json()["scope"]) == (200, "read")
    assert answer.headers["Cache-Control"] == "no-store"
    assert TokenSession.objects.get().key is None


def test_an_idempotency_key_is_passed_over_and_no_row_holds_a_token(key: tuple[ApiKey, str]) -> None:
    once = {"Authorization": f"Bearer {key[1]}", "Idempotency-Key": "once"}
    first, again = [
        Client(headers=once).post("/api/token/", {}, content_type="application/json") for _ in range(2)
    ]
    assert (first.status_code, again.status_code) == (200, 200)
    assert "Idempotent-Replayed" not in again.headers
    assert TokenSession.objects.live().count() == 2
    assert not StoredAnswer.objects.exists()
    everything = serializers.serialize("json", [one for m in apps.get_models() for one in m.objects.all()])
    for token in (first.json()["access"], first.json()["refresh"], again.json()["refresh"]):
        assert token.split(".")[2] not in everything


def test_a_token_brings_no_further_tokens(let_in: dict[str, Any]) -> None:
    refused = obtain(let_in["access"])

    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "key_or_session_required")


def test_a_token_is_found_in_one_query(let_in: dict[str, Any], django_assert_num_queries: Any) -> None:
    client = bearing(let_in["access"])
    with django_assert_num_queries(1):
        assert client.get(PREMIUM).status_code == 200


def test_the_claims_name_the_customer_for_whoever_wants_to_know(key: tuple[ApiKey, str], acme: Any) -> None:
    acme.stripe_customer_id = "cus_acme"
    acme.save(update_fields=["stripe_customer_id"])

    assert claims(obtain(key[1]).json()["access"])["stripe_customer_id"] == "cus_acme"


def test_what_the_claims_say_opens_nothing(let_in: dict[str, Any], charlie: User, acme: Any) -> None:
    """Not even with our own signature: customer, organization, person and scope are looked up."""
    theirs = charlie.current_organization_id
    token = forged(
        let_in["access"],
        stripe_customer_id="cus_charlie",
        organization=theirs,
        sub=str(charlie.pk),
        scope="read",
    )
    client = bearing(token)

    current = [
        one["id"] for one in client.get("/api/organizations/").json()["organizations"] if one["current"]
    ]
    assert current == [acme.pk]
    assert client.post("/test/open/").json()["for"] == "Alice"


@pytest.mark.parametrize(
    "changed",
    [
        {"key": "0" * 64},
        {"aud": "https://elsewhere.example/"},
        {"iss": "https://elsewhere.example"},
        {"exp": 1},
        {"token_type": "refresh"},
        {"sid": 10**9},
        {"sid": "1 OR 1=1"},
        {"sid": 10**30},
        {"sid": None},
    ],
)
def test_a_token_that_is_not_ours_opens_nothing(let_in: dict[str, Any], changed: dict[str, Any]) -> None:
    answer = bearing(forged(let_in["access"], **changed)).get("/test/open/")

    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "invalid_token")
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_an_unsigned_token_opens_nothing(let_in: dict[str, Any]) -> None:
    assert status(jwt.encode(claims(let_in["access"]), None, "none")) == 401


@pytest.mark.parametrize("kind", ["refresh", "nonsense"])
def test_only_an_access_token_calls(let_in: dict[str, Any], kind: str) -> None:
    assert status(let_in.get(kind, "eyJ.eyJ.x")) == 401


def test_an_access_token_lives_five_minutes(let_in: dict[str, Any]) -> None:
    with time_machine.travel(timezone.now() + timedelta(seconds=290)):
        assert status(let_in["access"]) == 200
    with time_machine.travel(timezone.now() + timedelta(seconds=301)):
        assert status(let_in["access"]) == 401


def test_a_key_that_reads_brings_tokens_that_read(owner: Membership) -> None:
    _key, secret = keys.make(owner, "dashboard", Scope.READ)
    token = obtain(secret).json()["access"]

    assert bearing(token).get("/test/open/").status_code == 200
    assert bearing(token).post("/test/open/").json()["error"]["code"] == "insufficient_scope"
    refused = obtain(secret, scope="write")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "insufficient_scope")


@pytest.mark.parametrize(
    ("body", "param"),
    [({"scope": "admin"}, "scope"), ({"scope": 1}, "scope"), ({"tier": "business"}, "tier")],
)
def test_a_malformed_wish_names_the_field(key: tuple[ApiKey, str], body: dict[str, Any], param: str) -> None:
    answer = obtain(key[1], **body)

    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)


# --- Refreshing -----------------------------------------------------------------------------------------------------


def test_a_refresh_token_brings_the_next_two(let_in: dict[str, Any]) -> None:
    answer = refresh(let_in["refresh"])
    after = answer.json()

    assert answer.status_code == 200
    assert after["refresh"] != let_in["refresh"]
    assert status(after["access"]) == 200
    assert refresh(after["refresh"]).status_code == 200


def test_whoever_did_not_hear_the_answer_may_ask_again_for_a_minute(let_in: dict[str, Any]) -> None:
    first, again = refresh(let_in["refresh"]), refresh(let_in["refresh"])

    assert (first.status_code, again.status_code) == (200, 200)
    assert refresh(again.json()["refresh"]).status_code == 200


def test_a_copied_refresh_token_ends_it_all(let_in: dict[str, Any]) -> None:
    after = refresh(let_in["refresh"]).json()
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        refused = refresh(let_in["refresh"])

        assert (refused.status_code, refused.json()["error"]["code"]) == (401, "invalid_token")
        assert status(after["access"]) == 401
        assert refresh(after["refresh"]).status_code == 401


@pytest.mark.parametrize("token", [None, 1, "", [], "x" * 5000])
def test_a_malformed_refresh_names_the_field(token: Any) -> None:
    answer = refresh(token)

    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "refresh")


def test_an_access_token_refreshes_nothing(let_in: dict[str, Any]) -> None:
    assert refresh(let_in["access"]).status_code == 401


def test_trying_refresh_tokens_is_limited() -> None:
    statuses = [refresh("eyJ.eyJ.x").status_code for _ in range(101)]

    assert statuses == [401] * 100 + [429]


# --- Revoking -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["access", "refresh"])
def test_what_is_revoked_opens_nothing_from_then_on(let_in: dict[str, Any], kind: str) -> None:
    for _ in range(2):
        assert revoke(let_in[kind]).json() == {"revoked": True}

    assert status(let_in["access"]) == 401
    assert refresh(let_in["refresh"]).status_code == 401


def test_a_token_that_is_none_is_as_good_as_revoked() -> None:
    assert revoke("eyJ.eyJ.x").status_code == 200


def test_with_the_key_its_tokens_end(let_in: dict[str, Any], key: tuple[ApiKey, str]) -> None:
    keys.revoke(key[0])

    assert status(let_in["access"]) == 401
    assert refresh(let_in["refresh"]).status_code == 401


def test_with_the_membership_they_end(
    let_in: dict[str, Any], owner: Membership, bob: User, acme: Any
) -> None:
    Membership.objects.filter(user=bob, organization=acme).update(role="owner")
    organizations.leave(owner)
    assert status(let_in["access"]) == 401
    organizations.join(owner.user, acme)
    assert refresh(let_in["refresh"]).status_code == 401


def test_the_demoted_lose_what_their_role_allowed(let_in: dict[str, Any], owner: Membership) -> None:
    """The role is asked when something is done, not when the token was made."""
    assert organizations.may_buy(owner.user, owner.organization)
    Membership.objects.filter(pk=owner.pk).update(role="member")

    assert not organizations.may_buy(owner.user, owner.organization)
    assert status(let_in["access"]) == 200


def test_old_sessions_are_purged(let_in: dict[str, Any]) -> None:
    call_command("purge_credentials")
    assert TokenSession.objects.exists()
    with time_machine.travel(timezone.now() + timedelta(days=61)):
        call_command("purge_credentials")
    assert not TokenSession.objects.exists()


def test_no_row_holds_a_token(let_in: dict[str, Any]) -> None:
    row = str(TokenSession.objects.values().get())

    assert let_in["access"] not in row
    assert let_in["refresh"] not in row

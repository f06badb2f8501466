"""Sign-in with LinkedIn: the whole round trip, against the pretend LinkedIn over HTTP."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.test import Client

from accounts.models import Organization, User
from accounts.tests.conftest import CALLBACK, LOGIN, is_signed_in, state_of
from sandbox.linkedin import LinkedIn

pytestmark = pytest.mark.django_db
Go = Callable[..., Any]


def test_a_new_person_gets_a_user_a_personal_organization_and_is_signed_in(
    client: Client, through_linkedin: Go
) -> None:
    answer = through_linkedin(client, "alice")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    user = User.objects.get()
    assert (user.email, user.name) == ("alice@acme.example", "Alice")
    assert user.current_organization == Organization.objects.get(personal=True)
    assert user.memberships.get().role == "owner"
    assert not user.has_usable_password()
    assert is_signed_in(client)


def test_what_is_kept_is_the_identity_and_the_address_and_no_token(
    client: Client, through_linkedin: Go
) -> None:
    through_linkedin(client, "alice")

    identity = SocialAccount.objects.get()
    assert identity.provider == "linkedin"
    assert identity.extra_data == {}
    assert EmailAddress.objects.get().verified is True
    assert not SocialToken.objects.exists()


def test_the_same_person_comes_back_as_the_same_user(through_linkedin: Go) -> None:
    through_linkedin(Client(), "alice")
    again = Client()
    through_linkedin(again, "alice")

    assert User.objects.count() == 1
    assert is_signed_in(again)


def test_verified_said_as_a_string_is_verified(client: Client, through_linkedin: Go) -> None:
    through_linkedin(client, "bob")

    assert User.objects.get().email == "bob@acme.example"
    assert is_signed_in(client)


def test_the_address_is_kept_in_lower_case(client: Client, through_linkedin: Go) -> None:
    form = {"name": "Dora", "email": "Dora@Example.COM", "verified": "on"}
    through_linkedin(client, form=form)

    assert User.objects.get().email == "dora@example.com"


def test_the_page_one_came_from_is_where_one_ends(client: Client, through_linkedin: Go) -> None:
    assert through_linkedin(client, "alice", next="/account/").headers["Location"] == "/account/"


# --- Who may not come in --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", [{"as_string": "on"}, {}], ids=["as the string false", "as false"])
@pytest.mark.parametrize("with_rows", [True, False])
def test_an_unverified_address_never_signs_in_as_somebody_else(
    client: Client, through_linkedin: Go, alice: User, said: dict[str, str], with_rows: bool
) -> None:
    if with_rows:
        EmailAddress.objects.create(user=alice, email=alice.email, verified=True, primary=True)
    form = {"name": "Mallory", "email": "alice@acme.example", **said}
    answer = through_linkedin(client, form=form)

    assert answer.status_code == 403
    assert b"LinkedIn has not verified your e-mail address" in answer.content
    assert b"Sign in with a mailed code" in answer.content
    assert not SocialAccount.objects.exists()
    assert not is_signed_in(client)


def test_an_unverified_address_makes_no_account_that_its_owner_would_share_later(
    client: Client, through_linkedin: Go
) -> None:
    through_linkedin(client, "unverified")

    assert not User.objects.exists()
    assert not SocialAccount.objects.exists()


def test_an_unverified_address_connects_to_nobody(signed_in: Go, through_linkedin: Go, charlie: User) -> None:
    client = signed_in(charlie)
    client.handler.enforce_csrf_checks = False
    answer = through_linkedin(client, "unverified", process="connect")

    assert answer.status_code == 403
    assert not SocialAccount.objects.exists()


def test_a_known_address_leads_to_the_mailed_code(client: Client, through_linkedin: Go, alice: User) -> None:
    answer = through_linkedin(client, "alice")

    assert answer.status_code == 409
    assert b"You already have an account" in answer.content
    assert b"Try LinkedIn again" not in answer.content
    assert not SocialAccount.objects.exists()
    assert not is_signed_in(client)


def test_without_an_address_the_page_says_what_to_do(client: Client, through_linkedin: Go) -> None:
    answer = through_linkedin(client, "no-address")

    assert answer.status_code == 403
    assert b"LinkedIn did not tell us your e-mail address" in answer.content
    assert b"Create an account with a mailed code" in answer.content
    assert not User.objects.exists()


def test_an_identity_that_is_ours_comes_in_whatever_its_address_is_now(
    client: Client, through_linkedin: Go, linkedin: LinkedIn, charlie: User
) -> None:
    subject = {"person": "unverified"}
    through_linkedin(client, form=subject)  # LinkedIn knows the person from here on
    sub = next(iter(linkedin.tokens.values())).claims["sub"]
    SocialAccount.objects.create(user=charlie, provider="linkedin", uid=sub)
    EmailAddress.objects.create(user=charlie, email=charlie.email, verified=True, primary=True)

    through_linkedin(client, form=subject)
    assert client.get("/account/").context["user"] == charlie


def test_an_inactive_user_stays_out(client: Client, through_linkedin: Go) -> None:
    through_linkedin(Client(), "alice")
    User.objects.update(is_active=False)

    answer = client.get(through_linkedin(client, "alice").headers["Location"])
    assert b"This account is closed" in answer.content
    assert not is_signed_in(client)


# --- What goes wrong ------------------------------------------------------------------------------------------------


def test_cancelling_ends_on_a_page_that_offers_another_try(client: Client, through_linkedin: Go) -> None:
    answer = through_linkedin(client)

    assert answer.status_code == 200
    assert b"You are not signed in" in answer.content
    assert b"Try LinkedIn again" in answer.content
    assert not is_signed_in(client)


@pytest.mark.parametrize("person", ["", "unverified", "no-address"])
def test_another_try_still_leads_to_the_page_one_wanted(
    client: Client, through_linkedin: Go, person: str
) -> None:
    page = through_linkedin(client, person, next="/filings/?q=a&b=c").content.decode()

    assert '<input type="hidden" name="next" value="/filings/?q=a&amp;b=c">' in page
    assert 'href="/accounts/login/?next=/filings/%3Fq%3Da%26b%3Dc"' in page


@pytest.mark.parametrize("error", ["user_cancelled_authorize", "access_denied"])
def test_the_other_words_for_cancelling_are_understood(
    client: Client, linkedin: LinkedIn, begin: Go, error: str
) -> None:
    state = state_of(begin(client))
    answer = client.get(CALLBACK, {"error": error, "state": state})

    assert answer.status_code == 200
    assert b"You are not signed in" in answer.content


def test_another_error_of_linkedins_is_a_failed_sign_in(
    client: Client, linkedin: LinkedIn, begin: Go
) -> None:
    state = state_of(begin(client))

    assert client.get(CALLBACK, {"error": "server_error", "state": state}).status_code == 401


def test_linkedin_down_at_the_start_is_said_so(client: Client, linkedin: LinkedIn) -> None:
    linkedin.down = True
    answer = client.post(LOGIN)

    assert answer.status_code == 503
    assert b"LinkedIn does not answer" in answer.content
    assert b"Sign in with a mailed code" in answer.content


def test_linkedin_down_in_the_middle_is_said_so(
    client: Client, linkedin: LinkedIn, begin: Go, consent: Go
) -> None:
    back = consent(begin(client), person="alice")
    linkedin.down = True
    answer = client.get(back)

    assert answer.status_code == 503
    assert not User.objects.exists()


def test_an_unreachable_linkedin_is_said_so(client: Client, linkedin: LinkedIn, settings: Any) -> None:
    app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
    app["settings"]["server_url"] = "http://127.0.0.1:9"

    assert client.post(LOGIN).status_code == 503


@pytest.mark.parametrize("discovery", [[], {}, {"issuer": "x"}, "nothing"])
def test_a_discovery_document_that_is_none_counts_as_down(
    client: Client, linkedin: LinkedIn, monkeypatch: pytest.MonkeyPatch, discovery: Any
) -> None:
    monkeypatch.setattr(linkedin, "discovery", lambda: discovery)

    assert client.post(LOGIN).status_code == 503


@pytest.mark.parametrize("description", [[], {"email": "alice@acme.example"}, {"sub": None}, {"sub": ""}])
def test_a_description_of_nobody_is_a_failed_sign_in(
    client: Client,
    linkedin: LinkedIn,
    through_linkedin: Go,
    monkeypatch: pytest.MonkeyPatch,
    description: Any,
) -> None:
    from sandbox.linkedin.provider import Answer

    monkeypatch.setattr(linkedin, "userinfo", lambda bearer: Answer(200, description))

    assert through_linkedin(client, "alice").status_code == 401
    assert not User.objects.exists()


# --- Connecting -----------------------------------------------------------------------------------------------------


def test_somebody_who_is_signed_in_connects_linkedin_and_comes_in_with_it_next_time(
    client: Client, through_linkedin: Go, alice_has_verified: User
) -> None:
    client.force_login(alice_has_verified)
    answer = through_linkedin(client, "alice", process="connect")
    assert answer.headers["Location"] == "/account/"
    assert b"LinkedIn is connected" in client.get("/account/").content

    again = Client()
    assert through_linkedin(again, "alice").status_code == 302
    assert again.get("/account/").context["user"] == alice_has_verified


def test_an_identity_belongs_to_one_user(client: Client, through_linkedin: Go, charlie: User) -> None:
    through_linkedin(Client(), "alice")
    client.force_login(charlie)
    through_linkedin(client, "alice", process="connect")

    assert b"connected to another account" in client.get("/account/").content
    assert SocialAccount.objects.get().user.email == "alice@acme.example"


def test_a_guest_connects_nothing(client: Client, through_linkedin: Go) -> None:
    answer = through_linkedin(client, "alice", process="connect")

    assert answer.status_code == 302
    assert not SocialAccount.objects.exists()


def test_an_unknown_provider_is_not_found(client: Client) -> None:
    assert client.post("/accounts/oidc/facebook/login/").status_code == 404
    assert client.get("/accounts/oidc/facebook/login/callback/").status_code == 404


def test_without_a_client_id_there_is_no_button(client: Client, settings: Any) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": []}}
    page = client.get("/accounts/login/").content.decode()

    assert "Mail me a code" in page
    assert "Sign in with LinkedIn" not in page
    assert client.post(LOGIN).status_code == 404

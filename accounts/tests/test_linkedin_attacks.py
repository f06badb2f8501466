"""What must not work on the way through LinkedIn: forged answers, stolen ones, and going elsewhere."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from accounts.models import Organization, User
from accounts.tests.conftest import CALLBACK, LOGIN, is_signed_in
from sandbox.linkedin import LinkedIn

pytestmark = pytest.mark.django_db
Go = Callable[..., Any]


def test_a_link_or_a_form_from_elsewhere_does_not_start_a_sign_in(linkedin: LinkedIn) -> None:
    strict = Client(enforce_csrf_checks=True)

    assert (
        strict.get(LOGIN, {"next": "/account/"}).headers["Location"] == "/accounts/login/?next=%2Faccount%2F"
    )
    assert strict.post(LOGIN).status_code == 403


def test_an_answer_without_our_state_is_refused(
    client: Client, linkedin: LinkedIn, begin: Go, consent: Go
) -> None:
    back = consent(begin(client), person="alice")
    code = parse_qs(urlsplit(back).query)["code"][0]

    for query in ({"code": code}, {"code": code, "state": "guessed"}):
        answer = client.get(CALLBACK, query)
        assert answer.status_code == 401
        assert b"The sign-in could not be finished" in answer.content
    assert not User.objects.exists()


def test_an_answer_is_taken_by_the_browser_that_asked_and_only_once(
    client: Client, linkedin: LinkedIn, begin: Go, consent: Go
) -> None:
    back = consent(begin(client), person="alice")
    victim = Client()

    assert victim.get(back).status_code == 401
    assert client.get(back).status_code == 302
    client.logout()
    assert client.get(back).status_code == 401
    assert not is_signed_in(victim)


@pytest.mark.parametrize(
    "lies",
    [
        {"iss": "https://evil.example"},
        {"iss": None},
        {"aud": "another-application"},
        {"aud": None},
        {"exp": 1_600_000_000},
        {"exp": None},
        {"sub": "somebody-else"},
    ],
    ids=str,
)
def test_an_id_token_for_others_of_others_or_of_the_past_is_refused(
    client: Client, linkedin: LinkedIn, through_linkedin: Go, lies: dict[str, Any]
) -> None:
    linkedin.lies = lies

    assert through_linkedin(client, "alice").status_code == 401
    assert not User.objects.exists()
    assert not is_signed_in(client)


def test_the_session_gets_a_new_id_at_sign_in(
    client: Client, linkedin: LinkedIn, begin: Go, consent: Go
) -> None:
    back = consent(begin(client), person="alice")
    before = client.session.session_key
    client.get(back)

    assert before
    assert client.session.session_key != before
    assert not client.session.exists(before)


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_sign_in_does_not_end_elsewhere(client: Client, through_linkedin: Go, target: str) -> None:
    assert through_linkedin(client, "alice", next=target).headers["Location"] == "/"


def test_a_poisoned_host_starts_nothing(client: Client, linkedin: LinkedIn) -> None:
    assert client.post(LOGIN, headers={"Host": "evil.example"}).status_code == 400
    address = client.post(LOGIN, headers={"X-Forwarded-Host": "evil.example"}).headers["Location"]
    assert parse_qs(urlsplit(address).query)["redirect_uri"] == [f"http://testserver{CALLBACK}"]


def test_attempts_are_limited(client: Client, linkedin: LinkedIn) -> None:
    statuses = [client.post(LOGIN).status_code for _ in range(31)]

    assert statuses == [302] * 30 + [429]


def test_a_failure_while_signing_up_leaves_nothing_behind(through_linkedin: Go, breaking: Any) -> None:
    breaking(SocialAccount)
    with pytest.raises(RuntimeError):
        through_linkedin(Client(), "alice")

    assert not User.objects.exists()
    assert not Organization.objects.exists()
    assert not SocialAccount.objects.exists()

"""Sign-in and sign-up with a mailed code, the second way in."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts.models import User
from accounts.tests.conftest import is_signed_in

pytestmark = pytest.mark.django_db
LOGIN, SIGNUP, CONFIRM = "/accounts/login/", "/accounts/signup/", "/accounts/login/code/confirm/"
VERIFY = "/accounts/confirm-email/"


def mailed_code() -> str:
    found = re.search(r"^([A-Z0-9]{3,}-?[A-Z0-9]{3,})$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found, mail.outbox[-1].body
    return found[1]


def test_a_known_address_gets_a_code_and_comes_in_with_it(client: Client, charlie: User) -> None:
    asked = client.post(LOGIN, {"login": "Charlie@outside.example", "next": "/account/"})
    assert asked.headers["Location"].startswith(CONFIRM)
    assert mail.outbox[0].to == ["charlie@outside.example"]
    assert mail.outbox[0].subject == "Your code to sign in"

    page = client.get(asked.headers["Location"]).content.decode()
    assert "charlie@outside.example" in page.lower()
    answer = client.post(asked.headers["Location"], {"code": mailed_code(), "next": "/account/"})
    assert answer.headers["Location"] == "/account/"
    assert client.get("/account/").context["user"] == charlie


def test_one_code_is_enough_for_somebody_made_in_the_admin(client: Client, charlie: User) -> None:
    assert not EmailAddress.objects.exists()
    client.post(LOGIN, {"login": charlie.email})
    client.post(CONFIRM, {"code": mailed_code()})

    assert is_signed_in(client)
    assert len(mail.outbox) == 1
    assert EmailAddress.objects.get(user=charlie).verified


def test_the_mail_has_the_code_in_text_and_in_html(client: Client, charlie: User) -> None:
    client.post(LOGIN, {"login": charlie.email})

    message: Any = mail.outbox[0]
    html, kind = message.alternatives[0]
    assert kind == "text/html"
    assert mailed_code() in html
    assert "If it was not you, there is nothing to do." in message.body


def test_the_session_gets_a_new_id(client: Client, charlie: User) -> None:
    client.post(LOGIN, {"login": charlie.email})
    before = client.session.session_key
    client.post(CONFIRM, {"code": mailed_code()})

    assert before
    assert client.session.session_key != before


def test_three_wrong_codes_end_the_attempt(client: Client, charlie: User) -> None:
    client.post(LOGIN, {"login": charlie.email})
    right = mailed_code()
    answers = [client.post(CONFIRM, {"code": "WRONG1"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 302]
    assert "Incorrect code" in answers[0].content.decode()

    client.post(CONFIRM, {"code": right})
    assert not is_signed_in(client)


def test_a_code_works_in_the_browser_that_asked(client: Client, charlie: User) -> None:
    client.post(LOGIN, {"login": charlie.email})
    stranger = Client()
    stranger.post(CONFIRM, {"code": mailed_code()})

    assert not is_signed_in(stranger)


def test_a_new_code_replaces_the_old_one(client: Client, charlie: User) -> None:
    client.post(LOGIN, {"login": charlie.email})
    old = mailed_code()
    client.post(CONFIRM, {"action": "resend"})
    assert mailed_code() != old

    client.post(CONFIRM, {"code": old})
    assert not is_signed_in(client)
    client.post(CONFIRM, {"code": mailed_code()})
    assert is_signed_in(client)


def test_an_unknown_address_looks_the_same_on_the_page_and_is_told_by_mail(
    client: Client, charlie: User
) -> None:
    known, unknown = Client(), Client()
    pages = [
        browser.post(LOGIN, {"login": address}, follow=True).content.decode().replace(address, "ADDRESS")
        for browser, address in ((known, charlie.email), (unknown, "nobody@example.com"))
    ]

    without_tokens = [re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page) for page in pages]
    assert without_tokens[0] == without_tokens[1]
    assert mail.outbox[1].subject == "There is no account with this address"
    assert "http://testserver/accounts/signup/" in str(mail.outbox[1].body)
    assert not User.objects.filter(email="nobody@example.com").exists()


def test_a_new_person_signs_up_with_a_code(client: Client) -> None:
    asked = client.post(SIGNUP, {"email": "Dora@example.com", "next": "/account/"})
    assert asked.headers["Location"] == VERIFY
    assert not is_signed_in(client)
    answer = client.post(VERIFY, {"code": mailed_code()})

    assert answer.headers["Location"] == "/account/"
    user = client.get("/account/").context["user"]
    assert user.email == "dora@example.com"
    assert user.current_organization.personal
    assert not user.has_usable_password()
    assert EmailAddress.objects.get(user=user).verified


def test_signing_up_with_a_known_address_tells_only_its_owner(client: Client, charlie: User) -> None:
    asked = client.post(SIGNUP, {"email": charlie.email})

    assert asked.headers["Location"] == VERIFY
    assert mail.outbox[0].subject == "You already have an account"
    assert "http://testserver/accounts/login/" in str(mail.outbox[0].body)
    assert User.objects.count() == 1


def test_signing_up_cannot_set_anything_but_the_address(client: Client, acme: Any) -> None:
    client.post(
        SIGNUP,
        {
            "email": "dora@example.com",
            "is_staff": "1",
            "is_superuser": "1",
            "tier": "business",
            "current_organization": acme.pk,
            "stripe_customer_id": "cus_1",
            "password1": "correct horse",
        },
    )

    dora = User.objects.get(email="dora@example.com")
    assert (dora.is_staff, dora.is_superuser, dora.has_usable_password()) == (False, False, False)
    assert dora.current_organization != acme
    assert dora.current_organization is not None
    assert (dora.current_organization.tier, dora.current_organization.stripe_customer_id) == ("free", None)


def test_an_account_begun_for_somebody_elses_address_opens_for_its_owner_only(client: Client) -> None:
    attacker = Client()
    attacker.post(SIGNUP, {"email": "dora@example.com"})
    client.post(LOGIN, {"login": "dora@example.com"})
    client.post(CONFIRM, {"code": mailed_code()})

    assert is_signed_in(client)
    assert not is_signed_in(attacker)


@pytest.mark.parametrize(("path", "field"), [(LOGIN, "login"), (SIGNUP, "email")])
@pytest.mark.parametrize("address", ["", "nobody", "a@b\0.example", "x" * 300 + "@example.com"])
def test_what_is_no_address_gets_a_complaint_and_no_mail(
    client: Client, path: str, field: str, address: str
) -> None:
    answer = client.post(path, {field: address})

    assert answer.status_code == 200
    assert "field-error" in answer.content.decode()
    assert not mail.outbox


def test_codes_per_address_are_limited(client: Client, charlie: User) -> None:
    for _ in range(5):
        answer = Client().post(LOGIN, {"login": charlie.email})

    assert "Too many failed login attempts" in answer.content.decode()
    assert len(mail.outbox) == 3


@pytest.mark.parametrize(("path", "field", "limit"), [(LOGIN, "login", 20), (SIGNUP, "email", 20)])
def test_attempts_per_visitor_are_limited_whatever_the_header_says(path: str, field: str, limit: int) -> None:
    refused = []
    for number in range(limit + 1):
        browser = Client(headers={"X-Forwarded-For": f"203.0.113.{number}"})
        answer = browser.post(path, {field: f"dora{number}@example.com"})
        refused.append(answer.status_code == 429 or "Too many" in answer.content.decode())

    assert refused == [False] * limit + [True]


def test_the_next_page_is_one_of_ours(client: Client, charlie: User) -> None:
    client.post(LOGIN, {"login": charlie.email})
    answer = client.post(CONFIRM, {"code": mailed_code(), "next": "https://evil.example/"})

    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize("path", [LOGIN, SIGNUP, CONFIRM, "/accounts/logout/"])
def test_forms_need_the_csrf_token(path: str) -> None:
    assert Client(enforce_csrf_checks=True).post(path, {"login": "a@example.com"}).status_code == 403


def test_a_mail_server_that_is_down_is_said_so(client: Client, charlie: User, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    answer = client.post(LOGIN, {"login": charlie.email})

    assert answer.status_code == 503
    assert b"We could not send the mail" in answer.content


def test_signing_out_is_asked_and_then_done(client: Client, charlie: User) -> None:
    client.force_login(charlie)
    assert b"Sign out?" in client.get("/accounts/logout/").content
    assert is_signed_in(client)
    assert client.post("/accounts/logout/").headers["Location"] == "/"
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "name",
    [
        "account_change_password",
        "account_set_password",
        "account_reset_password",
        "account_reset_password_from_key",
        "account_reauthenticate",
        "socialaccount_signup",
        "socialaccount_connections",
    ],
)
def test_there_are_no_pages_for_passwords(client: Client, name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_a_password_sent_along_is_not_looked_at(client: Client) -> None:
    User.objects.create_user("dora@example.com", "correct horse", is_staff=True)
    client.post(LOGIN, {"login": "dora@example.com", "password": "correct horse"})

    assert not is_signed_in(client)


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/accounts/login/code/?next=/account/", "/accounts/login/?next=/account/"),
        ("/accounts/email/", "/account/"),
    ],
)
def test_names_that_allauth_expects_lead_to_our_pages(client: Client, path: str, target: str) -> None:
    assert client.get(path).headers["Location"] == target


@pytest.mark.parametrize("signed_in_too", [True, False])
def test_a_page_for_a_code_that_nobody_asked_for_leads_away(
    client: Client, charlie: User, signed_in_too: bool
) -> None:
    if signed_in_too:
        client.force_login(charlie)
    for path in (CONFIRM, VERIFY):
        assert client.get(path, follow=True).status_code == 200

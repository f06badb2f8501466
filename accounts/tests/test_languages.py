"""In which language people read and are written to: their browser's at first, then their choice, wherever they go."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import translation

from accounts import invitations, languages, organizations
from accounts.models import Membership, Organization, User
from accounts.tests.test_mailed_code import mailed_code

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Any], Client]
WELCOME = "每一份申报文件，都是可用的数据。"


def switch(client: Client, language: str) -> Any:
    client.get("/terms/")
    token = client.cookies["csrftoken"].value
    return client.post("/i18n/setlang/", {"language": language, "next": "/", "csrfmiddlewaretoken": token})


@pytest.mark.parametrize("asked", ["zh-CN", "zh-Hans-CN;q=0.9,en;q=0.8", "zh", "zh-hans", "fr,zh;q=0.5"])
def test_a_guest_reads_what_their_browser_asks_for(asked: str) -> None:
    answer = Client(headers={"Accept-Language": asked}).get("/")
    page = answer.content.decode()
    assert '<html lang="zh-hans">' in page
    assert WELCOME in page
    assert "Accept-Language" in answer.headers["Vary"]
    assert answer.headers["Content-Language"] == "zh-hans"


@pytest.mark.parametrize("asked", ["", "fr", "en-GB,zh;q=0.5", "*", "zh" * 300])
def test_others_read_english(asked: str) -> None:
    assert '<html lang="en">' in Client(headers={"Accept-Language": asked}).get("/").content.decode()


def test_a_choice_outlives_the_browser_and_beats_what_it_asks_for() -> None:
    client = Client(enforce_csrf_checks=True, headers={"Accept-Language": "en"})
    cookie = switch(client, "zh-hans").cookies["django_language"]
    assert cookie["max-age"] == 365 * 24 * 60 * 60
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert WELCOME in client.get("/").content.decode()
    switch(client, "en")
    assert WELCOME not in client.get("/").content.decode()


@pytest.mark.parametrize("language", ["", "xx", "fr", "zh", "../../etc", "zh-hans\x00"])
def test_what_is_not_offered_changes_nothing(alice: User, signed_in: SignedIn, language: str) -> None:
    switch(signed_in(alice), language)
    alice.refresh_from_db()
    assert alice.language == "en"


def test_the_choice_of_whoever_is_signed_in_is_theirs_and_not_their_colleagues(
    alice: User, acme: Organization, signed_in: SignedIn
) -> None:
    switch(signed_in(alice), "zh-hans")
    alice.refresh_from_db()
    acme.refresh_from_db()
    assert alice.language == "zh-hans"
    assert alice.organizations.get(personal=True).language == "zh-hans"
    assert acme.language == "en"


def test_whoever_signs_up_is_written_to_in_the_language_that_they_read() -> None:
    with translation.override("zh-hans"):
        user = User.objects.create_user("li@turnpike.example")
        shared = organizations.create(user, "李记")
    user.refresh_from_db()
    assert (user.language, shared.language) == ("zh-hans", "zh-hans")
    assert user.organizations.get(personal=True).language == "zh-hans"


def sign_in(client: Client, user: User) -> None:
    client.post("/accounts/login/", {"login": user.email})
    answer = client.post("/accounts/login/code/confirm/", {"code": mailed_code()})
    assert answer.status_code == 302


def test_their_language_comes_with_them_into_another_browser(charlie: User) -> None:
    languages.remember(charlie, "zh-hans")
    client = Client(headers={"Accept-Language": "en"})
    sign_in(client, charlie)
    assert WELCOME in client.get("/").content.decode()


def test_what_was_chosen_in_this_browser_counts_from_now_on(charlie: User) -> None:
    client = Client()
    client.cookies["django_language"] = "zh-hans"
    sign_in(client, charlie)
    charlie.refresh_from_db()
    assert charlie.language == "zh-hans"


def test_the_mailed_code_is_explained_in_the_reader_s_language(charlie: User) -> None:
    Client(headers={"Accept-Language": "zh-CN"}).post("/accounts/login/", {"login": charlie.email})
    assert mail.outbox[0].subject == "您的登录验证码"


def test_an_organization_says_in_which_language_it_is_written_to(
    alice: User, acme: Organization, signed_in: SignedIn
) -> None:
    client = signed_in(alice)
    page = client.get(f"/organizations/{acme.pk}/settings/")
    assert '<option value="zh-hans">简体中文</option>' in page.content.decode()
    form = {"name": "Acme", "email": acme.email, "language": "zh-hans"}
    client.post(page.request["PATH_INFO"], form | {"csrfmiddlewaretoken": client.cookies["csrftoken"].value})
    acme.refresh_from_db()
    assert acme.language == "zh-hans"


def test_an_invitation_is_in_the_language_of_whoever_we_know(
    alice: User, acme: Organization, charlie: User
) -> None:
    languages.remember(charlie, "zh-hans")
    by = Membership.objects.get(user=alice, organization=acme)
    invitations.send(by, charlie.email, Membership.Role.MEMBER)
    invitations.send(by, "nobody@elsewhere.example", Membership.Role.MEMBER)
    assert mail.outbox[0].subject == "Alice 邀请您加入 Acme"
    assert mail.outbox[1].subject == "Alice invites you to Acme"

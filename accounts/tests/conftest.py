"""What several tests need: the pretend LinkedIn in a thread with a browser's way through it; who hears of members."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.db.models import Model
from django.db.models.signals import pre_save
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts import signals
from accounts.models import Membership, Organization, User
from sandbox.linkedin import LinkedIn, serve

LOGIN = "/accounts/oidc/linkedin/login/"
CALLBACK = "/accounts/oidc/linkedin/login/callback/"


@pytest.fixture(autouse=True)
def something_is_on_sale(settings: Any) -> None:
    """Whether or not the apps that sell are installed."""
    settings.UPGRADE_URL = "/pricing/"


@pytest.fixture(autouse=True)
def nobody_has_tried_yet(request: pytest.FixtureRequest) -> None:
    """The cache counts attempts to sign in, and no test's end empties its table."""
    if {"db", "transactional_db", "live_server"} & set(request.fixturenames):
        cache.clear()


@pytest.fixture
def linkedin(settings: Any) -> Iterator[LinkedIn]:
    """The pretend LinkedIn, and the application pointed at it."""
    with serve("turnpike", "between-us", hosts=("testserver",)) as linkedin:
        app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
        ours = {"secret": "between-us", "settings": {**app["settings"], "server_url": linkedin.url}}
        settings.SOCIALACCOUNT_PROVIDERS = {
            "openid_connect": {
                **settings.SOCIALACCOUNT_PROVIDERS["openid_connect"],
                "APPS": [{**app, **ours}],
            }
        }
        directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
        forms = [*directives["form-action"], linkedin.url]
        settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {**directives, "form-action": forms}}
        yield linkedin


@pytest.fixture
def breaking() -> Iterator[Callable[[type[Model]], None]]:
    """Lets the database fail at the next row of a model."""
    models: list[type[Model]] = []

    def fail(**kwargs: Any) -> None:
        raise RuntimeError("the disk is full")

    def break_at(model: type[Model]) -> None:
        models.append(model)
        pre_save.connect(fail, sender=model)

    yield break_at
    for model in models:
        pre_save.disconnect(fail, sender=model)


@pytest.fixture
def begin() -> Callable[..., str]:
    """Presses the button; returns the address at LinkedIn to which the browser is sent."""

    def press(client: Client, **form: str) -> str:
        answer = client.post(LOGIN, form)
        assert answer.status_code == 302, answer.content
        return answer.headers["Location"]

    return press


@pytest.fixture
def consent() -> Callable[..., str]:
    """Answers LinkedIn's question; returns the path with which the browser comes back."""

    def answer(url: str, **form: str) -> str:
        back = requests.post(url, data=form, allow_redirects=False).headers["Location"]
        parts = urlsplit(back)
        assert parts.path == CALLBACK
        return f"{parts.path}?{parts.query}"

    return answer


@pytest.fixture
def through_linkedin(
    linkedin: LinkedIn, begin: Callable[..., str], consent: Callable[..., str]
) -> Callable[..., HttpResponse]:
    """The whole way: button, consent, back. `person` is one of LinkedIn's personas, or a form for somebody else."""

    def go(client: Client, person: str = "", form: dict[str, str] | None = None, **ours: str) -> HttpResponse:
        said = form or ({"person": person} if person else {"cancel": "1"})
        return client.get(consent(begin(client, **ours), **said))

    return go


@pytest.fixture
def acting() -> Callable[[User], Client]:
    """A client signed in as somebody, whose forms bear their CSRF tokens, so to speak."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def owner(alice: User, acme: Organization) -> Membership:
    """Alice in Acme."""
    return acme.memberships.select_related("user", "organization").get(user=alice)


@pytest.fixture
def changes() -> Iterator[list[Organization]]:
    """The organizations whose members changed."""
    heard: list[Organization] = []

    def hear(organization: Organization, **kwargs: Any) -> None:
        heard.append(organization)

    signals.members_changed.connect(hear)
    yield heard
    signals.members_changed.disconnect(hear)


@pytest.fixture
def alice_has_verified(alice: User) -> User:
    """Alice as somebody who has signed in with a mailed code before."""
    EmailAddress.objects.create(user=alice, email=alice.email, verified=True, primary=True)
    return alice


def state_of(url: str) -> str:
    return parse_qs(urlsplit(url).query)["state"][0]


def is_signed_in(client: Client) -> bool:
    return client.get(reverse("account")).status_code == 200


def token_of(letter: Any) -> str:
    """The token in the link of an invitation's mail."""
    found = re.search(r"/invitations/([^/]+)/", letter.body)
    assert found, letter.body
    return found[1]


def shown(answer: Any, status: int = 200) -> str:
    """The page, if it has the status that is expected."""
    assert answer.status_code == status, answer.content
    return answer.content.decode()

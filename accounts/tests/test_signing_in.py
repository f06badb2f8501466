"""Where somebody comes back to who had to sign in first."""

from urllib.parse import quote

import pytest
from django.conf import settings
from django.shortcuts import resolve_url
from django.test import Client

pytestmark = pytest.mark.django_db

BUTTON = "/account/keys/new/"


def way_back(page: str) -> str:
    return f"{resolve_url(settings.LOGIN_URL)}?next={quote(page)}"


def test_a_page_that_was_opened_is_come_back_to(client: Client) -> None:
    assert client.get("/account/keys/?page=2")["Location"] == way_back("/account/keys/?page=2")


def test_of_a_button_the_page_it_stood_on_is_come_back_to(client: Client) -> None:
    """What the button called takes no GET: it answered with an empty page."""
    answer = client.post(BUTTON, headers={"referer": "http://testserver/account/keys/?page=2"})
    assert answer["Location"] == way_back("/account/keys/?page=2")


@pytest.mark.parametrize(
    "page",
    [
        "",
        "https://elsewhere.example/account/keys/",
        "http://testserver",
        "http://testserver//elsewhere.example/",
        "http://testserver.elsewhere.example/",
        "nonsense",
    ],
)
def test_a_button_of_no_page_of_ours_leads_home(client: Client, page: str) -> None:
    answer = client.post(BUTTON, headers={"referer": page} if page else {})
    assert answer["Location"] == way_back(resolve_url(settings.LOGIN_REDIRECT_URL))


@pytest.mark.parametrize("button", ["card", "resume", "check", "take-back", "confirm"])
def test_so_do_the_buttons_of_billing(client: Client, button: str) -> None:
    answer = client.post(f"/billing/{button}/", headers={"referer": "http://testserver/billing/"})
    assert answer["Location"] == way_back("/billing/")

"""A customer's hands in a real browser: the card form, the bank's dialog, the session."""

from typing import Any

from django.conf import settings
from django.test import Client

from accounts.models import User

FORM = "iframe[title='Secure payment input frame']"
DIALOG = "iframe[title='Secure 3-D Secure frame']"

WORKS = "4242424242424242"
DECLINED = "4000000000000002"
ASKS = "4000002500003155"


def sign_in(page: Any, live_server: Any, user: User) -> None:
    """Without the way through LinkedIn, which has tests of its own."""
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
    )


def type_card(page: Any, number: str) -> None:
    form = page.frame_locator(FORM)
    form.get_by_label("Card number").fill(number)
    form.get_by_label("Expiration date").fill("12 / 34")
    form.get_by_label("Security code").fill("123")
    form.get_by_label("ZIP code").fill("12345")


def pay(page: Any, number: str) -> None:
    type_card(page, number)
    page.get_by_role("button", name="Pay $").click()


def answer_bank(page: Any, answer: str) -> None:
    """`Complete` or `Fail` the authentication in the bank's dialog."""
    page.frame_locator(DIALOG).get_by_role("button", name=answer).click()

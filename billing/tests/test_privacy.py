"""What is kept and what is logged of a purchase: no keys, no cards, no mail addresses, no cookies."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client

from accounts.models import User
from billing.mirror import djstripe as copies
from billing.models import StripeSubscription

WORKS, DECLINED = "4242424242424242", "4000000000000002"
BUY = "/api/stripe/create-subscription/"


@pytest.fixture
def logged() -> Iterator[Callable[[], str]]:
    """All that the console would show, however unimportant."""
    root = logging.getLogger()
    text = io.StringIO()
    copy = logging.StreamHandler(text)
    copy.setFormatter(root.handlers[0].formatter)
    level = root.level
    root.addHandler(copy)
    root.setLevel(logging.DEBUG)
    yield text.getvalue
    root.setLevel(level)
    root.removeHandler(copy)


@pytest.fixture
def browser(catalogue: Any, charlie: User) -> Client:
    client = Client()
    client.force_login(charlie)
    return client


def live(browser: Client, catalogue: Any, card: Callable[..., str]) -> None:
    """A decline, a purchase, its events and one that fails, a change, an end; and forged events."""
    for number in (DECLINED, WORKS):
        browser.post(
            BUY, {"plan": "premium", "payment_method_id": card(number)}, content_type="application/json"
        )
    catalogue.deliver()
    for page in ("/billing/", "/pricing/", "/account/", "/nowhere/?email=charlie@outside.example"):
        browser.get(page)
    browser.post("/api/stripe/cancel-subscription/", {}, content_type="application/json")
    Client().post(
        "/api/stripe-webhooks/", b"{}", content_type="application/json", headers={"Stripe-Signature": "x"}
    )
    catalogue.deliver()
    copies.copy_waiting()
    assert StripeSubscription.objects.exists()


def secrets(browser: Client) -> dict[str, str]:
    return {
        "the secret key": settings.STRIPE_SECRET_KEY,
        "the webhook's secret": settings.STRIPE_WEBHOOK_SECRETS[0],
        "our secret key": settings.SECRET_KEY,
        "LinkedIn's secret": settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["secret"],
        "a card": WORKS,
        "a declined card": DECLINED,
        "the secret of an intent": "_secret_",
    }


def test_nothing_confidential_is_logged(
    browser: Client, catalogue: Any, card: Callable[..., str], logged: Callable[[], str]
) -> None:
    live(browser, catalogue, card)
    log = logged()
    assert "request_finished" in log
    assert "charlie@outside.example" not in log
    assert browser.cookies[settings.SESSION_COOKIE_NAME].value not in log
    assert [name for name, secret in secrets(browser).items() if secret in log] == []


def test_no_row_holds_a_key_a_card_or_a_cookie(
    browser: Client, catalogue: Any, card: Callable[..., str]
) -> None:
    live(browser, catalogue, card)
    found = []
    for model in apps.get_models():
        for row in model._default_manager.values():
            text = json.dumps(row, default=str)
            found += [
                f"{model._meta.label}: {name}" for name, secret in secrets(browser).items() if secret in text
            ]
            if (
                model._meta.label != "sessions.Session"
                and browser.cookies[settings.SESSION_COOKIE_NAME].value in text
            ):
                found.append(f"{model._meta.label}: a cookie")
    assert sorted(set(found)) == []

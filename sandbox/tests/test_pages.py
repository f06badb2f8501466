"""What all pages have in common: the notice, the headers, files, and escaping."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.routing import Response
from sandbox.testing import Stage

Ask = Callable[..., Response]
NOTICE = "Test double: this is not Stripe, no money moves."


@pytest.fixture
def urls(stage: Stage) -> list[str]:
    """One page of each kind."""
    price = stage.price()["id"]
    line = [{"price": price, "quantity": 1}]
    made = stage.client.v1.checkout.sessions.create(
        {"mode": "subscription", "line_items": line, "success_url": "http://shop.example/"}  # type: ignore[typeddict-item]
    )
    return [
        "/dashboard",
        "/dashboard/customers",
        "/dashboard/nothing",
        f"/c/pay/{made['id']}",
        "/c/pay/cs_test_none",
    ]


def test_every_page_says_that_it_is_a_test_double(ask: Ask, urls: list[str]) -> None:
    for url in urls:
        assert NOTICE in ask("GET", url).body.decode(), url


def test_pages_run_no_script_but_files_and_stand_in_no_frame(ask: Ask, urls: list[str]) -> None:
    for url in urls:
        policy = ask("GET", url).headers["Content-Security-Policy"]
        assert "script-src 'self';" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe-inline" not in policy


def test_pages_hold_no_inline_script_or_style(ask: Ask, urls: list[str]) -> None:
    for url in [*urls, "/js/elements/payment", "/js/elements/card", "/js/elements/address", "/js/controller"]:
        body = ask("GET", url).body.decode()
        assert not re.search(r"<script(?![^>]*src=)|<style| style=| on[a-z]+=", body), url


def test_what_customers_type_is_escaped_wherever_it_is_shown(ask: Ask, stage: Stage) -> None:
    evil = "<script>alert(1)</script>"
    customer = stage.customer(name=evil, description=evil, metadata={evil[:20]: evil})
    for url in ("/dashboard", "/dashboard/customers", f"/dashboard/customers/{customer['id']}"):
        body = ask("GET", url).body.decode()
        assert "<script>alert" not in body
        assert "&lt;script&gt;alert" in body


@pytest.mark.parametrize("path", ["/dahlia/stripe.js", "/clover/stripe.js", "/v3/", "/v3", "/v3/stripe.js"])
def test_stripe_js_is_served_where_stripe_has_it(ask: Ask, path: str) -> None:
    answer = ask("GET", path, key=None)
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert b"window.Stripe" in answer.body


@pytest.mark.parametrize(
    "path", ["/static/../keys.py", "/static/%2e%2e/keys.py", "/static/frames", "/static/none.css"]
)
def test_nothing_but_files_for_pages_is_served(ask: Ask, path: str) -> None:
    assert ask("GET", path, key=None).status == 404


def test_the_publishable_key_may_stand_among_the_fields(ask: Ask) -> None:
    body = (
        "key=pk_test_anything&type=card&card[number]=4242424242424242&card[exp_month]=12&card[exp_year]=2030"
    )
    assert ask("POST", "/v1/payment_methods", body, key=None).json["card"]["last4"] == "4242"


def test_a_wrong_key_among_the_fields_is_refused(ask: Ask) -> None:
    assert ask("POST", "/v1/payment_methods", "key=nonsense&type=card", key=None).status == 401


def test_the_authentication_page_opens_by_the_client_secret_only(ask: Ask, stage: Stage) -> None:
    made: Any = stage.client.v1.payment_intents.create(
        {
            "amount": 2000,
            "currency": "usd",
            "payment_method": "pm_card_threeDSecure2Required",
            "confirm": True,
            "return_url": "http://shop.example/back?order=1",
        }
    )
    url = made["next_action"]["redirect_to_url"]["url"].removeprefix(stage.sandbox.base_url)
    assert b"Complete authentication" in ask("GET", url).body
    assert b"nothing to authenticate" in ask("GET", f"/3d_secure/{made['id']}?client_secret=guess").body
    assert ask("POST", f"/3d_secure/{made['id']}", "client_secret=guess&outcome=complete").status == 404
    answer = ask("POST", url, "outcome=complete")
    assert answer.status == 303
    assert answer.headers["Location"].startswith("http://shop.example/back?order=1&payment_intent=pi_")
    assert answer.headers["Location"].endswith("&redirect_status=succeeded")

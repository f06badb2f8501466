"""Stripe.js in a real browser, on an application's page under a strict policy and at an origin of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.server import Server
from sandbox.testing import Stage
from sandbox.tests.shop import Shop

pytestmark = pytest.mark.browser

FRAME = "iframe[title='Secure payment input frame']"


@pytest.fixture
def shop(stage: Stage) -> Iterator[Shop]:
    with Server(stage.sandbox) as server, Shop(server.url) as shop:
        yield shop


@pytest.fixture
def till(page: Any, shop: Shop) -> Any:
    """The shop's page, open."""
    page.on("console", lambda message: message.type == "error" and page.complaints.append(message.text))
    page.goto(shop.url)
    return page


def mount(
    page: Any, options: dict[str, Any], kind: str = "payment", element: dict[str, Any] | None = None
) -> None:
    """Mount an Element, and note its events on the page."""
    page.evaluate(
        """([options, kind, element]) => {
            window.elements = stripe.elements(options);
            window.element = elements.create(kind, element ?? {});
            window.changes = [];
            element = window.element;
            element.on("change", (event) => window.changes.push(event));
            return new Promise((resolve) => {
                element.on("ready", resolve);
                element.on("loaderror", (event) => { window.loadError = event.error; resolve(); });
                element.mount("#payment");
            });
        }""",
        [options, kind, element],
    )


def type_card(page: Any, number: str = "4242424242424242", expiry: str = "12 / 34", cvc: str = "123") -> None:
    frame = page.frame_locator(FRAME)
    frame.locator("[name=number]").fill(number)
    frame.locator("[name=expiry]").fill(expiry)
    frame.locator("[name=cvc]").fill(cvc)
    frame.locator("[name=postalCode]").fill("94103")


DEFERRED = {"mode": "subscription", "amount": 2000, "currency": "usd"}


def test_a_card_typed_into_the_payment_element_becomes_a_payment_method(till: Any) -> None:
    mount(till, DEFERRED)
    type_card(till)
    made = till.evaluate(
        """async () => {
            await elements.submit();
            return stripe.createPaymentMethod({elements, params: {billing_details: {name: "Alice"}}});
        }"""
    )
    assert made["paymentMethod"]["card"]["last4"] == "4242"
    assert made["paymentMethod"]["billing_details"]["name"] == "Alice"
    assert made["paymentMethod"]["billing_details"]["address"]["postal_code"] == "94103"
    assert till.evaluate("changes.at(-1).complete") is True
    assert "4242 4242" not in till.content()
    assert not till.complaints

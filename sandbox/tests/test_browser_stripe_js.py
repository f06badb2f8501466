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


def intent(stage: Stage, **params: Any) -> Any:
    """A payment intent for a customer, as an application would make it."""
    customer = stage.customer()["id"]
    return stage.client.v1.payment_intents.create(
        {
            "amount": 2000,
            "currency": "usd",
            "customer": customer,
            "automatic_payment_methods": {"enabled": True},
            **params,
        }
    )


def confirm(page: Any, redirect: str = "if_required") -> Any:
    """Begin to confirm; the result lands in `window.result`."""
    page.evaluate(
        """(redirect) => {
            window.result = null;
            stripe.confirmPayment({elements, redirect, confirmParams: {return_url: location.origin + "/done?order=1"}})
                .then((result) => { window.result = result; document.body.dataset.done = "yes"; });
        }""",
        redirect,
    )


def result(page: Any) -> Any:
    page.locator("body[data-done=yes]").wait_for()
    return page.evaluate("window.result")


def test_a_payment_is_confirmed_on_the_page(till: Any, stage: Stage) -> None:
    made = intent(stage)
    mount(till, {"clientSecret": made["client_secret"]})
    type_card(till)
    confirm(till)
    assert result(till)["paymentIntent"]["status"] == "succeeded"
    assert stage.client.v1.payment_intents.retrieve(made["id"])["status"] == "succeeded"
    assert not till.complaints


def test_a_payment_is_confirmed_and_leads_to_the_return_url(till: Any, stage: Stage) -> None:
    made = intent(stage)
    mount(till, {"clientSecret": made["client_secret"]})
    type_card(till)
    confirm(till, redirect="always")
    till.wait_for_url("**/done?order=1&**")
    assert f"payment_intent={made['id']}" in till.url
    assert "redirect_status=succeeded" in till.url


def test_a_decline_is_the_errors_sentence_and_the_next_card_pays(till: Any, stage: Stage) -> None:
    mount(till, {"clientSecret": intent(stage)["client_secret"]})
    type_card(till, "4000000000009995")
    confirm(till)
    error = result(till)["error"]
    assert (error["type"], error["code"], error["decline_code"]) == (
        "card_error",
        "card_declined",
        "insufficient_funds",
    )
    assert error["message"] == "Your card has insufficient funds."
    assert error["payment_intent"]["status"] == "requires_payment_method"
    type_card(till)
    till.evaluate("document.body.dataset.done = ''")
    confirm(till)
    assert result(till)["paymentIntent"]["status"] == "succeeded"


def test_the_card_holder_completes_the_authentication(till: Any, stage: Stage) -> None:
    mount(till, {"clientSecret": intent(stage)["client_secret"]})
    type_card(till, "4000002500003155")
    confirm(till)
    till.frame_locator("iframe[title='Secure 3-D Secure frame']").get_by_text(
        "Complete authentication"
    ).click()
    assert result(till)["paymentIntent"]["status"] == "succeeded"
    assert till.locator("[role=dialog]").count() == 0
    assert not till.complaints


def test_the_card_holder_fails_the_authentication(till: Any, stage: Stage) -> None:
    mount(till, {"clientSecret": intent(stage)["client_secret"]})
    type_card(till, "4000002500003155")
    confirm(till)
    till.frame_locator("iframe[title='Secure 3-D Secure frame']").get_by_text("Fail authentication").click()
    error = result(till)["error"]
    assert error["code"] == "payment_intent_authentication_failure"
    assert "unable to authenticate your payment method" in error["message"]

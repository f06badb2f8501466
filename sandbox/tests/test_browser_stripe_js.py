"""Stripe.js in a real browser: payments, set-ups and refusals on an application's page under a strict policy."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from sandbox.testing import Stage
from sandbox.tests.shop import Shop
from sandbox.tests.stripe_js import DIALOG, FRAME, begin, confirm, intent, mount, result, type_card

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_payment_is_confirmed_on_the_page(till: Any, stage: Stage) -> None:
    made = intent(stage)
    mount(till, {"clientSecret": made["client_secret"]})
    type_card(till)
    confirm(till)
    assert result(till)["paymentIntent"]["status"] == "succeeded"
    assert stage.client.v1.payment_intents.retrieve(made["id"])["status"] == "succeeded"
    assert not till.complaints


def test_a_deferred_payment_is_confirmed_after_submit(till: Any, stage: Stage) -> None:
    mount(till, {"mode": "payment", "amount": 2000, "currency": "usd"})
    type_card(till)
    secret = intent(stage)["client_secret"]
    call = f'["confirmPayment", {{"elements": true, "clientSecret": "{secret}", "redirect": "if_required"}}]'
    refused = till.evaluate(
        "(s) => stripe.confirmPayment({elements, clientSecret: s, redirect: 'if_required'}).catch((e) => e.message)",
        secret,
    )
    assert refused == "elements.submit() must be called before stripe.confirmPayment()."
    till.evaluate("elements.submit()")
    confirm(till, call)
    assert result(till)["paymentIntent"]["status"] == "succeeded"


def test_a_payment_leads_to_the_return_url(till: Any, stage: Stage, shop: Shop) -> None:
    made = intent(stage)
    mount(till, {"clientSecret": made["client_secret"]})
    type_card(till)
    url = f"{shop.url}/done?order=1"
    confirm(till, f'["confirmPayment", {{"elements": true, "confirmParams": {{"return_url": "{url}"}}}}]')
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
    confirm(till)
    assert result(till)["paymentIntent"]["status"] == "succeeded"


def test_the_card_holder_completes_the_authentication(till: Any, stage: Stage) -> None:
    mount(till, {"clientSecret": intent(stage)["client_secret"]})
    type_card(till, "4000002500003155")
    confirm(till)
    till.frame_locator(DIALOG).get_by_text("Complete authentication").click()
    assert result(till)["paymentIntent"]["status"] == "succeeded"
    expect(till.locator("[role=dialog]")).to_have_count(0)
    assert not till.complaints


def test_the_card_holder_fails_the_authentication(till: Any, stage: Stage) -> None:
    mount(till, {"clientSecret": intent(stage)["client_secret"]})
    type_card(till, "4000002500003155")
    confirm(till)
    till.frame_locator(DIALOG).get_by_text("Fail authentication").click()
    error = result(till)["error"]
    assert error["code"] == "payment_intent_authentication_failure"
    assert "unable to authenticate your payment method" in error["message"]


def test_a_payment_that_the_server_began_is_authenticated_on_the_page(till: Any, stage: Stage) -> None:
    made = intent(stage, payment_method="pm_card_threeDSecure2Required", confirm=True, use_stripe_sdk=True)
    begin(till, f'["handleNextAction", {{"clientSecret": "{made["client_secret"]}"}}]')
    till.frame_locator(DIALOG).get_by_text("Complete authentication").click()
    assert result(till)["paymentIntent"]["status"] == "succeeded"
    begin(till, f'["retrievePaymentIntent", "{made["client_secret"]}"]')
    assert result(till)["paymentIntent"]["id"] == made["id"]


def test_a_bank_debit_is_under_way_for_days(till: Any, stage: Stage) -> None:
    made = intent(stage, payment_method_types=["card", "us_bank_account"])
    mount(till, {"clientSecret": made["client_secret"]})
    inside = till.frame_locator(FRAME)
    inside.get_by_label("US bank account").check()
    inside.get_by_label("Name on the account").fill("Alice")
    inside.get_by_label("Email").fill("alice@example.com")
    confirm(till)
    assert result(till)["paymentIntent"]["status"] == "processing"
    stage.advance(days=5)
    assert stage.client.v1.payment_intents.retrieve(made["id"])["status"] == "succeeded"


def test_a_card_is_set_up(till: Any, stage: Stage) -> None:
    made = stage.client.v1.setup_intents.create({"customer": stage.customer()["id"], "usage": "off_session"})
    mount(till, {"clientSecret": made["client_secret"]})
    expect(till.frame_locator(FRAME).locator("[data-terms]")).to_be_visible()
    type_card(till, "4000002500003155")
    confirm(till, '["confirmSetup", {"elements": true, "redirect": "if_required"}]')
    till.frame_locator(DIALOG).get_by_text("Complete authentication").click()
    assert result(till)["setupIntent"]["status"] == "succeeded"


# -- what is refused -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        ("Stripe('')", "Please call Stripe() with your publishable key. You used an empty string."),
        ("Stripe('sk_test_x')", "You should not use your secret key with Stripe.js"),
        ("Stripe('pk_live_x')", "test double of Stripe"),
        ("stripe.redirectToCheckout({})", "stripe.redirectToCheckout was removed"),
        ("stripe.createToken()", "The sandbox does not play stripe.createToken()"),
        ("stripe.elements().create('payment')", "you must pass a clientSecret or mode"),
        ("stripe.elements({mode: 'payment', currency: 'usd', amount: 1.5})", "amount must be an integer"),
        ("stripe.elements({clientSecret: 'x'})", "clientSecret should be a client secret"),
    ],
)
def test_mistakes_are_refused_with_a_sentence(till: Any, call: str, sentence: str) -> None:
    said = till.evaluate(
        f"() => {{ try {{ {call}; return ''; }} catch (error) {{ return error.message; }} }}"
    )
    assert sentence in said


def test_a_frame_answers_only_the_page_that_it_was_made_for(till: Any, shop: Shop, stage: Stage) -> None:
    """A page that claims another parent gets no answer out of a frame."""
    answered = till.evaluate(
        """async (origin) => {
            const frame = document.createElement("iframe");
            frame.src = origin + "/js/controller?parent=" + encodeURIComponent("https://shop.example");
            const heard = [];
            addEventListener("message", (m) => m.source === frame.contentWindow && heard.push(m.data));
            await new Promise((resolve) => { frame.onload = resolve; document.body.append(frame); });
            const value = {method: "GET", path: "/v1/account"};
            frame.contentWindow.postMessage({verb: "request", id: 1, value}, "*");
            await new Promise((resolve) => setTimeout(resolve, 300));
            return heard.length;
        }""",
        stage.sandbox.base_url,
    )
    assert answered == 0

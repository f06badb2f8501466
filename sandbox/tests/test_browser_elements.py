"""Elements in a real browser: what they format, check, tell and keep from the application's page."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from sandbox.testing import Stage
from sandbox.tests.stripe_js import DEFERRED, FRAME, confirm, intent, mount, result, type_card

pytestmark = [pytest.mark.browser, pytest.mark.slow]


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
    assert not till.complaints


def test_card_numbers_never_reach_the_applications_page(till: Any) -> None:
    till.evaluate("window.heard = []; addEventListener('message', (m) => heard.push(JSON.stringify(m.data)))")
    mount(till, DEFERRED)
    type_card(till)
    made = till.evaluate("elements.submit().then(() => stripe.createPaymentMethod({elements}))")
    heard = "".join(till.evaluate("window.heard"))
    assert made["paymentMethod"]["id"] in heard
    assert "42424242" not in heard.replace(" ", "")
    assert "4242 4242" not in till.content()


def test_numbers_are_grouped_and_dates_get_their_slash_while_one_types(till: Any) -> None:
    mount(till, DEFERRED)
    inside = till.frame_locator(FRAME)
    inside.locator("[name=number]").press_sequentially("378282246310005")
    inside.locator("[name=expiry]").press_sequentially("434")
    inside.locator("[name=cvc]").press_sequentially("12345")
    assert inside.locator("[name=number]").input_value() == "3782 822463 10005"
    assert inside.locator("[name=expiry]").input_value() == "04 / 34"
    assert inside.locator("[name=cvc]").input_value() == "1234"
    expect(inside.locator("[data-brand]")).to_have_text("American Express", use_inner_text=True)


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("number", "4242424242424241", "Your card number is invalid."),
        ("expiry", "1226", "Your card's expiration year is in the past."),
        ("expiry", "1330", "Your card's expiration date is invalid."),
    ],
)
def test_what_is_wrong_is_said_while_one_types(till: Any, field: str, typed: str, sentence: str) -> None:
    mount(till, DEFERRED)
    inside = till.frame_locator(FRAME)
    inside.locator(f"[name={field}]").press_sequentially(typed)
    expect(inside.locator(f"[data-error={field}]")).to_have_text(sentence, use_inner_text=True)
    assert till.evaluate("changes.at(-1).complete") is False


def test_a_moved_clock_makes_a_card_expire(till: Any, stage: Stage) -> None:
    stage.advance(days=366 * 2)
    mount(till, DEFERRED)
    inside = till.frame_locator(FRAME)
    inside.locator("[name=expiry]").press_sequentially("1228")
    expect(inside.locator("[data-error=expiry]")).to_have_text(
        "Your card's expiration year is in the past.", use_inner_text=True
    )


def test_an_unfinished_card_is_refused_with_stripes_sentence_before_anything_is_sent(
    till: Any, stage: Stage
) -> None:
    mount(till, DEFERRED)
    till.frame_locator(FRAME).locator("[name=number]").fill("4242")
    error = till.evaluate("elements.submit()")["error"]
    assert error == {
        "type": "validation_error",
        "code": "incomplete_number",
        "message": "Your card number is incomplete.",
    }
    assert not stage.sandbox.store.kinds.get("payment_method")


def test_a_test_card_can_be_chosen(till: Any) -> None:
    mount(till, DEFERRED)
    inside = till.frame_locator(FRAME)
    inside.locator("summary").click()
    inside.get_by_role("button", name="Insufficient funds").click()
    assert inside.locator("[name=number]").input_value() == "4000 0000 0000 9995"
    assert till.evaluate("changes.at(-1).complete") is True


def test_an_intent_that_is_over_cannot_be_paid_again(till: Any, stage: Stage) -> None:
    made = intent(stage, payment_method="pm_card_visa", confirm=True, return_url="http://shop.example/")
    mount(till, {"clientSecret": made["client_secret"]})
    assert "terminal state" in till.evaluate("window.loadError.message")


def test_the_application_gives_the_frame_its_colours(till: Any) -> None:
    mount(
        till, DEFERRED | {"appearance": {"variables": {"colorBackground": "#102030", "borderRadius": "11px"}}}
    )
    style = "(input) => [getComputedStyle(input).backgroundColor, getComputedStyle(input).borderRadius]"
    number = till.frame_locator(FRAME).locator("[name=number]")
    assert number.evaluate(style) == ["rgb(16, 32, 48)", "11px"]


def test_an_element_can_be_destroyed_and_made_again(till: Any) -> None:
    mount(till, DEFERRED)
    till.evaluate("element.destroy()")
    expect(till.locator(FRAME)).to_have_count(0)
    mount(till, DEFERRED)
    expect(till.locator(FRAME)).to_have_count(1)


def test_the_card_element_pays_in_one_line(till: Any, stage: Stage) -> None:
    mount(till, {}, "card")
    frame = "iframe[title='Secure card payment input frame']"
    assert till.locator(frame).bounding_box()["height"] > 30
    type_card(till, frame=frame)
    last = till.evaluate("changes.at(-1)")
    assert (last["brand"], last["complete"], last["value"]) == ("visa", True, {"postalCode": "94103"})
    secret = intent(stage)["client_secret"]
    paid = till.evaluate(
        """(secret) => stripe.confirmCardPayment(secret, {
            payment_method: {card: element, billing_details: {name: "Alice"}},
        })""",
        secret,
    )
    assert paid["paymentIntent"]["status"] == "succeeded"


def test_the_card_elements_change_carries_what_is_wrong(till: Any) -> None:
    mount(till, {}, "card")
    inside = till.frame_locator("iframe[title='Secure card payment input frame']")
    inside.locator("[name=number]").fill("4242424242424241")
    assert till.evaluate("changes.at(-1).error.code") == "invalid_number"
    expect(till.locator("#payment.StripeElement--invalid")).to_have_count(1)


def test_the_address_element_fills_the_billing_details(till: Any, stage: Stage) -> None:
    mount(till, {"clientSecret": intent(stage)["client_secret"]})
    mount(till, {}, "address", {"mode": "billing"})
    inside = till.frame_locator("iframe[title='Secure address input frame']")
    for name, value in {
        "name": "Alice",
        "line1": "1 Main Street",
        "city": "Springfield",
        "postal_code": "62701",
    }.items():
        inside.locator(f"[name={name}]").fill(value)
    assert till.evaluate("changes.at(-1).complete") is True
    type_card(till)
    confirm(till)
    paid = result(till)["paymentIntent"]
    method = stage.client.v1.payment_methods.retrieve(paid["payment_method"])
    assert method["billing_details"]["name"] == "Alice"
    assert method["billing_details"]["address"]["city"] == "Springfield"

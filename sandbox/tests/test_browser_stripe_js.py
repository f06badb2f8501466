"""Stripe.js in a real browser: Elements, payments and set-ups on an application's page under a strict policy."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.testing import Stage
from sandbox.tests.shop import Shop

pytestmark = pytest.mark.browser

FRAME = "iframe[title='Secure payment input frame']"
DIALOG = "iframe[title='Secure 3-D Secure frame']"
DEFERRED = {"mode": "subscription", "amount": 2000, "currency": "usd"}


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
        """([options, kind, given]) => {
            window.elements ??= stripe.elements(options);
            const element = elements.create(kind, given ?? {});
            window.element = element;
            window.changes = [];
            element.on("change", (event) => window.changes.push(event));
            return new Promise((resolve) => {
                element.on("ready", resolve);
                element.on("loaderror", (event) => { window.loadError = event.error; resolve(); });
                element.mount(kind === "address" ? "#address" : "#payment");
            });
        }""",
        [options, kind, element],
    )


def type_card(
    page: Any, number: str = "4242424242424242", expiry: str = "12 / 34", cvc: str = "123", frame: str = FRAME
) -> None:
    inside = page.frame_locator(frame)
    inside.locator("[name=number]").fill(number)
    inside.locator("[name=expiry]").fill(expiry)
    inside.locator("[name=cvc]").fill(cvc)
    inside.locator("[name=postalCode]").fill("94103")


def intent(stage: Stage, **params: Any) -> Any:
    """A payment intent for a customer, as an application would make it."""
    customer = stage.customer()["id"]
    return stage.client.v1.payment_intents.create(
        {"amount": 2000, "currency": "usd", "customer": customer, **params}  # type: ignore[typeddict-item]
    )


def begin(page: Any, call: str) -> None:
    """Begin a call of Stripe.js; what it comes to lands in `window.result`."""
    page.evaluate(
        """(call) => {
            document.body.dataset.done = "";
            const [name, ...rest] = JSON.parse(call);
            const given = rest.map((one) => (one?.elements ? {...one, elements} : one));
            stripe[name](...given).then((result) => {
                window.result = result;
                document.body.dataset.done = "yes";
            });
        }""",
        call,
    )


def confirm(
    page: Any, call: str = '["confirmPayment", {"elements": true, "redirect": "if_required"}]'
) -> None:
    begin(page, call)


def result(page: Any) -> Any:
    page.locator("body[data-done=yes]").wait_for()
    return page.evaluate("window.result")


# -- the Payment Element -------------------------------------------------------------------------------------------


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
    assert inside.locator("[data-brand]").inner_text() == "American Express"


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
    assert inside.locator(f"[data-error={field}]").inner_text() == sentence
    assert till.evaluate("changes.at(-1).complete") is False


def test_a_moved_clock_makes_a_card_expire(till: Any, stage: Stage) -> None:
    stage.advance(days=366 * 2)
    mount(till, DEFERRED)
    inside = till.frame_locator(FRAME)
    inside.locator("[name=expiry]").press_sequentially("1228")
    assert inside.locator("[data-error=expiry]").inner_text() == "Your card's expiration year is in the past."


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
    assert till.locator(FRAME).count() == 0
    mount(till, DEFERRED)
    assert till.locator(FRAME).count() == 1


# -- paying --------------------------------------------------------------------------------------------------------


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
    assert till.locator("[role=dialog]").count() == 0
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
    assert till.frame_locator(FRAME).locator("[data-terms]").is_visible()
    type_card(till, "4000002500003155")
    confirm(till, '["confirmSetup", {"elements": true, "redirect": "if_required"}]')
    till.frame_locator(DIALOG).get_by_text("Complete authentication").click()
    assert result(till)["setupIntent"]["status"] == "succeeded"


# -- the other Elements --------------------------------------------------------------------------------------------


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
    assert till.locator("#payment.StripeElement--invalid").count() == 1


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

"""Payment intents beyond their states: limits, who may pay, authentication, what a decline says."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from sandbox.objects import authentication
from sandbox.testing import PUBLISHABLE_KEY, Stage

CARD = {"amount": 2000, "currency": "usd", "payment_method_types": ["card"]}


def pay(v1: Any, method: str = "pm_card_visa", **params: Any) -> Any:
    return v1.payment_intents.create({**CARD, "payment_method": method, "confirm": True, **params})


def answer(stage: Stage, intent: str, passed: bool = True) -> None:
    kind = "payment_intent" if intent.startswith("pi_") else "setup_intent"
    with stage.sandbox.work() as world:
        authentication.authenticate(world, world.get(kind, intent), passed)


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        (0, "usd", "parameter_invalid_integer"),
        (49, "usd", "amount_too_small"),
        (49, "jpy", "amount_too_small"),
        (29, "gbp", "amount_too_small"),
        (100_000_000, "usd", "amount_too_large"),
    ],
)
def test_amounts_have_limits_per_currency(v1: Any, amount: int, currency: str, code: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        v1.payment_intents.create({"amount": amount, "currency": currency})
    assert (caught.value.code, caught.value.param) == (code, "amount")


def test_the_smallest_and_largest_amounts_are_taken(v1: Any) -> None:
    for amount, currency in ((50, "usd"), (50, "jpy"), (99_999_999, "usd")):
        assert v1.payment_intents.create({"amount": amount, "currency": currency})["amount"] == amount


def test_a_decline_answers_402_and_shows_intent_charge_and_method(v1: Any) -> None:
    with pytest.raises(stripe.CardError) as caught:
        pay(v1, "pm_card_visa_chargeDeclinedInsufficientFunds")
    error = caught.value.json_body["error"]
    assert caught.value.http_status == 402
    assert (error["type"], error["code"], error["decline_code"]) == (
        "card_error",
        "card_declined",
        "insufficient_funds",
    )
    assert error["payment_intent"]["status"] == "requires_payment_method"
    assert error["payment_intent"]["latest_charge"] == error["charge"]
    assert error["payment_method"]["card"]["last4"] == "9995"
    charge = v1.charges.retrieve(error["charge"])
    assert (charge["status"], charge["paid"], charge["failure_code"]) == ("failed", False, "card_declined")
    assert charge["outcome"]["reason"] == "insufficient_funds"


def test_a_card_that_radar_blocks_never_reaches_the_network(v1: Any) -> None:
    with pytest.raises(stripe.CardError) as caught:
        pay(v1, "pm_card_radarBlock")
    charge = v1.charges.retrieve(caught.value.json_body["error"]["charge"])
    assert (charge["outcome"]["type"], charge["outcome"]["network_status"]) == (
        "blocked",
        "not_sent_to_network",
    )


def test_the_browser_confirms_with_the_client_secret(stage: Stage, v1: Any) -> None:
    intent = v1.payment_intents.create(CARD)
    browser = stage.connect(PUBLISHABLE_KEY).v1
    card = {"number": "5555555555554444", "exp_month": 1, "exp_year": 2029, "cvc": "123"}
    method = browser.payment_methods.create({"type": "card", "card": card})
    secret = {"client_secret": intent["client_secret"]}
    confirmed = browser.payment_intents.confirm(intent["id"], {**secret, "payment_method": method["id"]})
    assert confirmed["status"] == "succeeded"
    assert browser.payment_intents.retrieve(intent["id"], secret)["status"] == "succeeded"


@pytest.mark.parametrize("secret", [{}, {"client_secret": "pi_x_secret_y"}])
def test_without_the_secret_the_browser_sees_nothing(stage: Stage, v1: Any, secret: Any) -> None:
    intent = v1.payment_intents.create(CARD)
    with pytest.raises(stripe.InvalidRequestError):
        stage.connect(PUBLISHABLE_KEY).v1.payment_intents.retrieve(intent["id"], secret)


def test_the_browser_sees_nothing_of_the_customer_or_the_metadata(stage: Stage, v1: Any) -> None:
    intent = v1.payment_intents.create(
        {**CARD, "customer": stage.customer()["id"], "metadata": {"order": "7"}}
    )
    browser = stage.connect(PUBLISHABLE_KEY).v1.payment_intents
    seen = browser.retrieve(intent["id"], {"client_secret": intent["client_secret"]}).to_dict()
    assert seen["amount"] == 2000
    assert not {"customer", "metadata", "latest_charge"} & seen.keys()


def test_the_browser_may_not_create_capture_or_cancel(stage: Stage, v1: Any) -> None:
    intent = v1.payment_intents.create(CARD)
    browser = stage.connect(PUBLISHABLE_KEY).v1.payment_intents
    for call in (lambda: browser.create(CARD), lambda: browser.cancel(intent["id"])):
        with pytest.raises(stripe.PermissionError):
            call()


def test_a_server_names_a_return_url_or_refuses_redirects(v1: Any) -> None:
    params = {"amount": 2000, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True}
    with pytest.raises(stripe.InvalidRequestError, match="return_url"):
        v1.payment_intents.create(params)
    never = {"automatic_payment_methods": {"enabled": True, "allow_redirects": "never"}}
    for extra in (never, {"return_url": "https://shop.example/back"}):
        assert v1.payment_intents.create({**params, **extra})["status"] == "succeeded"


def test_authentication_is_by_stripe_js_or_by_redirect(v1: Any) -> None:
    by_script = pay(v1, "pm_card_threeDSecure2Required")
    by_page = pay(v1, "pm_card_threeDSecure2Required", return_url="https://shop.example/back")
    assert by_script["next_action"]["type"] == "use_stripe_sdk"
    action = by_page["next_action"]["redirect_to_url"]
    assert action["return_url"] == "https://shop.example/back"
    assert action["url"].startswith("http://localhost/")


def test_a_failed_authentication_is_told_on_the_intent(stage: Stage, v1: Any) -> None:
    intent = pay(v1, "pm_card_authenticationRequired")
    answer(stage, intent["id"], passed=False)
    error = v1.payment_intents.retrieve(intent["id"])["last_payment_error"]
    assert error["code"] == "payment_intent_authentication_failure"
    assert error["payment_method"]["card"]["last4"] == "3184"


def test_asking_for_three_d_secure_makes_optional_cards_authenticate(v1: Any) -> None:
    options = {"payment_method_options": {"card": {"request_three_d_secure": "any"}}}
    assert pay(v1, "pm_card_threeDSecureOptional")["status"] == "succeeded"
    assert pay(v1, "pm_card_threeDSecureOptional", **options)["status"] == "requires_action"
    assert pay(v1, "pm_card_visa", **options)["status"] == "succeeded"


def test_error_on_requires_action_declines_instead(v1: Any) -> None:
    with pytest.raises(stripe.CardError) as caught:
        pay(v1, "pm_card_threeDSecure2Required", error_on_requires_action=True)
    assert caught.value.code == "authentication_required"


def test_a_card_authenticated_once_is_charged_off_session_without_its_holder(stage: Stage, v1: Any) -> None:
    customer = stage.customer()["id"]
    first = pay(
        v1, "pm_card_authenticationRequiredOnSetup", customer=customer, setup_future_usage="off_session"
    )
    assert first["status"] == "requires_action"
    answer(stage, first["id"])
    method = v1.payment_methods.list({"customer": customer}).data[0]["id"]
    assert pay(v1, method, customer=customer, off_session=True)["status"] == "succeeded"
    assert pay(v1, method, customer=customer)["status"] == "requires_action"


def test_a_card_that_always_authenticates_is_declined_off_session(stage: Stage, v1: Any) -> None:
    customer = stage.customer()["id"]
    method = v1.payment_methods.attach("pm_card_authenticationRequired", {"customer": customer})["id"]
    with pytest.raises(stripe.CardError) as caught:
        pay(v1, method, customer=customer, off_session=True)
    error = caught.value.json_body["error"]
    assert (error["code"], error["decline_code"]) == ("authentication_required", "authentication_required")
    assert "requires authentication" in error["message"]


def test_with_manual_confirmation_the_server_has_the_last_word(stage: Stage, v1: Any) -> None:
    intent = pay(v1, "pm_card_threeDSecure2Required", confirmation_method="manual", use_stripe_sdk=True)
    answer(stage, intent["id"])
    assert v1.payment_intents.retrieve(intent["id"])["status"] == "requires_confirmation"
    assert v1.payment_intents.confirm(intent["id"])["status"] == "succeeded"


def test_setup_future_usage_keeps_the_card_with_the_customer(stage: Stage, v1: Any) -> None:
    customer = stage.customer()["id"]
    kept = pay(v1, customer=customer, setup_future_usage="off_session")
    assert v1.payment_methods.retrieve(kept["payment_method"])["customer"] == customer


def test_a_card_paid_with_and_not_kept_is_used_up(v1: Any) -> None:
    intent = pay(v1)
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        pay(v1, intent["payment_method"])


def test_a_customers_card_is_for_that_customer_only(stage: Stage, v1: Any) -> None:
    method = v1.payment_methods.attach("pm_card_visa", {"customer": stage.customer()["id"]})["id"]
    with pytest.raises(stripe.InvalidRequestError, match="must provide the customer"):
        pay(v1, method)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        pay(v1, method, customer=stage.customer("bob@example.com")["id"])
    assert (caught.value.code, caught.value.param) == ("resource_missing", "payment_method")


def test_a_type_that_the_intent_does_not_allow_is_refused(v1: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="not allowed for this PaymentIntent"):
        pay(v1, "pm_usBankAccount")


def test_a_change_of_amount_counts_until_it_is_paid(v1: Any) -> None:
    intent = v1.payment_intents.create(CARD)
    v1.payment_intents.update(intent["id"], {"amount": 2500, "metadata": {"order": "7"}})
    assert (
        v1.payment_intents.confirm(intent["id"], {"payment_method": "pm_card_visa"})["amount_received"]
        == 2500
    )
    with pytest.raises(stripe.InvalidRequestError, match="could not be updated"):
        v1.payment_intents.update(intent["id"], {"amount": 9000})
    assert v1.payment_intents.update(intent["id"], {"metadata": {"order": "8"}})["metadata"]["order"] == "8"


def test_a_capture_in_part_gives_the_rest_back(v1: Any) -> None:
    intent = pay(v1, capture_method="manual")
    v1.payment_intents.capture(intent["id"], {"amount_to_capture": 750})
    charge = v1.charges.retrieve(intent["latest_charge"], {"expand": ["balance_transaction"]})
    assert (charge["amount_captured"], charge["amount_refunded"], charge["refunded"]) == (750, 1250, False)
    assert charge["balance_transaction"]["amount"] == 750
    assert v1.refunds.create({"charge": charge["id"]})["amount"] == 750


def test_an_older_integration_captures_the_charge(v1: Any) -> None:
    intent = pay(v1, capture_method="manual")
    v1.charges.capture(intent["latest_charge"])
    assert v1.payment_intents.retrieve(intent["id"])["status"] == "succeeded"


def test_the_same_idempotency_key_gives_the_same_decline(v1: Any) -> None:
    seen = []
    for _ in range(2):
        with pytest.raises(stripe.CardError) as caught:
            v1.payment_intents.create(
                {**CARD, "payment_method": "pm_card_chargeDeclined", "confirm": True},
                {"idempotency_key": "once"},
            )
        seen.append(caught.value.json_body["error"]["charge"])
    assert seen[0] == seen[1]
    assert len(v1.charges.list().data) == 1


def test_the_events_of_a_payment_carry_the_request(v1: Any) -> None:
    intent = v1.payment_intents.create(
        {**CARD, "payment_method": "pm_card_visa", "confirm": True}, {"idempotency_key": "k"}
    )
    events = v1.events.list({"types": ["payment_intent.succeeded", "charge.succeeded"]}).data
    assert {event["request"]["idempotency_key"] for event in events} == {"k"}
    assert events[0]["data"]["object"]["id"] == intent["id"]
    late = v1.events.list({"type": "charge.updated"}).data[0]
    assert late["data"]["previous_attributes"].to_dict() == {"balance_transaction": None}


def test_connect_is_not_played(v1: Any) -> None:
    with pytest.raises(stripe.APIError, match="The sandbox does not do this: `transfer_data`"):
        v1.payment_intents.create({**CARD, "transfer_data": {"destination": "acct_1"}})


def test_a_customer_on_a_test_clock_pays_in_its_time(stage: Stage, v1: Any) -> None:
    clock = v1.test_helpers.test_clocks.create({"frozen_time": stage.now + 1000})
    intent = pay(v1, customer=stage.customer(test_clock=clock["id"])["id"])
    assert intent["created"] == stage.now + 1000
    assert v1.charges.retrieve(intent["latest_charge"])["created"] == stage.now + 1000

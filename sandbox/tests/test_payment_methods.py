"""Payment methods: made by Stripe.js or from test names, attached, changed, detached."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from sandbox.objects import cards
from sandbox.testing import PUBLISHABLE_KEY, Stage

GOOD = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2030, "cvc": "123"}


@pytest.fixture
def browser(stage: Stage) -> Any:
    """Stripe.js: a client with the publishable key."""
    return stage.connect(PUBLISHABLE_KEY).v1


def type_card(browser: Any, **changes: Any) -> Any:
    return browser.payment_methods.create({"type": "card", "card": GOOD | changes})


def test_a_card_from_the_browser_shows_brand_end_and_date_only(browser: Any) -> None:
    method = type_card(browser)
    card = method["card"]
    assert (card["brand"], card["last4"], card["exp_month"], card["exp_year"]) == ("visa", "4242", 12, 2030)
    assert method["customer"] is None
    assert "number" not in str(method)


def test_card_numbers_are_refused_from_a_server(v1: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="generally unsafe"):
        v1.payment_methods.create({"type": "card", "card": GOOD})


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"number": "4242424242424241"}, "incorrect_number"),
        ({"number": "4111111111111111"}, "card_declined"),
        ({"exp_month": 13}, "invalid_expiry_month"),
        ({"exp_year": 2026}, "invalid_expiry_year"),
        ({"cvc": "12"}, "invalid_cvc"),
    ],
)
def test_what_cannot_be_a_test_card_is_refused_as_stripe_does(browser: Any, changes: Any, code: str) -> None:
    with pytest.raises(stripe.CardError) as caught:
        type_card(browser, **changes)
    assert caught.value.code == code


@pytest.mark.parametrize("name", sorted(cards.BY_NAME))
def test_every_test_name_makes_a_card_of_its_number(v1: Any, name: str) -> None:
    method = v1.payment_methods.create({"type": "card", "card": {"token": f"tok_{name}"}})
    assert method["card"]["last4"] == cards.BY_NAME[name].last4
    assert (
        method["card"]["fingerprint"] == v1.payment_methods.retrieve(f"pm_card_{name}")["card"]["fingerprint"]
    )


@pytest.mark.parametrize("number", sorted(cards.BY_NUMBER))
def test_every_test_number_has_its_check_digit(browser: Any, number: str) -> None:
    cvc = "1234" if cards.BY_NUMBER[number].brand == "amex" else "123"
    assert type_card(browser, number=number, cvc=cvc)["card"]["brand"] == cards.BY_NUMBER[number].brand


def test_attaching_checks_the_card_and_tells_of_it(stage: Stage, v1: Any) -> None:
    customer = stage.customer()
    method = v1.payment_methods.attach("pm_card_visa", {"customer": customer["id"]})
    assert method["customer"] == customer["id"]
    assert method["card"]["checks"]["cvc_check"] == "pass"
    assert stage.event_types()[-1] == "payment_method.attached"
    assert [m["id"] for m in v1.customers.payment_methods.list(customer["id"]).data] == [method["id"]]


@pytest.mark.parametrize(
    ("name", "code", "reason", "sentence"),
    [
        ("visa_chargeDeclined", "card_declined", "generic_decline", "Your card was declined."),
        (
            "visa_chargeDeclinedInsufficientFunds",
            "card_declined",
            "insufficient_funds",
            "Your card has insufficient funds.",
        ),
        ("visa_chargeDeclinedLostCard", "card_declined", "lost_card", "Your card was declined."),
        ("visa_chargeDeclinedStolenCard", "card_declined", "stolen_card", "Your card was declined."),
        ("chargeDeclinedExpiredCard", "expired_card", None, "Your card has expired."),
        ("chargeDeclinedIncorrectCvc", "incorrect_cvc", None, "Your card's security code is incorrect."),
        (
            "chargeDeclinedProcessingError",
            "processing_error",
            None,
            "An error occurred while processing your card. Try again in a little bit.",
        ),
    ],
)
def test_a_card_that_is_declined_cannot_be_attached(
    stage: Stage, v1: Any, name: str, code: str, reason: str | None, sentence: str
) -> None:
    with pytest.raises(stripe.CardError) as caught:
        v1.payment_methods.attach(f"pm_card_{name}", {"customer": stage.customer()["id"]})
    error = caught.value
    assert (error.code, error.user_message, error.http_status) == (code, sentence, 402)
    assert error.json_body["error"].get("decline_code") == reason


def test_the_card_that_fails_later_can_be_attached(stage: Stage, v1: Any) -> None:
    customer = stage.customer()
    method = v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": customer["id"]})
    with pytest.raises(stripe.CardError, match="declined"):
        v1.payment_intents.create(
            {
                "amount": 2000,
                "currency": "usd",
                "customer": customer["id"],
                "payment_method": method["id"],
                "off_session": True,
                "confirm": True,
            }
        )


def test_a_detached_card_is_nobodys_default_and_never_comes_back(stage: Stage, v1: Any) -> None:
    customer = stage.customer()
    method = v1.payment_methods.attach("pm_card_visa", {"customer": customer["id"]})
    v1.customers.update(customer["id"], {"invoice_settings": {"default_payment_method": method["id"]}})
    assert v1.payment_methods.detach(method["id"])["customer"] is None
    assert v1.customers.retrieve(customer["id"])["invoice_settings"]["default_payment_method"] is None
    assert stage.event_types()[-2:] == ["payment_method.detached", "customer.updated"]
    event = v1.events.list({"type": "payment_method.detached"}).data[0]
    assert event["data"]["previous_attributes"].to_dict() == {"customer": customer["id"]}
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        v1.payment_methods.attach(method["id"], {"customer": customer["id"]})


def test_an_attached_card_takes_a_new_date_and_address(stage: Stage, v1: Any) -> None:
    method = v1.payment_methods.attach("pm_card_visa", {"customer": stage.customer()["id"]})
    changed = v1.payment_methods.update(
        method["id"],
        {
            "card": {"exp_month": 6, "exp_year": 2031},
            "billing_details": {"address": {"postal_code": "10001"}},
        },
    )
    assert (changed["card"]["exp_year"], changed["billing_details"]["address"]["postal_code"]) == (
        2031,
        "10001",
    )
    event = v1.events.list({"type": "payment_method.updated"}).data[0]
    assert event["data"]["previous_attributes"]["card"]["exp_year"] == 2028


def test_another_customers_card_is_not_shown_as_ones_own(stage: Stage, v1: Any) -> None:
    method = v1.payment_methods.attach("pm_card_visa", {"customer": stage.customer()["id"]})
    with pytest.raises(stripe.InvalidRequestError):
        v1.customers.payment_methods.retrieve(stage.customer("bob@example.com")["id"], method["id"])


def test_test_bank_accounts_only(v1: Any) -> None:
    account = {
        "account_number": "000123456789",
        "routing_number": "110000000",
        "account_holder_type": "individual",
    }
    method = v1.payment_methods.create({"type": "us_bank_account", "us_bank_account": account})
    assert method["us_bank_account"]["last4"] == "6789"
    account["account_number"] = "1234567"
    with pytest.raises(stripe.InvalidRequestError) as caught:
        v1.payment_methods.create({"type": "us_bank_account", "us_bank_account": account})
    assert caught.value.code == "account_number_invalid"


def test_kinds_of_payment_that_the_sandbox_lacks_are_named(v1: Any) -> None:
    with pytest.raises(stripe.APIError, match="payment methods of the type paypal"):
        v1.payment_methods.create({"type": "paypal", "paypal": {}})


def test_a_customer_can_come_with_a_card_and_it_as_default(stage: Stage, v1: Any) -> None:
    settings = {"default_payment_method": "pm_card_visa"}
    customer = v1.customers.create({"payment_method": "pm_card_visa", "invoice_settings": settings})
    method = v1.payment_methods.list({"customer": customer["id"]}).data[0]["id"]
    assert customer["invoice_settings"]["default_payment_method"] == method
    assert stage.event_types() == ["customer.created", "payment_method.attached"]


def test_a_customer_cannot_come_with_a_declined_card(stage: Stage, v1: Any) -> None:
    with pytest.raises(stripe.CardError):
        v1.customers.create({"payment_method": "pm_card_visa_chargeDeclined"})
    assert v1.customers.list().data == []


def test_a_deleted_customers_cards_are_gone_for_good(stage: Stage, v1: Any) -> None:
    customer = stage.customer()["id"]
    method = v1.payment_methods.attach("pm_card_visa", {"customer": customer})["id"]
    v1.customers.delete(customer)
    assert v1.payment_methods.retrieve(method)["customer"] is None
    assert stage.event_types()[-2:] == ["payment_method.detached", "customer.deleted"]
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        v1.payment_methods.attach(method, {"customer": stage.customer()["id"]})


def test_a_method_that_does_not_exist_is_called_by_stripes_name(v1: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="No such PaymentMethod: 'pm_none'"):
        v1.payment_methods.retrieve("pm_none")

"""Setup intents beyond their states."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from sandbox.testing import PUBLISHABLE_KEY, Stage
from sandbox.tests.test_payment_intents import answer, pay


def test_the_browser_sets_a_card_up_with_the_secret(stage: Stage, v1: Any) -> None:
    customer = stage.customer()["id"]
    intent = v1.setup_intents.create({"customer": customer})
    browser = stage.connect(PUBLISHABLE_KEY).v1
    card = {"number": "4242424242424242", "exp_month": 1, "exp_year": 2029, "cvc": "123"}
    method = browser.payment_methods.create({"type": "card", "card": card})
    done = browser.setup_intents.confirm(
        intent["id"], {"client_secret": intent["client_secret"], "payment_method": method["id"]}
    )
    assert done["status"] == "succeeded"
    assert [m["id"] for m in v1.payment_methods.list({"customer": customer}).data] == [method["id"]]


def test_a_secret_that_has_been_used_sets_no_other_card_up(stage: Stage, v1: Any) -> None:
    customer = stage.customer()["id"]
    intent = v1.setup_intents.create({"customer": customer, "payment_method_types": ["card"]})
    browser, secret = stage.connect(PUBLISHABLE_KEY).v1, intent["client_secret"]
    browser.setup_intents.confirm(intent["id"], {"client_secret": secret, "payment_method": "pm_card_visa"})
    known = [method["id"] for method in v1.payment_methods.list({"customer": customer}).data]
    for again in ({}, {"payment_method": "pm_card_mastercard"}):
        with pytest.raises(stripe.InvalidRequestError, match="because it has already succeeded") as caught:
            browser.setup_intents.confirm(intent["id"], {"client_secret": secret, **again})
        assert caught.value.code == "setup_intent_unexpected_state"
        assert caught.value.error.setup_intent.status == "succeeded"
    assert [method["id"] for method in v1.payment_methods.list({"customer": customer}).data] == known


def test_a_card_set_up_with_authentication_pays_alone_afterwards(stage: Stage, v1: Any) -> None:
    customer = stage.customer()["id"]
    intent = v1.setup_intents.create(
        {
            "customer": customer,
            "payment_method": "pm_card_authenticationRequiredOnSetup",
            "payment_method_types": ["card"],
            "confirm": True,
        }
    )
    answer(stage, intent["id"])
    assert pay(v1, intent["payment_method"], customer=customer, off_session=True)["status"] == "succeeded"


def test_a_declined_set_up_answers_402_with_the_intent(stage: Stage, v1: Any) -> None:
    intent = v1.setup_intents.create({"customer": stage.customer()["id"], "payment_method_types": ["card"]})
    with pytest.raises(stripe.CardError) as caught:
        v1.setup_intents.confirm(intent["id"], {"payment_method": "pm_card_visa_chargeDeclined"})
    error = caught.value.json_body["error"]
    assert error["setup_intent"]["last_setup_error"]["code"] == error["code"] == "card_declined"


def test_a_failed_authentication_says_so(stage: Stage, v1: Any) -> None:
    intent = v1.setup_intents.create(
        {
            "payment_method": "pm_card_authenticationRequired",
            "payment_method_types": ["card"],
            "confirm": True,
        }
    )
    answer(stage, intent["id"], passed=False)
    error = v1.setup_intents.retrieve(intent["id"])["last_setup_error"]
    assert error["code"] == "setup_intent_authentication_failure"


def test_confirming_without_a_method_is_refused(v1: Any) -> None:
    intent = v1.setup_intents.create({"payment_method_types": ["card"]})
    with pytest.raises(stripe.InvalidRequestError, match="missing a payment method"):
        v1.setup_intents.confirm(intent["id"])


def test_description_and_metadata_are_kept_and_changed(v1: Any) -> None:
    intent = v1.setup_intents.create(
        {"payment_method_types": ["card"], "metadata": {"a": "1"}, "usage": "on_session"}
    )
    changed = v1.setup_intents.update(intent["id"], {"description": "For later", "metadata": {"b": "2"}})
    assert (changed["usage"], changed["description"]) == ("on_session", "For later")
    assert changed["metadata"].to_dict() == {"a": "1", "b": "2"}

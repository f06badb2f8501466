"""The builders make the states that their names say."""

from __future__ import annotations

import pytest
import stripe

from sandbox.testing import ASKS_FIRST, CHARGE_FAILS, DAY, DECLINED, Stage


def test_a_subscription_is_active_and_paid(stage: Stage) -> None:
    subscription = stage.subscription(stage.price(2500, "year"), expand=["latest_invoice"])
    assert (subscription.status, subscription.latest_invoice.amount_paid) == ("active", 2500)


def test_a_subscription_of_a_customer_that_there_is(stage: Stage) -> None:
    bob = stage.customer("bob@example.com", "pm_card_mastercard")
    assert stage.subscription(customer=bob.id).customer == bob.id


def test_a_renewal_of_tomorrow_is_paid_by_the_same_card(stage: Stage) -> None:
    subscription = stage.renewing_tomorrow()
    assert subscription["items"].data[0].current_period_end == stage.now + DAY
    stage.advance(days=2)
    assert stage.client.v1.subscriptions.retrieve(subscription.id).status == "active"
    assert len(stage.client.v1.invoices.list({"status": "paid"}).data) == 2


def test_a_renewal_of_tomorrow_fails_with_the_card_that_comes_then(stage: Stage) -> None:
    subscription = stage.renewing_tomorrow(stage.price(2000), then=CHARGE_FAILS)
    assert subscription.status == "active"
    stage.advance(days=2)
    assert stage.client.v1.subscriptions.retrieve(subscription.id).status == "past_due"


def test_past_due(stage: Stage) -> None:
    subscription = stage.past_due()
    assert subscription.status == "past_due"
    invoice = stage.client.v1.invoices.retrieve(str(subscription.latest_invoice))
    assert invoice.status == "open"
    assert invoice.next_payment_attempt is not None


def test_incomplete(stage: Stage) -> None:
    subscription = stage.incomplete()
    assert subscription.status == "incomplete"
    secret = subscription.latest_invoice.confirmation_secret.client_secret
    intent = secret.partition("_secret_")[0]
    stage.client.v1.payment_intents.confirm(intent, {"payment_method": "pm_card_visa"})
    assert stage.client.v1.subscriptions.retrieve(subscription.id).status == "active"


def test_trialing(stage: Stage) -> None:
    subscription = stage.trialing(days=7)
    assert (subscription.status, subscription.trial_end) == ("trialing", stage.now + 7 * DAY)


def test_ending_and_ended(stage: Stage) -> None:
    ending = stage.ending()
    assert (ending.status, ending.cancel_at_period_end) == ("active", True)
    assert stage.ended().status == "canceled"


def test_payments(stage: Stage) -> None:
    assert stage.payment(1500).status == "succeeded"
    with pytest.raises(stripe.CardError):
        stage.payment(card=DECLINED)


@pytest.mark.parametrize(("passed", "status"), [(True, "succeeded"), (False, "requires_payment_method")])
def test_authentication(stage: Stage, passed: bool, status: str) -> None:
    intent = stage.payment(card=ASKS_FIRST)
    assert intent.status == "requires_action"
    stage.authenticate(intent.id, passed)
    assert stage.client.v1.payment_intents.retrieve(intent.id).status == status


def test_authentication_of_nothing_is_a_mistake(stage: Stage) -> None:
    with pytest.raises(LookupError, match="pi_nothing"):
        stage.authenticate("pi_nothing")


def test_a_checkout_session_is_bought(stage: Stage) -> None:
    session = stage.client.v1.checkout.sessions.create(
        {
            "mode": "subscription",
            "line_items": [{"price": stage.price()["id"], "quantity": 1}],
            "success_url": "https://shop.example/thanks",
        }
    )
    assert stage.buy(session.id, CHARGE_FAILS).status == "open"
    bought = stage.buy(session.id)
    assert (bought.status, bought.payment_status) == ("complete", "paid")
    assert stage.client.v1.subscriptions.retrieve(str(bought.subscription)).status == "active"

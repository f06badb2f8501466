"""Buying a plan on top of something: of a purchase that was not finished, or of a subscription that is there."""

import pytest

from accounts.models import Organization
from accounts.tiers import Tier
from billing import errors, subscriptions
from billing.gateway import client
from billing.models import Attempt, StripeSubscription
from billing.purchases import PATIENCE
from billing.tests.buying import (
    ASKS_THE_BANK,
    DECLINED_WHEN_CHARGED,
    at_stripe,
    tier,
)

pytestmark = pytest.mark.django_db


# --- Left unfinished ------------------------------------------------------------------------------------------------


def test_an_unfinished_purchase_is_continued_with_another_card(buy, card, delta, catalogue):
    unfinished = buy(card(ASKS_THE_BANK))
    finished = buy(card())
    assert (finished.subscription_id, finished.status) == (unfinished.subscription_id, "active")
    assert tier(delta) == Tier.PREMIUM
    assert len(at_stripe(catalogue, "subscription")) == 1


def test_an_unfinished_purchase_continued_with_a_card_that_asks_the_bank_hands_out_the_secret(buy, card):
    unfinished = buy()
    again = buy(card(ASKS_THE_BANK))
    assert (again.subscription_id, again.status) == (unfinished.subscription_id, "incomplete")
    assert again.client_secret


def test_an_unfinished_purchase_whose_next_card_is_declined_leaves_nothing_behind(buy, card, catalogue):
    buy()
    with pytest.raises(errors.Declined):
        buy(card(DECLINED_WHEN_CHARGED))
    assert not [one for one in at_stripe(catalogue, "invoice") if one["status"] == "open"]
    assert StripeSubscription.objects.get().is_over


def test_an_unfinished_purchase_can_be_taken_back_to_choose_otherwise(buy, card):
    buy()
    with pytest.raises(errors.PurchaseUnderWay):
        buy(card(), interval="year")
    subscriptions.cancel(StripeSubscription.objects.get())
    assert buy(card(), interval="year").status == "active"


def test_an_unfinished_purchase_that_expired_is_no_obstacle(buy, card, catalogue):
    buy()
    catalogue.advance(days=1)
    assert buy(card()).status == "active"
    assert [one.status for one in StripeSubscription.objects.newest()] == ["active", "incomplete_expired"]


def test_a_purchase_of_which_nobody_has_heard_blocks_another_only_for_a_moment(buy, card, catalogue):
    """F38: the other choice has a key of its own."""
    catalogue.sandbox.faults.add("cut", method="POST", path="/v1/subscriptions", times=9)
    with pytest.raises(errors.Unavailable):
        buy(card())
    catalogue.sandbox.faults.clear()
    with pytest.raises(errors.PurchaseUnderWay):
        buy(card(), interval="year")
    catalogue.advance(seconds=int(PATIENCE.total_seconds()))
    assert buy(card(), interval="year").status == "active"
    assert Attempt.objects.get(error="forgotten").state == "failed"


# --- Not on top of another ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("plan", "interval"), [("premium", "year"), ("business", "month"), ("premium", "month")]
)
def test_somebody_who_has_a_subscription_does_not_get_a_second_one(buy, card, catalogue, plan, interval):
    buy(card())
    catalogue.advance(hours=1)
    with pytest.raises(errors.AlreadySubscribed) as refused:
        buy(card(), plan=plan, interval=interval)
    assert refused.value.status_code == 409
    assert len(at_stripe(catalogue, "subscription")) == 1


def test_a_subscription_that_was_made_in_the_dashboard_counts_though_no_event_has_told_of_it(
    buy, card, catalogue, delta
):
    with pytest.raises(errors.Declined):
        buy(card(DECLINED_WHEN_CHARGED))
    customer = Organization.objects.get(pk=delta.pk).stripe_customer_id
    assert customer
    method = client.connected().v1.payment_methods.attach(card(), {"customer": customer})["id"]
    price = client.connected().v1.prices.list({"lookup_keys": ["turnpike:premium:year:usd"]})["data"][0]["id"]
    client.connected().v1.subscriptions.create(
        {"customer": customer, "items": [{"price": price}], "default_payment_method": method}
    )
    with pytest.raises(errors.AlreadySubscribed):
        buy(card())
    assert tier(delta) == Tier.PREMIUM


def test_somebody_whose_subscription_ended_can_buy_again(buy, card, delta):
    buy(card())
    subscriptions.cancel(StripeSubscription.objects.get(), now=True)
    assert buy(card()).status == "active"
    assert tier(delta) == Tier.PREMIUM

"""Buying a plan: once, however often it is clicked, cut off, declined or left unfinished."""

import pytest

from accounts.models import Membership, Organization, User
from accounts.tiers import Tier
from billing import catalogue as plans
from billing import errors, subscriptions
from billing.gateway import client
from billing.models import Attempt, StripeInvoice, StripeSubscription
from billing.tests.buying import (
    ASKS_THE_BANK,
    DECLINED_AT_ONCE,
    DECLINED_WHEN_CHARGED,
    INSUFFICIENT_FUNDS,
    at_stripe,
    tier,
)

pytestmark = pytest.mark.django_db

# --- It works -----------------------------------------------------------------------------------------------------


def test_a_card_that_works_opens_access_at_once(buy, card, delta):
    purchase = buy(card())
    assert (purchase.status, purchase.client_secret) == ("active", "")
    assert tier(delta) == Tier.PREMIUM
    row = StripeSubscription.objects.get()
    assert (row.plan, row.items.get().interval, row.is_live) == (plans.find("premium"), "month", True)
    assert StripeInvoice.objects.get().status == "paid"
    assert delta.payment_methods.get().last4 == "4242"
    assert Attempt.objects.get(kind="subscription").result == purchase.subscription_id


def test_what_is_made_at_stripe_bears_our_namespace(buy, card, catalogue, delta):
    buy(card())
    [customer], [subscription] = at_stripe(catalogue, "customer"), at_stripe(catalogue, "subscription")
    assert customer["metadata"] == {"namespace": "turnpike", "turnpike_organization": str(delta.pk)}
    key = Attempt.objects.get(kind="subscription").key
    assert subscription["metadata"] == {"namespace": "turnpike", "attempt": key, "plan": "premium"}


def test_the_events_that_follow_find_nothing_left_to_change(buy, card, catalogue, delta):
    buy(card())
    before = StripeSubscription.objects.values().get(), Organization.objects.values().get(pk=delta.pk)
    catalogue.deliver()
    assert before == (
        StripeSubscription.objects.values().get(),
        Organization.objects.values().get(pk=delta.pk),
    )


def test_a_plan_that_is_priced_per_member_is_bought_for_all_members(buy, card, delta):
    for number in range(3):
        Membership.objects.create(
            user=User.objects.create_user(f"member{number}@delta.example"), organization=delta
        )
    buy(card(), plan="business")
    assert StripeSubscription.objects.get().items.get().quantity == 3
    assert StripeInvoice.objects.get().total == 3 * 4000


def test_without_a_card_the_browser_gets_the_secret_and_access_waits(buy, delta):
    purchase = buy()
    assert purchase.status == "incomplete"
    assert purchase.client_secret.startswith("pi_")
    assert tier(delta) == Tier.FREE


def test_a_card_that_asks_the_bank_hands_out_the_secret(buy, card, delta):
    purchase = buy(card(ASKS_THE_BANK))
    assert purchase.status == "incomplete"
    assert "_secret_" in purchase.client_secret
    assert tier(delta) == Tier.FREE


# --- Once ---------------------------------------------------------------------------------------------------------


def test_a_second_click_is_answered_with_the_same_purchase(buy, card, catalogue):
    first, second = buy(card()), buy(card())
    assert second.subscription_id == first.subscription_id
    assert len(at_stripe(catalogue, "subscription")) == 1
    assert len(at_stripe(catalogue, "customer")) == 1


def test_an_unfinished_purchase_hands_out_the_same_secret_again(buy):
    assert buy() == buy()


@pytest.mark.parametrize("path", ["/v1/customers", "/v1/payment_methods/*/attach", "/v1/subscriptions"])
@pytest.mark.parametrize("kind", ["cut", "lost"])
def test_a_lost_call_or_answer_is_made_up_for_by_the_next_click(buy, card, catalogue, delta, kind, path):
    """F26."""
    method = card()
    catalogue.sandbox.faults.add(kind, method="POST", path=path, times=9)
    with pytest.raises(errors.Unavailable):
        buy(method)
    catalogue.sandbox.faults.clear()
    assert buy(method).status == "active"
    assert len(at_stripe(catalogue, "subscription")) == 1
    assert len(at_stripe(catalogue, "customer")) == 1
    assert tier(delta) == Tier.PREMIUM
    assert not Attempt.objects.open().exists()


def test_a_lost_answer_is_made_up_for_by_the_event_too(buy, card, catalogue, delta):
    """F26."""
    catalogue.sandbox.faults.add("lost", method="POST", path="/v1/subscriptions", times=9)
    with pytest.raises(errors.Unavailable):
        buy(card())
    catalogue.deliver()
    assert tier(delta) == Tier.PREMIUM
    attempt = Attempt.objects.get(kind="subscription")
    assert (attempt.state, attempt.result) == ("done", StripeSubscription.objects.get().stripe_id)


def test_retries_within_one_click_use_one_key(buy, card, catalogue):
    catalogue.sandbox.faults.add("lost", method="POST", path="/v1/subscriptions", times=1)
    assert buy(card()).status == "active"
    assert len(at_stripe(catalogue, "subscription")) == 1


@pytest.mark.parametrize("path", ["/v1/customers", "/v1/subscriptions"])
def test_a_failure_that_stripe_has_stored_is_left_behind_with_its_key(buy, card, catalogue, path):
    """F36."""
    method = card()
    catalogue.sandbox.faults.add("error", method="POST", path=path, status=500, times=1)
    assert buy(method).status == "active"
    assert buy(card()).status == "active"
    assert len(at_stripe(catalogue, "subscription")) == 1


@pytest.mark.parametrize("path", ["/v1/customers", "/v1/subscriptions"])
def test_an_answer_lost_longer_ago_than_keys_are_kept_is_found(buy, card, catalogue, path):
    """F37."""
    catalogue.sandbox.faults.add("lost", method="POST", path=path, times=9)
    with pytest.raises(errors.Unavailable):
        buy(card())
    catalogue.sandbox.faults.clear()
    catalogue.advance(hours=25)
    assert buy(card()).status == "active"
    assert len(at_stripe(catalogue, "customer")) == 1
    assert len(at_stripe(catalogue, "subscription")) == 1


def test_a_rate_limit_is_waited_out(buy, card, catalogue):
    """F34."""
    catalogue.sandbox.faults.add("error", method="POST", path="/v1/subscriptions", status=429, times=2)
    assert buy(card()).status == "active"


def test_a_key_that_is_in_use_is_tried_again_and_makes_one_subscription(buy, card, catalogue):
    """F35."""
    catalogue.sandbox.faults.add("error", method="POST", path="/v1/subscriptions", status=409, times=1)
    assert buy(card()).status == "active"
    assert len(at_stripe(catalogue, "subscription")) == 1


# --- Declined -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (DECLINED_AT_ONCE, "Your card was declined."),
        (DECLINED_WHEN_CHARGED, "Your card was declined."),
        (INSUFFICIENT_FUNDS, "Your card has insufficient funds."),
    ],
)
def test_a_declined_card_leaves_nothing_behind_and_another_one_works(
    buy, card, catalogue, delta, number, sentence
):
    with pytest.raises(errors.Declined, match=sentence) as declined:
        buy(card(number))
    assert declined.value.status_code == 402
    assert tier(delta) == Tier.FREE
    assert not [one for one in at_stripe(catalogue, "invoice") if one["status"] == "open"]
    over = ("canceled", "incomplete_expired")
    assert all(one["status"] in over for one in at_stripe(catalogue, "subscription"))
    assert buy(card()).status == "active"
    catalogue.deliver()
    assert tier(delta) == Tier.PREMIUM


def test_the_same_declined_card_twice_is_declined_twice(buy, card):
    method = card(DECLINED_WHEN_CHARGED)
    for _again in range(2):
        with pytest.raises(errors.Declined):
            buy(method)


# --- When it cannot be ----------------------------------------------------------------------------------------------


def test_with_an_empty_key_billing_is_off(buy, settings):
    """F43."""
    settings.STRIPE_SECRET_KEY = ""
    with pytest.raises(errors.BillingOff) as off:
        buy()
    assert off.value.status_code == 503


def test_what_was_not_brought_to_stripe_is_not_on_sale(stripe_sandbox, delta):
    premium = plans.find("premium")
    assert premium
    with pytest.raises(errors.NotOnSale):
        subscriptions.start(delta, premium, "month")


def test_somebody_elses_payment_method_is_refused(buy, catalogue, card):
    stranger = client.connected().v1.customers.create({"email": "x@y.example"})["id"]
    theirs = client.connected().v1.payment_methods.attach(card(), {"customer": stranger})["id"]
    with pytest.raises(errors.Invalid):
        buy(theirs)
    with pytest.raises(errors.Invalid):
        buy("pm_that_never_was")
    assert not at_stripe(catalogue, "subscription")


def test_a_subscription_stays_open_while_stripe_is_down_and_is_not_bought_twice(buy, card, catalogue):
    method = card()
    catalogue.sandbox.faults.add("error", status=500, times=99)
    with pytest.raises(errors.Unavailable) as down:
        buy(method)
    assert down.value.retry_after == 30
    catalogue.sandbox.faults.clear()
    catalogue.advance(minutes=1)
    assert buy(card()).status == "active"
    assert len(at_stripe(catalogue, "subscription")) == 1

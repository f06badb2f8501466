"""Refunds and disputes, and what they end."""

from collections.abc import Callable
from typing import Any

import pytest
import stripe
from django.conf import settings as configured
from django.core.management import call_command
from django.test import TestCase

from accounts.models import Organization
from accounts.tiers import Tier
from billing import checks, reconcile, reversals, subscriptions
from billing.models import MirroredObject, Reversal, StripeSubscription
from sandbox.transport import InProcessClient


@pytest.fixture
def dashboard(catalogue: Any) -> Any:
    return stripe.StripeClient(
        configured.STRIPE_SECRET_KEY, http_client=InProcessClient(catalogue.sandbox)
    ).v1


@pytest.fixture
def give_back(catalogue: Any, dashboard: Any, subscribed: StripeSubscription) -> Callable[..., None]:
    """Refund the newest payment, wholly or an amount of it, and deliver what Stripe says."""

    def refund(amount: int | None = None) -> None:
        charge = dashboard.charges.list({"customer": subscribed.customer_id}).data[0]
        dashboard.refunds.create({"charge": charge.id} | ({"amount": amount} if amount else {}))
        deliver(catalogue)

    return refund


def deliver(catalogue: Any) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        catalogue.deliver()
    catalogue.deliver()


def tier_of(organization: Organization) -> Tier:
    organization.refresh_from_db()
    return organization.current_access().tier


def test_a_full_refund_ends_the_subscription_with_its_period(
    catalogue: Any, give_back: Any, subscribed: StripeSubscription, delta: Organization
) -> None:
    """F45."""
    give_back()
    subscribed.refresh_from_db()
    assert subscribed.ends_at is not None
    assert tier_of(delta) == Tier.PREMIUM
    catalogue.advance(days=40)
    deliver(catalogue)
    assert tier_of(delta) == Tier.FREE
    assert delta.invoices.filter(status="paid").count() == 1, "nothing more was charged"


def test_a_partial_refund_ends_nothing(give_back: Any, subscribed: StripeSubscription) -> None:
    """F45."""
    give_back(500)
    subscribed.refresh_from_db()
    assert subscribed.ends_at is None
    assert not Reversal.objects.exists()


def test_two_partial_refunds_that_are_the_whole_end_it(
    give_back: Any, subscribed: StripeSubscription
) -> None:
    give_back(500)
    give_back(1500)
    subscribed.refresh_from_db()
    assert subscribed.ends_at is not None


@pytest.mark.parametrize(
    ("word", "amount", "over", "ending"),
    [
        ("keep", None, False, False),
        ("period_end", None, False, True),
        ("now", None, True, False),
        ("period_end", 500, False, True),
        ("now", 500, True, False),
    ],
)
def test_both_refunds_have_a_setting(
    give_back: Any,
    subscribed: StripeSubscription,
    settings: Any,
    word: str,
    amount: int | None,
    over: bool,
    ending: bool,
) -> None:
    settings.BILLING_ON_PARTIAL_REFUND = settings.BILLING_ON_REFUND = word
    give_back(amount)
    subscribed.refresh_from_db()
    assert (subscribed.is_over, subscribed.cancel_at_period_end) == (over, ending)


@pytest.mark.parametrize(
    ("word", "over", "ending"), [("now", True, False), ("period_end", False, True), ("keep", False, False)]
)
def test_a_dispute_ends_it_at_once_or_as_set(
    catalogue: Any,
    delta: Organization,
    card: Callable[..., str],
    settings: Any,
    word: str,
    over: bool,
    ending: bool,
) -> None:
    """F45."""
    from billing import catalogue as plans

    settings.BILLING_ON_DISPUTE = word
    premium = plans.find("premium")
    assert premium is not None
    bought = subscriptions.start(delta, premium, "month", card("4000000000000259"))
    deliver(catalogue)
    subscription = StripeSubscription.objects.get(stripe_id=bought.subscription_id)
    assert (subscription.is_over, subscription.cancel_at_period_end) == (over, ending)
    assert tier_of(delta) == (Tier.FREE if over else Tier.PREMIUM)


def test_an_inquiry_of_the_bank_is_no_dispute(
    catalogue: Any, delta: Organization, card: Callable[..., str]
) -> None:
    from billing import catalogue as plans

    premium = plans.find("premium")
    assert premium is not None
    subscriptions.start(delta, premium, "month", card("4000000000001976"))
    deliver(catalogue)
    assert MirroredObject.objects.filter(kind="dispute").exists()
    assert tier_of(delta) == Tier.PREMIUM


def test_a_refund_of_a_period_that_is_over_ends_nothing(
    catalogue: Any, dashboard: Any, subscribed: StripeSubscription
) -> None:
    first = dashboard.charges.list({"customer": subscribed.customer_id}).data[0]
    catalogue.advance(days=35)
    deliver(catalogue)
    dashboard.refunds.create({"charge": first.id})
    deliver(catalogue)
    subscribed.refresh_from_db()
    assert subscribed.ends_at is None
    assert Reversal.objects.get().done is not None


def test_somebody_who_takes_the_end_back_keeps_it_whatever_is_delivered_again(
    catalogue: Any, give_back: Any, subscribed: StripeSubscription
) -> None:
    give_back()
    subscribed.refresh_from_db()
    subscriptions.resume(subscribed)
    for delivery in catalogue.sandbox.deliveries.all():
        catalogue.sandbox.deliveries.resend(delivery["event"])
    deliver(catalogue)
    reconcile.carry_out(reconcile.begin(mends=True))
    subscribed.refresh_from_db()
    assert subscribed.ends_at is None


def test_while_stripe_does_not_answer_it_waits_and_is_done_once(
    catalogue: Any, give_back: Any, subscribed: StripeSubscription
) -> None:
    catalogue.sandbox.faults.add("cut", path="/v1/invoice_payments", times=9)
    give_back()
    reversal = Reversal.objects.get()
    assert (reversal.done, reversal.error) == (None, "stripe_unavailable")
    assert reversals.carry_out_waiting() == 0, "not yet"
    catalogue.sandbox.faults.clear()
    catalogue.advance(minutes=2)
    call_command("process_events")
    assert reversals.carry_out_waiting() == 0, "done once"
    subscribed.refresh_from_db()
    reversal.refresh_from_db()
    assert subscribed.cancel_at_period_end
    assert (reversal.error, reversal.subscription_id) == ("", subscribed.stripe_id)


def test_a_refund_whose_events_were_lost_is_found_and_followed(
    catalogue: Any, dashboard: Any, subscribed: StripeSubscription
) -> None:
    charge = dashboard.charges.list({"customer": subscribed.customer_id}).data[0]
    dashboard.refunds.create({"charge": charge.id})
    catalogue.sandbox.deliveries.drop()
    run = reconcile.begin(mends=True)
    reconcile.carry_out(run)
    assert run.differences.filter(kind="reversal", subject=f"refund:{charge.id}").exists()
    subscribed.refresh_from_db()
    assert subscribed.cancel_at_period_end
    again = reconcile.begin()
    reconcile.carry_out(again)
    assert not again.differences.exists()


def test_a_payment_for_something_else_ends_nothing(
    catalogue: Any, dashboard: Any, card: Callable[..., str], subscribed: StripeSubscription
) -> None:
    intent = dashboard.payment_intents.create(
        {
            "amount": 100,
            "currency": "usd",
            "customer": subscribed.customer_id,
            "payment_method": card(),
            "confirm": True,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        }
    )
    dashboard.refunds.create({"payment_intent": intent.id})
    deliver(catalogue)
    subscribed.refresh_from_db()
    assert subscribed.ends_at is None


def test_a_word_that_means_nothing_is_refused(settings: Any) -> None:
    settings.BILLING_ON_REFUND = "sometimes"
    (problem,) = checks.reversals(None)
    assert problem.id == "billing.E007"
    assert "BILLING_ON_REFUND" in problem.msg

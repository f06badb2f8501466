"""Cancelling, resuming, renewing: what an organization does with its subscription, and what time does to it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.utils import timezone

from accounts.models import Organization
from accounts.tiers import Reason, Tier
from billing import errors, status, subscriptions
from billing.gateway import client
from billing.models import Attempt, StripeSubscription
from billing.status import SubscriptionStatus

pytestmark = pytest.mark.django_db


def now_has(organization: Organization) -> tuple[Tier, Any, str]:
    access = Organization.objects.get(pk=organization.pk).current_access()
    return access.tier, access.until, access.reason


def shown(organization: Organization) -> SubscriptionStatus:
    fresh = Organization.objects.get(pk=organization.pk)
    return status.get_customer_status(fresh).subscription_status


def at_stripe(subscription: StripeSubscription) -> Any:
    return client.connected().v1.subscriptions.retrieve(subscription.stripe_id)


def test_a_subscription_cancelled_with_its_period_is_on_until_then(subscribed, delta, catalogue):
    ends = subscribed.items.get().period_end
    cancelled = subscriptions.cancel(subscribed)
    assert (cancelled.ends_at, cancelled.is_live) == (ends, True)
    assert now_has(delta) == (Tier.PREMIUM, ends, Reason.ENDING)
    assert shown(delta) == SubscriptionStatus.ACTIVE
    catalogue.advance(days=31)
    assert now_has(delta)[0] == Tier.FREE  # though no event has come yet
    catalogue.deliver()
    assert shown(delta) == SubscriptionStatus.CANCELLED


def test_a_subscription_cancelled_now_is_off_at_once(subscribed, delta):
    assert subscriptions.cancel(subscribed, now=True).is_over
    assert now_has(delta)[0] == Tier.FREE
    assert shown(delta) == SubscriptionStatus.CANCELLED


def test_cancelling_twice_changes_nothing_more(subscribed, calls):
    subscriptions.cancel(subscribed)
    cancelled = subscriptions.cancel(StripeSubscription.objects.get(pk=subscribed.pk))
    assert cancelled.cancel_at_period_end
    ended = subscriptions.cancel(cancelled, now=True)
    calls.clear()
    assert subscriptions.cancel(ended, now=True).is_over
    assert calls == []


def test_cancelling_what_ended_at_stripe_without_a_word_finds_it_ended(subscribed, delta):
    client.connected().v1.subscriptions.cancel(subscribed.stripe_id)
    assert subscriptions.cancel(subscribed, now=True).is_over
    assert now_has(delta)[0] == Tier.FREE


def test_a_lost_answer_to_cancelling_is_made_up_for(subscribed, catalogue):
    catalogue.sandbox.faults.add("lost", path="/v1/subscriptions/*", times=9)
    with pytest.raises(errors.Unavailable):
        subscriptions.cancel(subscribed)
    catalogue.sandbox.faults.clear()
    assert subscriptions.cancel(subscribed).cancel_at_period_end
    assert at_stripe(subscribed)["cancel_at_period_end"]


def test_a_scheduled_end_is_taken_back(subscribed, delta):
    resumed = subscriptions.resume(subscriptions.cancel(subscribed))
    assert resumed.ends_at is None
    assert now_has(delta)[2] == Reason.SUBSCRIPTION
    assert not at_stripe(subscribed)["cancel_at_period_end"]


def test_an_end_by_date_as_the_customer_portal_sets_it_counts_and_is_taken_back(subscribed, delta, catalogue):
    at = timezone.now() + timedelta(days=3)
    client.connected().v1.subscriptions.update(subscribed.stripe_id, {"cancel_at": int(at.timestamp())})
    catalogue.deliver()
    assert now_has(delta) == (Tier.PREMIUM, at, Reason.ENDING)
    resumed = subscriptions.resume(StripeSubscription.objects.get(pk=subscribed.pk))
    assert resumed.ends_at is None
    assert at_stripe(subscribed)["cancel_at"] is None


def test_what_is_over_or_not_ending_cannot_be_resumed(subscribed):
    with pytest.raises(errors.NotResumable):
        subscriptions.resume(subscribed)
    with pytest.raises(errors.NotResumable):
        subscriptions.resume(subscriptions.cancel(subscribed, now=True))


def test_cancel_and_resume_again_and_again_is_what_it_says(subscribed, catalogue):
    for _round in range(3):
        assert subscriptions.cancel(subscribed).cancel_at_period_end
        catalogue.deliver()
        assert not subscriptions.resume(StripeSubscription.objects.get(pk=subscribed.pk)).cancel_at_period_end
        catalogue.deliver()
        subscribed.refresh_from_db()


# --- What time does -------------------------------------------------------------------------------------------------


def test_a_renewal_moves_the_end_and_makes_an_invoice(subscribed, delta, catalogue):
    before = now_has(delta)[1]
    catalogue.advance(days=32)
    catalogue.deliver()
    assert now_has(delta)[1] > before + timedelta(days=20)
    assert [invoice.status for invoice in delta.invoices.all()] == ["paid", "paid"]


@pytest.mark.parametrize(
    ("bought", "interval", "ends"),
    [
        ("2028-01-31", "month", ["2028-02-29", "2028-03-31", "2028-04-30"]),
        ("2028-02-29", "year", ["2029-02-28", "2030-02-28", "2031-02-28"]),
    ],
)
def test_periods_end_when_stripe_says(buy, card, delta, catalogue, bought, interval, ends):
    """F49: also where the next month, or year, has no such day."""
    catalogue.advance(days=(datetime.fromisoformat(f"{bought}T12:00Z") - timezone.now()).days)
    assert timezone.now().date().isoformat() == bought
    buy(card(), interval=interval)
    found = []
    for _period in ends:
        item = delta.subscriptions.get().items.get()
        [said] = at_stripe(delta.subscriptions.get())["items"]["data"]
        assert item.period_end.timestamp() == said["current_period_end"]
        assert now_has(delta)[1] == item.period_end + timedelta(days=settings.BILLING_GRACE_DAYS)
        found.append(item.period_end.date().isoformat())
        catalogue.advance(days=(item.period_end - timezone.now()).days + 1)
        catalogue.deliver()
    assert found == ends


def test_access_outlives_its_period_by_the_grace_when_nothing_is_heard(subscribed, delta, catalogue):
    ends = subscribed.items.get().period_end
    catalogue.advance(days=(ends - timezone.now()).days + 2)
    assert now_has(delta)[0] == Tier.PREMIUM
    catalogue.advance(days=2)
    assert now_has(delta)[0] == Tier.FREE
    catalogue.deliver()
    assert now_has(delta)[0] == Tier.PREMIUM


def failing_card(catalogue: Any, subscription: StripeSubscription, card: Any) -> None:
    """From now on the organization pays with a card that is declined when it is charged."""
    method = card("4000000000000341")
    dashboard = client.connected().v1
    dashboard.payment_methods.attach(method, {"customer": subscription.customer_id})
    dashboard.subscriptions.update(subscription.stripe_id, {"default_payment_method": method})
    catalogue.deliver()


def test_a_renewal_that_fails_keeps_access_for_the_grace_tells_the_customer_once_and_can_recover(
    subscribed, delta, catalogue, card, django_capture_on_commit_callbacks
):
    """F44."""
    failing_card(catalogue, subscribed, card)
    catalogue.advance(days=31)
    with django_capture_on_commit_callbacks(execute=True):
        catalogue.deliver(lambda events: events * 2)
    invoice = delta.invoices.awaited().get()
    assert now_has(delta) == (Tier.PREMIUM, invoice.created + timedelta(days=3), Reason.PAYMENT_OVERDUE)
    assert [letter.to for letter in mail.outbox] == [["billing@delta.example"]]
    assert "$20.00" in mail.outbox[0].body
    catalogue.advance(days=3)
    assert now_has(delta)[0] == Tier.FREE
    client.connected().v1.invoices.pay(invoice.stripe_id, {"payment_method": first_card(delta)})
    catalogue.deliver()
    assert now_has(delta)[0] == Tier.PREMIUM
    assert not delta.invoices.awaited().exists()


def first_card(organization: Organization) -> str:
    return organization.payment_methods.get(last4="4242").stripe_id


def test_the_end_of_a_subscription_that_was_paid_is_mailed_once(
    subscribed, delta, catalogue, django_capture_on_commit_callbacks
):
    subscriptions.cancel(subscribed, now=True)
    with django_capture_on_commit_callbacks(execute=True):
        catalogue.deliver(lambda events: events * 3)
    assert len(mail.outbox) == 1


def test_a_purchase_that_was_declined_is_not_mailed_about(
    catalogue, delta, card, django_capture_on_commit_callbacks
):
    from billing import catalogue as plans

    premium = plans.find("premium")
    assert premium
    with django_capture_on_commit_callbacks(execute=True):
        with pytest.raises(errors.Declined):
            subscriptions.start(delta, premium, "month", card("4000000000000341"))
        catalogue.deliver()
    assert mail.outbox == []


# --- Asking again ---------------------------------------------------------------------------------------------------


def test_looking_again_finds_what_no_event_has_told(subscribed, delta):
    client.connected().v1.subscriptions.cancel(subscribed.stripe_id)
    subscriptions.look_again(delta)
    assert now_has(delta)[0] == Tier.FREE


def test_somebody_who_never_bought_has_nothing_to_look_at(delta, calls):
    assert subscriptions.look_again(delta) is None
    assert calls == []
    assert shown(delta) == SubscriptionStatus.NONE


def test_the_status_of_a_customer_says_what_comes_next(subscribed, delta, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        found = status.get_customer_status(delta)
    assert (found.stripe_status, found.plan, found.interval, found.tier) == (
        "active",
        "premium",
        "month",
        Tier.PREMIUM,
    )
    assert found.upcoming
    assert (found.upcoming.at, found.upcoming.amount) == (subscribed.items.get().period_end, 2000)


def test_no_attempt_is_left_open(subscribed):
    assert not Attempt.objects.open().exists()

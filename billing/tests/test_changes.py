"""Changing a running subscription: at once and paid for, or with the period's end; once, or not at all."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.tiers import Tier
from billing import errors, schedules, subscriptions
from billing.gateway import client
from billing.models import Attempt, StripeInvoice, StripeSubscription
from billing.tests.buying import DECLINED_WHEN_CHARGED, plan, tier
from billing.tests.changing import anew, change, has, new_default, retrieve

pytestmark = pytest.mark.django_db


# --- More, at once ------------------------------------------------------------------------------------------------


def test_a_higher_plan_is_there_at_once_and_its_difference_is_paid(subscribed, delta, calls):
    done = change(subscribed, "business")
    assert (done.awaits_payment, done.client_secret, done.at) == (False, "", None)
    assert has(subscribed) == [("business", "month", 1)]
    assert tier(delta) == Tier.BUSINESS
    newest = StripeInvoice.objects.order_by("-pk")[0]
    assert (newest.status, newest.billing_reason) == ("paid", "subscription_update")
    assert 0 < newest.total < 2000
    assert [method for method, _path in calls] == ["POST"]
    assert Attempt.objects.get(kind="change").result == newest.stripe_id


def test_a_year_instead_of_the_month_begins_today(subscribed, catalogue):
    change(subscribed, "premium", "year")
    assert has(subscribed) == [("premium", "year", 1)]
    assert anew(subscribed).period_end == timezone.now() + timedelta(days=365)
    newest = StripeInvoice.objects.order_by("-pk")[0]
    assert newest.total == 20000 - 1935  # thirty of thirty-one days are given back


def test_a_plan_per_member_is_taken_for_all_members(subscribed, delta, alice, bob):
    from accounts import organizations
    from accounts.models import Membership

    for user in (alice, bob):
        organizations.join(user, delta, Membership.Role.MEMBER)
    change(subscribed, "business")
    assert has(subscribed) == [("business", "month", 2)]


def test_the_same_again_changes_nothing_and_asks_nobody(subscribed, calls):
    change(subscribed, "business")
    calls.clear()
    assert has(subscribed) == [("business", "month", 1)]
    change(subscribed, "business")
    assert calls == []


def test_the_events_of_a_change_find_nothing_left_to_do(subscribed, catalogue, calls):
    change(subscribed, "business")
    before = StripeSubscription.objects.values().get()
    calls.clear()
    catalogue.deliver()
    assert StripeSubscription.objects.values().get() == before
    assert not Attempt.objects.open().exists()


# --- Less, with the period's end ----------------------------------------------------------------------------------


def test_a_lower_plan_comes_with_the_periods_end(subscribed, delta, catalogue):
    ends = anew(subscribed).period_end
    scheduled = change(subscribed, "starter")
    assert scheduled.at == ends
    assert has(subscribed) == [("premium", "month", 1)]
    found = schedules.of(anew(subscribed))
    assert found
    assert (found.plan, found.interval, found.amount, found.at) == (plan("starter"), "month", 500, ends)
    catalogue.deliver()
    catalogue.advance(days=31)
    catalogue.deliver()
    assert has(subscribed) == [("starter", "month", 1)]
    assert tier(delta) == Tier.STARTER
    assert StripeInvoice.objects.filter(status="paid").order_by("-created")[0].total == 500
    assert schedules.of(anew(subscribed)) is None


def test_a_scheduled_change_is_taken_back(subscribed, delta, catalogue):
    change(subscribed, "starter")
    assert subscriptions.take_back(anew(subscribed)).schedule_id == ""
    catalogue.advance(days=31)
    catalogue.deliver()
    assert has(subscribed) == [("premium", "month", 1)]


def test_to_the_plan_one_has_takes_a_scheduled_change_back(subscribed):
    change(subscribed, "starter")
    assert change(subscribed, "premium").at is None
    assert anew(subscribed).schedule_id == ""


def test_another_lower_plan_replaces_the_one_that_was_scheduled(subscribed, catalogue):
    change(subscribed, "business")
    change(subscribed, "premium")
    change(subscribed, "starter")
    catalogue.advance(days=31)
    catalogue.deliver()
    assert has(subscribed) == [("starter", "month", 1)]


def test_a_higher_plan_undoes_a_scheduled_lower_one(subscribed, catalogue):
    change(subscribed, "starter")
    change(subscribed, "business")
    assert schedules.of(anew(subscribed)) is None
    catalogue.advance(days=31)
    catalogue.deliver()
    assert has(subscribed) == [("business", "month", 1)]


def test_the_month_instead_of_the_year_comes_with_the_years_end(subscribe, alice, catalogue):
    subscription = subscribe(alice, "premium", "year")
    assert change(subscription, "premium", "month").at == anew(subscription).period_end
    catalogue.advance(days=366)
    catalogue.deliver()
    assert has(subscription) == [("premium", "month", 1)]


def test_what_is_scheduled_to_change_can_be_cancelled(subscribed, delta, catalogue):
    change(subscribed, "starter")
    assert subscriptions.cancel(anew(subscribed)).ends_at
    catalogue.advance(days=31)
    catalogue.deliver()
    assert anew(subscribed).is_over


# --- Refused ------------------------------------------------------------------------------------------------------


def test_what_is_set_to_end_is_kept_first(subscribed):
    subscriptions.cancel(subscribed)
    with pytest.raises(errors.SetToEnd):
        change(subscribed, "business")


def test_a_failed_renewal_is_paid_first(subscribed, delta, card, catalogue):
    new_default(delta, card(DECLINED_WHEN_CHARGED))
    catalogue.advance(days=31)
    catalogue.deliver()
    with pytest.raises(errors.PaymentOverdue):
        change(subscribed, "business")


def test_a_plan_that_is_sold_elsewhere_is_not_on_offer(subscribed):
    with pytest.raises(errors.NotOffered):
        change(subscribed, "annual", "year")


@pytest.mark.parametrize("hours", [-2, 1])
def test_a_price_of_another_time_is_not_had(subscribed, hours, calls):
    with pytest.raises((errors.PreviewTooOld, errors.NotOffered)):
        change(subscribed, "business", proration_date=timezone.now() + timedelta(hours=hours))
    assert calls == []
    assert not Attempt.objects.filter(kind="change").exists()


# --- Cut off ------------------------------------------------------------------------------------------------------


def test_a_lost_answer_is_one_change(subscribed, delta, catalogue):
    catalogue.sandbox.faults.add("lost", method="POST", path="/v1/subscriptions/*", times=9)
    with pytest.raises(errors.Unavailable):
        change(subscribed, "business")
    catalogue.sandbox.faults.clear()
    assert has(subscribed) == [("premium", "month", 1)]
    change(subscribed, "business")
    assert has(subscribed) == [("business", "month", 1)]
    assert len(client.connected().v1.invoices.list({}).data) == 2
    assert not Attempt.objects.open().exists()


@pytest.mark.parametrize("key", ["business", "starter"])
def test_what_nobody_asks_for_again_is_found_by_reconcile(subscribed, delta, catalogue, key):
    from billing import reconcile

    catalogue.sandbox.faults.add("lost", method="POST", path="/v1/subscription*", times=9)
    with pytest.raises(errors.Unavailable):
        change(subscribed, key)
    catalogue.sandbox.faults.clear()
    catalogue.advance(minutes=5)
    run = reconcile.begin(organization=delta, mends=True)
    reconcile.carry_out(run)
    assert not Attempt.objects.open().exists()
    assert has(subscribed) == [("business" if key == "business" else "premium", "month", 1)]
    assert anew(subscribed).schedule_id == (retrieve(subscribed).schedule or "")
    again = reconcile.begin(organization=delta)
    reconcile.carry_out(again)
    assert not again.differences.exists()


def test_a_failure_that_stripe_stored_is_not_the_end(subscribed, catalogue):
    catalogue.sandbox.faults.add("error", status=500, method="POST", path="/v1/subscriptions/*")
    change(subscribed, "business")
    assert has(subscribed) == [("business", "month", 1)]

"""What a change or a purchase would cost: worked out by Stripe, paid as it was seen, and nothing of it stays."""

from datetime import timedelta

import pytest

from accounts.models import Organization
from billing import errors, previews, subscriptions
from billing.models import Attempt, StripeInvoice, StripeSubscription
from billing.tests.buying import A10G, T4, at_stripe, have, paid, plan

pytestmark = pytest.mark.django_db


def test_the_price_that_is_seen_is_the_price_that_is_paid(business, machines, calls):
    seen = previews.of_items(StripeSubscription.objects.get(pk=business.pk), {"a10g": 2})
    assert (seen.due_now, seen.credit, seen.recurring) == (A10G, 0, 4000 + 2 * A10G)
    assert [line.amount for line in seen.lines] == [A10G]
    assert seen.at is None
    assert len(calls) == 1
    machines.advance(minutes=40)
    row = StripeSubscription.objects.get(pk=business.pk)
    subscriptions.set_items(row, {"a10g": 2}, proration_date=seen.proration_date)
    assert paid()[-1] == seen.due_now


def test_what_comes_back_is_seen_as_credit(business):
    have(business, a10g=2)
    seen = previews.of_items(StripeSubscription.objects.get(pk=business.pk), {"a10g": 1})
    assert (seen.due_now, seen.credit, seen.recurring) == (0, A10G // 2, 4000 + A10G)


def test_credit_from_before_is_used_first(business):
    have(business, a10g=2)
    have(business)
    seen = previews.of_items(StripeSubscription.objects.get(pk=business.pk), {"t4": 2})
    assert (seen.due_now, seen.used) == (0, T4)


def test_a_preview_writes_nothing_here_or_there(business, machines):
    before = _rows(), len(at_stripe(machines, "invoice")), len(at_stripe(machines, "invoiceitem"))
    previews.of_items(StripeSubscription.objects.get(pk=business.pk), {"a10g": 2})
    previews.of_change(StripeSubscription.objects.get(pk=business.pk), plan("business"), "year")
    assert (_rows(), len(at_stripe(machines, "invoice")), len(at_stripe(machines, "invoiceitem"))) == before


def test_somebody_who_is_no_customer_yet_sees_what_it_would_cost(machines, delta):
    seen = previews.of_purchase(delta, plan("business"), "month", {"a10g": 2})
    assert (seen.due_now, seen.recurring, len(seen.lines)) == (4000 + 2 * A10G, 4000 + 2 * A10G, 2)
    assert at_stripe(machines, "customer") == []
    assert Organization.objects.get(pk=delta.pk).stripe_customer_id is None


def test_a_change_for_later_costs_nothing_now_and_asks_nobody(business, calls):
    seen = previews.of_change(StripeSubscription.objects.get(pk=business.pk), plan("starter"), "month")
    assert (seen.due_now, seen.recurring, seen.lines) == (0, 500, ())
    assert seen.at == StripeSubscription.objects.get(pk=business.pk).period_end
    assert calls == []


def test_a_price_from_before_the_renewal_is_not_had_after_it(business, machines):
    seen = previews.of_items(StripeSubscription.objects.get(pk=business.pk), {"a10g": 2})
    assert seen.proration_date
    machines.advance(days=16)
    machines.deliver()
    row = StripeSubscription.objects.get(pk=business.pk)
    with pytest.raises(errors.PreviewTooOld):
        subscriptions.set_items(row, {"a10g": 2}, proration_date=seen.proration_date)
    begins = row.items.get().period_start - timedelta(seconds=1)
    with pytest.raises(errors.PreviewTooOld):
        subscriptions.set_items(row, {"a10g": 2}, proration_date=begins)


def _rows() -> tuple[int, ...]:
    return Attempt.objects.count(), StripeInvoice.objects.count(), StripeSubscription.objects.count()

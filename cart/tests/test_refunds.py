"""Money goes back once, whoever gives it, and the rows say how much."""

from typing import Any

import pytest
from django.core import mail

from billing import errors as stripe_errors
from billing import gateway
from billing.tests.buying import at_stripe
from cart import errors, orders, unfinished
from cart.models import Alarm, Order, Refund
from cart.tests.browser import Browser

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def paid(guest: Any, shop: Any, catalogue: Any, browser: Browser) -> Order:
    """Somebody paid $48, and every event is delivered."""
    guest.put({"atlas": 1})
    browser.confirm(guest.check_out())
    catalogue.deliver()
    mail.outbox.clear()
    return Order.objects.get()


def test_a_part_and_then_the_rest(paid, catalogue, acme, alice) -> None:
    part = orders.refund(paid, 1000, alice)
    assert (part.state, part.by, paid.state, paid.refunded, paid.refundable) == (
        "succeeded",
        alice,
        "paid",
        1000,
        3800,
    )
    orders.refund(paid, 3800, alice)
    assert (paid.state, paid.refunded, paid.refundable) == ("refunded", 4800, 0)
    catalogue.deliver()
    assert [refund["amount"] for refund in at_stripe(catalogue, "refund")] == [1000, 3800]
    assert Refund.objects.count() == len(mail.outbox) == 2
    assert "$10.00" in mail.outbox[0].body


@pytest.mark.parametrize("amount", [0, -1, 4801])
def test_no_more_goes_back_than_was_paid(paid, calls, amount) -> None:
    """A5."""
    with pytest.raises(errors.NotRefundable):
        orders.refund(paid, amount, None)
    assert calls == []


def test_a_refund_in_the_dashboard_ends_in_the_same_rows(paid, catalogue) -> None:
    """F45."""
    gateway.client.connected().v1.refunds.create({"payment_intent": paid.payment_intent_id, "amount": 1800})
    catalogue.deliver()
    catalogue.deliver()
    paid.refresh_from_db()
    assert (paid.state, paid.refunded) == ("paid", 1800)
    assert (Refund.objects.get().state, Refund.objects.get().by) == ("succeeded", None)
    assert len(mail.outbox) == 1
    with pytest.raises(errors.NotRefundable):
        orders.refund(paid, 3001, None)


def test_what_went_back_in_the_dashboard_unheard_is_not_given_again(paid, catalogue) -> None:
    gateway.client.connected().v1.refunds.create({"payment_intent": paid.payment_intent_id})
    with pytest.raises(errors.NotRefundable):
        orders.refund(paid, 4800, None)
    catalogue.deliver()
    paid.refresh_from_db()
    assert (paid.state, paid.refunded) == ("refunded", 4800)


@pytest.mark.parametrize("kind", ["cut", "lost"])
def test_a_refund_whose_answer_is_lost_is_one_refund(paid, catalogue, kind) -> None:
    """F26."""
    catalogue.sandbox.faults.add(kind, method="POST", path="/v1/refunds", times=9)
    with pytest.raises(stripe_errors.Unavailable):
        orders.refund(paid, 1000, None)
    catalogue.sandbox.faults.clear()
    with pytest.raises(errors.RefundUnderWay):
        orders.refund(paid, 2000, None)
    catalogue.advance(hours=30)  # Stripe has forgotten the key
    assert [(done.order.pk, done.found_paid) for done in unfinished.finish()] == [(paid.pk, False)]
    assert [refund["amount"] for refund in at_stripe(catalogue, "refund")] == [1000]
    catalogue.deliver()
    paid.refresh_from_db()
    assert (paid.refunded, Refund.objects.get().state) == (1000, "succeeded")


def test_a_dispute_is_noted_and_staff_are_told(guest, shop, catalogue, browser: Browser) -> None:
    """F45."""
    guest.put({"atlas": 1})
    browser.confirm(guest.check_out(), "4000000000000259")
    catalogue.deliver()
    catalogue.advance(days=1)
    catalogue.deliver()
    order = Order.objects.get()
    assert (order.state, order.dispute) == ("paid", "needs_response")
    assert Alarm.objects.get().kind == "disputed"
    with pytest.raises(errors.NotRefundable):
        orders.refund(order, 4800, None)
    catalogue.advance(days=30)
    catalogue.deliver()
    order.refresh_from_db()
    assert (order.dispute, order.refunded) == ("lost", 0)
    assert Alarm.objects.filter(kind="disputed").count() == 1

"""A subscription's life as the end-to-end suites of billing libraries drive it at Stripe: over HTTP, on a test clock,
with `pm_card_*`, polling the clock until it is ready and reading events by type and `created`.
"""

from __future__ import annotations

import time
from typing import Any

import pytest
import stripe

from sandbox.server import Server
from sandbox.testing import DAY, SECRET_KEY

HOUR = 3600


class Runner:
    """What such a suite knows: a client with its address, and a test clock."""

    def __init__(self, url: str, now: int) -> None:
        self.v1: Any = stripe.StripeClient(SECRET_KEY, base_addresses={"api": url}).v1
        self.began = now
        self.clock = self.v1.test_helpers.test_clocks.create({"frozen_time": now, "name": "end to end"})
        product = self.v1.products.create({"name": "Plans"})
        self.premium, self.business = (
            self.v1.prices.create(
                {
                    "product": product.id,
                    "currency": "usd",
                    "unit_amount": cents,
                    "recurring": {"interval": "month"},
                }
            )
            for cents in (2000, 5000)
        )

    def subscribe(self, card: str, **params: Any) -> Any:
        customer = self.v1.customers.create({"email": "alice@example.com", "test_clock": self.clock.id})
        self.give_card(customer.id, card)
        return self.v1.subscriptions.create(
            {"customer": customer.id, "items": [{"price": self.premium.id}], **params}
        )

    def give_card(self, customer: str, card: str) -> None:
        method = self.v1.payment_methods.attach(card, {"customer": customer})
        self.v1.customers.update(customer, {"invoice_settings": {"default_payment_method": method.id}})

    def advance(self, *, to: int) -> None:
        self.v1.test_helpers.test_clocks.advance(self.clock.id, {"frozen_time": to})
        deadline = time.monotonic() + 30
        while self.v1.test_helpers.test_clocks.retrieve(self.clock.id).status != "ready":
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def period_end(self, subscription: Any) -> int:
        end: int = self.v1.subscriptions.retrieve(subscription.id)["items"].data[0].current_period_end
        return end

    def renew(self, subscription: Any) -> Any:
        """Advance past the period's end, and past the hour in which the new invoice is a draft; that invoice."""
        end = self.period_end(subscription)
        self.advance(to=end + 60)
        draft = self.last_invoice(subscription)
        assert (draft.status, draft.billing_reason) == ("draft", "subscription_cycle")
        assert draft.automatically_finalizes_at == draft.created + HOUR
        self.advance(to=end + 2 * HOUR)
        return self.v1.invoices.retrieve(draft.id)

    def last_invoice(self, subscription: Any) -> Any:
        return self.v1.invoices.list({"subscription": subscription.id, "limit": 1}).data[0]

    def status(self, subscription: Any) -> str:
        status: str = self.v1.subscriptions.retrieve(subscription.id).status
        return status

    def events(self, event_type: str, since: int = 0) -> list[Any]:
        listed = self.v1.events.list({"type": event_type, "created": {"gte": since}, "limit": 100})
        return [event.data.object for event in listed.auto_paging_iter()]


@pytest.fixture
def runner(server: Server) -> Runner:
    return Runner(server.url, server.sandbox.now)


def test_a_subscription_renews(runner: Runner) -> None:
    subscription = runner.subscribe("pm_card_visa")
    assert subscription.status == "active"
    before = runner.period_end(subscription)
    invoice = runner.renew(subscription)
    assert (invoice.status, invoice.amount_paid) == ("paid", 2000)
    assert runner.period_end(subscription) > before
    assert [paid.id for paid in runner.events("invoice.paid", since=before)] == [invoice.id]


def test_a_renewal_fails_and_is_made_good_by_another_card(runner: Runner) -> None:
    subscription = runner.subscribe("pm_card_visa")
    runner.give_card(subscription.customer, "pm_card_chargeCustomerFail")
    invoice = runner.renew(subscription)
    assert (invoice.status, runner.status(subscription)) == ("open", "past_due")
    assert invoice.attempt_count == 1
    assert [failed.id for failed in runner.events("invoice.payment_failed")] == [invoice.id]

    runner.give_card(subscription.customer, "pm_card_visa")
    runner.advance(to=invoice.next_payment_attempt + 60)
    assert runner.v1.invoices.retrieve(invoice.id).status == "paid"
    assert runner.status(subscription) == "active"


def test_a_renewal_that_never_succeeds_ends_the_subscription(runner: Runner) -> None:
    subscription = runner.subscribe("pm_card_visa")
    runner.give_card(subscription.customer, "pm_card_chargeCustomerFail")
    invoice = runner.renew(subscription)
    while (attempt := runner.v1.invoices.retrieve(invoice.id).next_payment_attempt) is not None:
        runner.advance(to=attempt + 60)
    assert runner.status(subscription) == "canceled"
    (ended,) = runner.events("customer.subscription.deleted")
    assert ended.cancellation_details.reason == "payment_failed"


def test_a_plan_is_changed_in_mid_period_and_prorated(runner: Runner) -> None:
    subscription = runner.subscribe("pm_card_visa")
    start, end = subscription["items"].data[0].current_period_start, runner.period_end(subscription)
    runner.advance(to=(start + end) // 2)
    item = subscription["items"].data[0].id
    runner.v1.subscriptions.update(
        subscription.id,
        {"items": [{"id": item, "price": runner.business.id}], "proration_behavior": "create_prorations"},
    )
    invoice = runner.renew(subscription)
    assert sorted(line.amount for line in invoice.lines.data) == [-1000, 2500, 5000]
    assert (invoice.status, invoice.amount_paid) == ("paid", 6500)


def test_a_subscription_is_cancelled_at_the_periods_end(runner: Runner) -> None:
    subscription = runner.subscribe("pm_card_visa")
    end = runner.period_end(subscription)
    scheduled = runner.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
    assert (scheduled.status, scheduled.cancel_at) == ("active", end)
    runner.advance(to=end - DAY)
    assert runner.status(subscription) == "active"
    runner.advance(to=end + HOUR)
    assert runner.status(subscription) == "canceled"
    (ended,) = runner.events("customer.subscription.deleted")
    assert (ended.id, ended.ended_at) == (subscription.id, end)
    assert len(runner.v1.invoices.list({"subscription": subscription.id}).data) == 1


def test_a_declined_card_does_not_start_a_subscription(runner: Runner) -> None:
    with pytest.raises(stripe.CardError) as declined:
        runner.subscribe("pm_card_chargeCustomerFail", payment_behavior="error_if_incomplete")
    assert declined.value.code == "card_declined"
    assert runner.v1.subscriptions.list({"status": "all"}).data == []

    subscription = runner.subscribe("pm_card_chargeCustomerFail", payment_behavior="allow_incomplete")
    assert subscription.status == "incomplete"
    runner.advance(to=runner.began + DAY)
    assert runner.status(subscription) == "incomplete_expired"
    assert runner.last_invoice(subscription).status == "void"


def test_a_card_cannot_be_attached_that_is_always_declined(runner: Runner) -> None:
    with pytest.raises(stripe.CardError) as declined:
        runner.subscribe("pm_card_chargeDeclined")
    assert (declined.value.code, declined.value.http_status) == ("card_declined", 402)


def test_an_unconfirmed_card_leaves_the_subscription_waiting(runner: Runner) -> None:
    subscription = runner.subscribe(
        "pm_card_threeDSecure2Required",
        payment_behavior="allow_incomplete",
        expand=["latest_invoice.payments"],
    )
    assert subscription.status == "incomplete"
    (payment,) = subscription.latest_invoice.payments.data
    intent = runner.v1.payment_intents.retrieve(payment.payment.payment_intent)
    assert (intent.status, intent.next_action.type) == ("requires_action", "use_stripe_sdk")
    (waiting,) = runner.events("invoice.payment_action_required")
    assert waiting.id == subscription.latest_invoice.id

"""Subscriptions beyond the table: what they show, how time treats them, what they refuse."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from sandbox.objects import billing_settings
from sandbox.testing import DAY, Stage
from sandbox.tests.subscribing import Subscriber, amounts


@pytest.fixture
def shop(stage: Stage) -> Subscriber:
    return Subscriber(stage)


# -- what it shows -------------------------------------------------------------------------------------------------


def test_periods_are_on_the_items_and_the_invoice_names_its_subscription(
    stage: Stage, shop: Subscriber
) -> None:
    subscription = shop.subscribe({"price": shop.plain, "quantity": 3}, metadata={"plan": "team"})
    item = subscription["items"]["data"][0]
    assert (item.current_period_start, item.current_period_end) == (stage.now, stage.now + 31 * DAY)
    invoice = shop.invoice(subscription)
    assert invoice.parent.subscription_details.subscription == subscription.id
    assert invoice.parent.subscription_details.metadata["plan"] == "team"
    assert invoice.lines.data[0].parent.subscription_item_details.subscription_item == item.id
    assert amounts(invoice) == [("3 × Premium (at $20.00 / month)", 6000)]
    assert subscription.billing_mode.type == "flexible"


def test_the_clients_secret_is_on_the_invoice(shop: Subscriber) -> None:
    subscription = shop.subscribe(
        payment_behavior="default_incomplete",
        expand=["latest_invoice.confirmation_secret", "latest_invoice.payments", "pending_setup_intent"],
    )
    invoice = subscription.latest_invoice
    intent = invoice.payments.data[0].payment.payment_intent
    assert invoice.confirmation_secret.client_secret.startswith(f"{intent}_secret_")
    assert subscription.pending_setup_intent is None


def test_the_card_that_paid_first_becomes_the_subscriptions_own(stage: Stage, shop: Subscriber) -> None:
    shop.customer = stage.customer()["id"]
    subscription = shop.subscribe(
        payment_behavior="default_incomplete",
        payment_settings={"save_default_payment_method": "on_subscription"},
        expand=["latest_invoice.payments"],
    )
    intent = subscription.latest_invoice.payments.data[0].payment.payment_intent
    paid = shop.v1.payment_intents.confirm(
        intent, {"payment_method": "pm_card_visa", "return_url": "https://shop.example"}
    )
    assert shop.v1.subscriptions.retrieve(subscription.id).default_payment_method == paid.payment_method
    assert shop.v1.payment_methods.retrieve(paid.payment_method).customer == shop.customer


def test_lists_leave_out_what_has_ended_unless_asked(shop: Subscriber) -> None:
    first, second = shop.subscribe(), shop.subscribe(shop.dear)
    shop.v1.subscriptions.cancel(first.id)
    assert [s.id for s in shop.v1.subscriptions.list({"customer": shop.customer}).data] == [second.id]
    assert [s.id for s in shop.v1.subscriptions.list({"status": "canceled"}).data] == [first.id]
    assert len(shop.v1.subscriptions.list({"status": "all"}).data) == 2
    assert [s.id for s in shop.v1.subscriptions.list({"price": shop.dear}).data] == [second.id]
    customer = shop.v1.customers.retrieve(shop.customer, {"expand": ["subscriptions"]})
    assert [s.id for s in customer.subscriptions.data] == [second.id]


# -- time ----------------------------------------------------------------------------------------------------------


def test_a_year_of_months_is_twelve_invoices(stage: Stage, shop: Subscriber) -> None:
    subscription = shop.subscribe()
    stage.advance(days=365)
    invoices = shop.v1.invoices.list({"subscription": subscription.id, "limit": 100}).data
    assert [i.total for i in invoices] == [2000] * 13
    assert [i.status for i in invoices] == ["draft"] + ["paid"] * 12
    assert invoices[0].period_start == invoices[1].period_end


def test_items_of_different_intervals_have_periods_of_their_own(stage: Stage, shop: Subscriber) -> None:
    """https://docs.stripe.com/billing/subscriptions/mixed-interval"""
    subscription = shop.subscribe(shop.plain, shop.price(12000, "year"))
    assert shop.invoice(subscription).total == 14000
    stage.advance(days=32)
    assert shop.invoice(subscription).total == 2000
    ends = [i.current_period_end for i in shop.v1.subscriptions.retrieve(subscription.id)["items"]["data"]]
    assert ends[1] - ends[0] == (365 - 31 - 28) * DAY


def test_an_anchor_in_the_future_cuts_the_first_period_short(stage: Stage, shop: Subscriber) -> None:
    subscription = shop.subscribe(billing_cycle_anchor=stage.now + 10 * DAY)
    whole = 31  # the month that would end at the anchor, from 11 December
    assert shop.invoice(subscription).total == round(2000 * 10 / whole)
    stage.advance(days=11)
    assert shop.invoice(subscription).total == 2000
    free = shop.subscribe(shop.dear, billing_cycle_anchor=stage.now + 10 * DAY, proration_behavior="none")
    assert (free.latest_invoice, free.status) == (None, "active")


def test_an_end_within_a_later_period_is_billed_for_the_part(stage: Stage, shop: Subscriber) -> None:
    subscription = shop.subscribe(cancel_at=stage.now + (31 + 14) * DAY)
    stage.advance(days=32)
    assert shop.invoice(subscription).total == 1000
    stage.advance(days=13)
    assert shop.v1.subscriptions.retrieve(subscription.id).status == "canceled"


# -- the account's settings ------------------------------------------------------------------------------------------


def test_retries_follow_the_accounts_settings(stage: Stage, shop: Subscriber) -> None:
    with stage.sandbox.work() as world:
        billing_settings.change(world, retry_after_days=[2], end="past_due")
    subscription = shop.subscribe()
    bad = shop.v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": shop.customer})["id"]
    shop.change(subscription, default_payment_method=bad)
    stage.advance(days=31, seconds=3600)
    failed = shop.invoice(subscription)
    assert (failed.attempt_count, failed.next_payment_attempt) == (1, stage.now + 2 * DAY)
    stage.advance(days=2)
    failed = shop.invoice(subscription)
    assert (failed.attempt_count, failed.next_payment_attempt) == (2, None)
    assert shop.v1.customers.retrieve(shop.customer).delinquent


# -- refusals ------------------------------------------------------------------------------------------------------


def test_a_subscription_needs_a_recurring_active_price_of_its_currency(
    stage: Stage, shop: Subscriber
) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="only accepts prices with `type=recurring`"):
        shop.subscribe(stage.price(500, None, product=shop.product)["id"])
    with pytest.raises(stripe.InvalidRequestError, match="inactive"):
        shop.subscribe(shop.v1.prices.update(shop.price(1), {"active": False})["id"])
    with pytest.raises(stripe.InvalidRequestError, match="only supports `eur`"):
        shop.subscribe(shop.plain, shop.price(1, currency="eur"))
    with pytest.raises(stripe.InvalidRequestError, match="Cannot add multiple subscription items"):
        shop.subscribe(shop.plain, shop.plain)
    shop.subscribe()
    with pytest.raises(stripe.InvalidRequestError, match="cannot combine currencies"):
        shop.subscribe(shop.price(100, currency="eur"))


def test_what_could_never_be_charged_at_once_is_refused(stage: Stage, shop: Subscriber) -> None:
    subscription = shop.subscribe(shop.plain, {"price": shop.dear, "quantity": 2})
    stage.advance(days=3)
    known = stage.event_types()
    most = {"id": shop.item(subscription), "quantity": (99_999_999 - 2 * 5000) // 2000}
    with pytest.raises(stripe.InvalidRequestError, match=r"no more than \$999,999.99") as caught:
        shop.change(subscription, items=[most | {"quantity": most["quantity"] + 1}])
    assert (caught.value.code, stage.event_types()) == ("amount_too_large", known)
    shop.change(subscription, items=[most], proration_behavior="none")
    stage.advance(days=30)
    assert shop.invoice(subscription)["amount_due"] == most["quantity"] * 2000 + 2 * 5000


def test_another_customers_card_is_refused(stage: Stage, shop: Subscriber) -> None:
    strange = shop.v1.payment_methods.attach("pm_card_visa", {"customer": stage.customer()["id"]})["id"]
    with pytest.raises(stripe.InvalidRequestError, match="must be attached to the customer") as refused:
        shop.subscribe(default_payment_method=strange)
    assert refused.value.param == "default_payment_method"


def test_the_two_ways_to_schedule_an_end_exclude_each_other(stage: Stage, shop: Subscriber) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="only specify one"):
        shop.subscribe(cancel_at=stage.now + DAY, cancel_at_period_end=True)


def test_the_invoice_of_a_change_that_is_billed_by_mail_is_sent_after_an_hour(
    stage: Stage, shop: Subscriber
) -> None:
    subscription = shop.subscribe(collection_method="send_invoice", days_until_due=10)
    stage.advance(days=2)
    item = {"id": shop.item(subscription), "price": shop.dear}
    shop.change(subscription, items=[item], proration_behavior="always_invoice")
    assert shop.invoice(subscription).status == "draft"
    stage.advance(seconds=3600)
    assert shop.invoice(subscription).status == "open"


def test_what_has_ended_keeps_its_terms(shop: Subscriber) -> None:
    subscription = shop.subscribe()
    shop.v1.subscriptions.cancel(subscription.id)
    with pytest.raises(
        stripe.InvalidRequestError, match="can only update its cancellation_details and metadata"
    ):
        shop.change(subscription, cancel_at_period_end=True)
    assert shop.change(subscription, metadata={"a": "b"}).metadata["a"] == "b"


@pytest.mark.parametrize(
    "params",
    [
        {"transfer_data": {"destination": "acct_1"}},
        {"pending_invoice_item_interval": {"interval": "month"}},
        {"billing_mode": {"type": "flexible", "flexible": {"proration_discounts": "itemized"}}},
    ],
    ids=str,
)
def test_what_is_not_played_says_so(shop: Subscriber, params: dict[str, Any]) -> None:
    with pytest.raises(stripe.APIError, match="The sandbox does not do this"):
        shop.subscribe(**params)


def test_classic_subscriptions_bill_everything_at_once_and_can_migrate(shop: Subscriber) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="must have the same"):
        shop.subscribe(shop.plain, shop.price(12000, "year"), billing_mode={"type": "classic"})
    subscription = shop.subscribe(billing_mode={"type": "classic"})
    assert subscription.billing_mode.flexible is None
    migrated = shop.v1.subscriptions.migrate(subscription.id, {"billing_mode": {"type": "flexible"}})
    assert migrated.billing_mode.type == "flexible"

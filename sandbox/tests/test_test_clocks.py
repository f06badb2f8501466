"""Test clocks: customers in a time of their own. https://docs.stripe.com/billing/testing/test-clocks"""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from sandbox.testing import DAY, Stage

BEGIN = 1_700_000_000


@pytest.fixture
def clock(v1: Any) -> Any:
    return v1.test_helpers.test_clocks.create({"frozen_time": BEGIN, "name": "past"})


@pytest.fixture
def subscription(stage: Stage, v1: Any, clock: Any) -> Any:
    """Of a customer on the clock, with a card."""
    customer = stage.customer(test_clock=clock.id)["id"]
    method = v1.payment_methods.attach("pm_card_visa", {"customer": customer})["id"]
    return v1.subscriptions.create(
        {"customer": customer, "items": [{"price": stage.price()["id"]}], "default_payment_method": method}
    )


def advance(v1: Any, clock: Any, seconds: int) -> Any:
    return v1.test_helpers.test_clocks.advance(clock.id, {"frozen_time": BEGIN + seconds})


def test_everything_of_its_customer_lives_in_its_time(v1: Any, clock: Any, subscription: Any) -> None:
    invoice = v1.invoices.retrieve(subscription.latest_invoice)
    assert {subscription.test_clock, invoice.test_clock} == {clock.id}
    assert {subscription.created, invoice.created, invoice.status_transitions.paid_at} == {BEGIN}
    event = v1.events.list({"type": "customer.subscription.created"}).data[0]
    assert event.created == BEGIN


def test_it_answers_advancing_and_is_ready_when_asked_again(
    stage: Stage, v1: Any, clock: Any, subscription: Any
) -> None:
    seen = len(stage.event_types())
    going = advance(v1, clock, 31 * DAY)
    assert (going.status, going.status_details.advancing.target_frozen_time) == (
        "advancing",
        BEGIN + 31 * DAY,
    )
    there = v1.test_helpers.test_clocks.retrieve(clock.id)
    assert (there.status, there.frozen_time) == ("ready", BEGIN + 31 * DAY)
    types = stage.event_types()[seen:]
    assert types[0] == "test_helpers.test_clock.advancing"
    assert types[-1] == "test_helpers.test_clock.ready"
    assert "invoice.paid" in types


def test_the_world_around_it_stands_still(stage: Stage, v1: Any, clock: Any, subscription: Any) -> None:
    before = stage.now
    advance(v1, clock, 40 * DAY)
    assert stage.now == before
    assert v1.customers.create({}).created == before
    stage.advance(days=20)
    assert (
        v1.subscriptions.retrieve(subscription.id)["items"]["data"][0].current_period_end == BEGIN + 61 * DAY
    )


def test_a_failing_card_is_retried_in_its_time(v1: Any, clock: Any, subscription: Any) -> None:
    bad = v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": subscription.customer})["id"]
    v1.subscriptions.update(subscription.id, {"default_payment_method": bad})
    for days in (30, 51):
        advance(v1, clock, days * DAY)
    assert v1.subscriptions.retrieve(subscription.id).status == "past_due"
    advance(v1, clock, 52 * DAY)
    assert v1.subscriptions.retrieve(subscription.id).status == "canceled"


@pytest.mark.parametrize("seconds", [0, -1, 70 * DAY])
def test_it_goes_forward_and_two_intervals_at_most(
    v1: Any, clock: Any, subscription: Any, seconds: int
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        advance(v1, clock, seconds)
    assert refused.value.param == "frozen_time"


def test_deleted_it_takes_its_customers_along(stage: Stage, v1: Any, clock: Any, subscription: Any) -> None:
    assert v1.test_helpers.test_clocks.delete(clock.id).deleted
    assert v1.customers.retrieve(subscription.customer).deleted
    with pytest.raises(stripe.InvalidRequestError, match="No such subscription"):
        v1.subscriptions.retrieve(subscription.id)
    assert stage.event_types()[-1] == "test_helpers.test_clock.deleted"


def test_it_is_deleted_by_itself_after_a_month(stage: Stage, v1: Any, clock: Any) -> None:
    assert clock.deletes_after == stage.now + 30 * DAY
    stage.advance(days=30)
    assert v1.test_helpers.test_clocks.list().data == []

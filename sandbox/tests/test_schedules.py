"""Schedules: a downgrade at the period's end, and what else phases do.

https://docs.stripe.com/billing/subscriptions/subscription-schedules
"""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from sandbox.testing import DAY, Stage
from sandbox.tests.subscribing import Subscriber


class Planner(Subscriber):
    """A subscription of 5000 a month, and a schedule over it."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.yearly = self.price(20000, "year")
        self.subscription = self.subscribe(self.dear)
        self.schedule = self.v1.subscription_schedules.create({"from_subscription": self.subscription.id})

    def plan(self, *phases: Any, **params: Any) -> Any:
        """The present phase as it is, and these after it."""
        now = self.schedule.phases[0]
        present = {
            "items": [{"price": self.dear, "quantity": 1}],
            "start_date": now.start_date,
            "end_date": now.end_date,
        }
        given: Any = {"phases": [present, *phases], **params}
        return self.v1.subscription_schedules.update(self.schedule.id, given)

    def show(self) -> tuple[str, str]:
        schedule = self.v1.subscription_schedules.retrieve(self.schedule.id)
        return schedule.status, self.v1.subscriptions.retrieve(self.subscription.id).status

    @property
    def amount(self) -> int:
        return self.v1.subscriptions.retrieve(self.subscription.id)["items"]["data"][0].price.unit_amount


@pytest.fixture
def planner(stage: Stage) -> Planner:
    return Planner(stage)


def test_a_schedule_takes_over_a_subscription_as_it_is(stage: Stage, planner: Planner) -> None:
    item = planner.subscription["items"]["data"][0]
    phase = planner.schedule.phases[0]
    assert (planner.schedule.status, planner.schedule.end_behavior) == ("active", "release")
    assert (phase.start_date, phase.end_date) == (item.current_period_start, item.current_period_end)
    assert planner.v1.subscriptions.retrieve(planner.subscription.id).schedule == planner.schedule.id
    assert stage.event_types()[-2:] == ["subscription_schedule.created", "customer.subscription.updated"]


def test_a_downgrade_waits_for_the_periods_end_and_costs_nothing_until_then(
    stage: Stage, planner: Planner
) -> None:
    planner.plan({"items": [{"price": planner.plain}], "duration": {"interval": "month"}})
    assert planner.amount == 5000
    seen = len(stage.event_types())
    stage.advance(days=31)
    assert stage.event_types()[seen:] == [
        "invoice.upcoming",
        "subscription_schedule.updated",
        "invoice.created",
        "customer.subscription.updated",
    ]
    assert planner.amount == 2000
    assert [(line.amount) for line in planner.invoice(planner.subscription).lines.data] == [2000]


def test_after_the_last_phase_the_subscription_goes_on_by_itself(stage: Stage, planner: Planner) -> None:
    planner.plan({"items": [{"price": planner.plain}], "duration": {"interval": "month"}})
    stage.advance(days=31 + 28)
    assert planner.show() == ("released", "active")
    schedule = planner.v1.subscription_schedules.retrieve(planner.schedule.id)
    assert (schedule.subscription, schedule.released_subscription) == (None, planner.subscription.id)
    assert "subscription_schedule.expiring" in stage.event_types()


def test_or_it_ends_with_it(stage: Stage, planner: Planner) -> None:
    planner.plan(end_behavior="cancel")
    stage.advance(days=31)
    assert planner.show() == ("completed", "canceled")
    assert stage.event_types()[-2:] == ["customer.subscription.deleted", "subscription_schedule.completed"]


def test_a_change_to_a_year_at_the_boundary_bills_the_year(stage: Stage, planner: Planner) -> None:
    planner.plan({"items": [{"price": planner.yearly}], "duration": {"interval": "year"}})
    stage.advance(days=31)
    assert planner.invoice(planner.subscription).total == 20000
    item = planner.v1.subscriptions.retrieve(planner.subscription.id)["items"]["data"][0]
    assert item.current_period_end - item.current_period_start == 365 * DAY


def test_a_change_of_the_present_phase_is_made_at_once_and_prorated(stage: Stage, planner: Planner) -> None:
    stage.advance(days=15.5)
    now = planner.schedule.phases[0]
    planner.v1.subscription_schedules.update(
        planner.schedule.id,
        {
            "proration_behavior": "always_invoice",
            "phases": [
                {
                    "items": [{"price": planner.plain, "quantity": 3}],
                    "start_date": now.start_date,
                    "end_date": now.end_date,
                }
            ],
        },
    )
    assert planner.invoice(planner.subscription).total == 3000 - 2500


def test_released_by_hand_it_changes_nothing(stage: Stage, planner: Planner) -> None:
    planner.plan({"items": [{"price": planner.plain}]})
    planner.v1.subscription_schedules.release(planner.schedule.id)
    stage.advance(days=32)
    assert planner.show() == ("released", "active")
    assert planner.amount == 5000
    with pytest.raises(stripe.InvalidRequestError, match="`released` status"):
        planner.v1.subscription_schedules.release(planner.schedule.id)


def test_cancelled_it_ends_the_subscription_and_credits_the_rest(stage: Stage, planner: Planner) -> None:
    stage.advance(days=15.5)
    planner.v1.subscription_schedules.cancel(planner.schedule.id)
    assert planner.show() == ("canceled", "canceled")
    assert planner.v1.customers.retrieve(planner.customer).balance == -2500


def test_a_subscription_that_is_cancelled_ends_its_schedule(stage: Stage, planner: Planner) -> None:
    planner.v1.subscriptions.cancel(planner.subscription.id)
    assert planner.show() == ("canceled", "canceled")
    assert stage.event_types()[-2:] == ["subscription_schedule.canceled", "customer.subscription.deleted"]


def test_not_paid_for_it_is_aborted(stage: Stage, planner: Planner) -> None:
    planner.plan({"items": [{"price": planner.dear}], "duration": {"interval": "year"}})
    bad = planner.v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": planner.customer})[
        "id"
    ]
    planner.change(planner.subscription, default_payment_method=bad)
    stage.advance(days=31 + 22)
    assert planner.show() == ("canceled", "canceled")
    assert "subscription_schedule.aborted" in stage.event_types()


def test_who_manages_the_end_is_the_schedule(planner: Planner) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="is managed by the subscription schedule"):
        planner.change(planner.subscription, cancel_at_period_end=True)


def test_a_schedule_of_its_own_begins_when_it_is_time(stage: Stage, planner: Planner) -> None:
    schedule = planner.v1.subscription_schedules.create(
        {
            "customer": planner.customer,
            "start_date": stage.now + 3 * DAY,
            "phases": [{"items": [{"price": planner.plain, "quantity": 2}]}],
        }
    )
    assert (schedule.status, schedule.subscription) == ("not_started", None)
    stage.advance(days=3)
    schedule = planner.v1.subscription_schedules.retrieve(schedule.id, {"expand": ["subscription"]})
    assert (schedule.status, schedule.subscription.status) == ("active", "active")
    assert planner.invoice(schedule.subscription).total == 4000


@pytest.mark.parametrize("name", ["trial", "add_invoice_items"])
def test_what_is_not_played_says_so(planner: Planner, name: str) -> None:
    value: Any = {"trial": True, "add_invoice_items": [{"price": planner.plain}]}[name]
    with pytest.raises(stripe.APIError, match="The sandbox does not do this"):
        planner.plan({"items": [{"price": planner.plain}], name: value})

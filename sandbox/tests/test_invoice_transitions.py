"""Every row of the tables of invoices, schedules and test clocks is walked with the SDK."""

from __future__ import annotations

from typing import Any

import stripe

from sandbox.testing import DAY, Stage
from sandbox.tests import invoice_transitions as tables
from sandbox.tests.subscribing import Subscriber
from sandbox.tests.transitions import Transition
from sandbox.tests.walks import Walk, follow, rows


class InvoiceWalk(Walk):
    """An invoice of a customer with a card."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.customer = stage.customer()["id"]
        self.cards = {
            name: self.v1.payment_methods.attach(f"pm_card_{card}", {"customer": self.customer})["id"]
            for name, card in {"good": "visa", "declining": "chargeCustomerFail"}.items()
        }
        self.take_card("good")

    def take_card(self, name: str) -> None:
        settings: Any = {"invoice_settings": {"default_payment_method": self.cards[name]}}
        self.v1.customers.update(self.customer, settings)

    def step(self, verb: str, rest: str) -> None:
        if verb == "take":
            self.take_card(rest)
        elif verb == "hours":
            self.stage.advance(seconds=int(rest) * 3600)
        elif verb == "let":
            self.v1.invoices.update(self.id, {"auto_advance": True})
        else:
            super().step(verb, rest)

    def bill(self, amount: str) -> None:
        self.id = self.v1.invoices.create({"customer": self.customer, "currency": "usd"})["id"]
        item: Any = {"customer": self.customer, "invoice": self.id, "amount": int(amount)}
        self.v1.invoice_items.create(item)

    def credit(self, amount: str) -> None:
        self.v1.customers.update(self.customer, {"balance": -int(amount)})

    def finalize(self, _: str) -> None:
        self.v1.invoices.finalize_invoice(self.id)

    def pay(self, rest: str) -> None:
        self.v1.invoices.pay(self.id, {"paid_out_of_band": True} if rest else {})

    def void(self, _: str) -> None:
        self.v1.invoices.void_invoice(self.id)

    def write_off(self, _: str) -> None:
        self.v1.invoices.mark_uncollectible(self.id)

    def delete(self, _: str) -> None:
        self.v1.invoices.delete(self.id)

    def show(self) -> dict[str, Any]:
        try:
            shown = self.v1.invoices.retrieve(self.id).to_dict()
        except stripe.InvalidRequestError:
            return {"status": ""}
        return shown | {"balance": self.v1.customers.retrieve(self.customer).balance}


class ScheduleWalk(Walk):
    """A schedule over a subscription of 5000 a month."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.shop = Subscriber(stage)
        self.subscription = self.shop.subscribe(self.shop.dear)["id"]

    def take_over(self, _: str) -> None:
        self.id = self.v1.subscription_schedules.create({"from_subscription": self.subscription})["id"]

    def plan(self, rest: str) -> None:
        phase = self.v1.subscription_schedules.retrieve(self.id).phases[0]
        present = {
            "items": [{"price": self.shop.dear}],
            "start_date": phase.start_date,
            "end_date": phase.end_date,
        }
        later = [] if rest == "the end" else [{"items": [{"price": self.shop.plain}]}]
        given: Any = {"phases": [present, *later], "end_behavior": "release" if later else "cancel"}
        self.v1.subscription_schedules.update(self.id, given)

    def release(self, _: str) -> None:
        self.v1.subscription_schedules.release(self.id)

    def cancel(self, _: str) -> None:
        self.v1.subscription_schedules.cancel(self.id)

    def show(self) -> dict[str, Any]:
        if not self.id:
            return {"status": ""}
        shown = self.v1.subscription_schedules.retrieve(self.id).to_dict()
        subscription = self.v1.subscriptions.retrieve(self.subscription)
        drafts = self.v1.invoices.list({"status": "draft"}).data
        return shown | {
            "phases": [self.v1.prices.retrieve(p["items"][0]["price"]).unit_amount for p in shown["phases"]],
            "subscription_status": subscription.status,
            "price": subscription["items"]["data"][0].price.unit_amount,
            "draft": drafts[0].total if drafts else None,
        }


class ClockWalk(Walk):
    BEGIN = 1_700_000_000
    answered = ""

    def make(self, _: str) -> None:
        self.id = self.v1.test_helpers.test_clocks.create({"frozen_time": self.BEGIN})["id"]

    def advance(self, days: str) -> None:
        target = self.BEGIN + int(days) * DAY
        self.answered = self.v1.test_helpers.test_clocks.advance(self.id, {"frozen_time": target}).status

    def delete(self, _: str) -> None:
        self.v1.test_helpers.test_clocks.delete(self.id)

    def show(self) -> dict[str, Any]:
        try:
            shown = self.v1.test_helpers.test_clocks.retrieve(self.id).to_dict()
        except stripe.InvalidRequestError:
            return {"status": ""}
        return shown | {"days": (shown["frozen_time"] - self.BEGIN) / DAY, "answered": self.answered}


@rows(tables.INVOICES)
def test_an_invoice_goes_as_the_table_says(stage: Stage, row: Transition) -> None:
    follow(InvoiceWalk(stage), row)


@rows(tables.SCHEDULED)
def test_a_schedule_goes_as_the_table_says(stage: Stage, row: Transition) -> None:
    follow(ScheduleWalk(stage), row)


@rows(tables.CLOCKED)
def test_a_test_clock_goes_as_the_table_says(stage: Stage, row: Transition) -> None:
    follow(ClockWalk(stage), row)

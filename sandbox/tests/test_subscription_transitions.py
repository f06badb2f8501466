"""Every row of the table of subscriptions is walked with the SDK."""

from __future__ import annotations

from typing import Any

from sandbox.objects import billing_settings
from sandbox.testing import DAY, PUBLISHABLE_KEY, Stage
from sandbox.tests import subscription_transitions as tables
from sandbox.tests.transitions import Transition
from sandbox.tests.walks import Walk, follow, rows

OPTIONS: dict[str, dict[str, Any]] = {
    "incomplete": {"payment_behavior": "default_incomplete"},
    "strictly": {"payment_behavior": "error_if_incomplete"},
    "sent": {"collection_method": "send_invoice", "days_until_due": 10},
    "trial": {"trial_period_days": 14},
    "canceling": {"trial_settings": {"end_behavior": {"missing_payment_method": "cancel"}}},
    "pausing": {"trial_settings": {"end_behavior": {"missing_payment_method": "pause"}}},
}
SWITCHES: dict[str, dict[str, Any]] = {
    "unprorated": {"proration_behavior": "none"},
    "at once": {"proration_behavior": "always_invoice"},
    "strictly": {"proration_behavior": "always_invoice", "payment_behavior": "error_if_incomplete"},
    "pending": {"proration_behavior": "always_invoice", "payment_behavior": "pending_if_incomplete"},
}
VALUES = {"true": True, "false": False}


class SubscriptionWalk(Walk):
    """A customer without a card, three prices of one product, and what is done to his subscription."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        product = stage.product()["id"]
        self.customer = stage.customer()["id"]
        self.prices = {
            "plain": stage.price(2000, product=product)["id"],
            "dear": stage.price(5000, product=product)["id"],
            "yearly": stage.price(20000, "year", product=product)["id"],
        }

    def attach(self, card: str) -> str:
        return self.v1.payment_methods.attach(f"pm_card_{card}", {"customer": self.customer})["id"]

    def create(self, rest: str) -> None:
        words, _, card = rest.partition("with ")
        params: dict[str, Any] = {"customer": self.customer, "items": [{"price": self.prices["plain"]}]}
        for word in words.split():
            params |= OPTIONS[word]
        if card:
            params["default_payment_method"] = self.attach(card)
        self.id = self.v1.subscriptions.create(params)["id"]  # type: ignore[arg-type]

    def default(self, card: str) -> None:
        method = self.attach(card)
        if self.v1.subscriptions.retrieve(self.id).default_payment_method:
            self.v1.subscriptions.update(self.id, {"default_payment_method": method})
        else:
            self.v1.customers.update(self.customer, {"invoice_settings": {"default_payment_method": method}})

    def end(self, outcome: str) -> None:
        with self.stage.sandbox.work() as world:
            billing_settings.change(world, end=outcome)

    def hours(self, count: str) -> None:
        self.stage.advance(seconds=int(count) * 3600)

    @property
    def invoice(self) -> Any:
        expand = ["latest_invoice.confirmation_secret"]
        return self.v1.subscriptions.retrieve(self.id, {"expand": expand}).latest_invoice

    def pay(self, rest: str) -> None:
        """As the buyer's browser does."""
        secret = self.invoice.confirmation_secret.client_secret
        self.intent = secret.partition("_secret_")[0]
        params = {"client_secret": secret, "payment_method": f"pm_card_{rest.removeprefix('with ')}"}
        self.stage.connect(PUBLISHABLE_KEY).v1.payment_intents.confirm(self.intent, params)  # type: ignore[arg-type]

    def authenticate(self, _: str) -> None:
        subscription, self.id = self.id, self.intent
        self.answer(True)
        self.id = subscription

    def settle(self, rest: str) -> None:
        """As the seller does, with another card."""
        self.v1.invoices.pay(self.invoice["id"], {"payment_method": f"pm_card_{rest.removeprefix('with ')}"})

    def void(self, _: str) -> None:
        self.v1.invoices.void_invoice(self.invoice["id"])

    def cancel(self, rest: str) -> None:
        params = {"prorate": True, "invoice_now": True} if rest else {}
        self.v1.subscriptions.cancel(self.id, params)  # type: ignore[arg-type]

    def delete(self, _: str) -> None:
        self.v1.customers.delete(self.customer)

    def resume(self, _: str) -> None:
        self.v1.subscriptions.resume(self.id)

    def change(self, rest: str) -> None:
        name, _, text = rest.partition(" ")
        value: Any = {"behavior": text} if name == "pause_collection" else VALUES.get(text, text)
        self.v1.subscriptions.update(self.id, {name: value})  # type: ignore[misc]

    def set(self, rest: str) -> None:
        """`set up visa`: as the buyer's browser does with the pending intent."""
        intent = self.v1.subscriptions.retrieve(
            self.id, {"expand": ["pending_setup_intent"]}
        ).pending_setup_intent
        params = {
            "client_secret": intent.client_secret,
            "payment_method": f"pm_card_{rest.removeprefix('up ')}",
        }
        self.stage.connect(PUBLISHABLE_KEY).v1.setup_intents.confirm(intent.id, params)  # type: ignore[arg-type]

    def switch(self, rest: str) -> None:
        how, _, name = rest.rpartition("to ")
        item = self.v1.subscriptions.retrieve(self.id)["items"]["data"][0]["id"]
        params = {"items": [{"id": item, "price": self.prices[name]}]} | SWITCHES.get(how.strip(), {})
        self.v1.subscriptions.update(self.id, params)  # type: ignore[arg-type]

    def show(self) -> dict[str, Any]:
        if not self.id:
            return {"status": ""}
        shown = self.v1.subscriptions.retrieve(self.id).to_dict()
        invoices = [invoice.to_dict() for invoice in self.v1.invoices.list({"subscription": self.id}).data]
        for status in ("draft", "open", "paid", "void", "uncollectible"):
            shown[status] = [i["total"] for i in reversed(invoices) if i["status"] == status]
        pending = self.v1.invoice_items.list({"customer": self.customer, "pending": True}).data
        shown["pending"] = [item["amount"] for item in reversed(pending)]
        shown["price"] = shown["items"]["data"][0]["price"]["unit_amount"]
        shown["balance"] = self.v1.customers.retrieve(self.customer).to_dict().get("balance")
        shown["cancellation_reason"] = shown["cancellation_details"]["reason"]
        if shown["cancel_at"]:
            shown["ends_in_days"] = (shown["cancel_at"] - self.stage.now) / DAY
        return shown


@rows(tables.BEGINNINGS)
def test_a_subscription_begins_as_the_table_says(stage: Stage, row: Transition) -> None:
    follow(SubscriptionWalk(stage), row)


@rows(tables.RENEWALS)
def test_a_subscription_renews_as_the_table_says(stage: Stage, row: Transition) -> None:
    follow(SubscriptionWalk(stage), row)


@rows(tables.ENDS)
def test_a_subscription_ends_as_the_table_says(stage: Stage, row: Transition) -> None:
    follow(SubscriptionWalk(stage), row)


@rows(tables.TRIAL)
def test_a_trial_goes_as_the_table_says(stage: Stage, row: Transition) -> None:
    follow(SubscriptionWalk(stage), row)


@rows(tables.CHANGES)
def test_a_change_goes_as_the_table_says(stage: Stage, row: Transition) -> None:
    follow(SubscriptionWalk(stage), row)

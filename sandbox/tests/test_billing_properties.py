"""Whatever is done with subscriptions, in whatever order: an invoice is paid once, and what was told is what is."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import Any

import stripe
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.errors import StripeError
from sandbox.objects import authentication
from sandbox.testing import PUBLISHABLE_KEY, Stage

CARDS = ("visa", "chargeCustomerFail", "threeDSecure2Required")
BEHAVIORS = ("default_incomplete", "allow_incomplete", "error_if_incomplete", "pending_if_incomplete")
PRORATIONS = ("create_prorations", "always_invoice", "none")
PRICES = ("plain", "dear", "yearly", "free")
TOLD = ("subscription", "invoice", "subscription_schedule", "customer", "payment_intent")
# Announcements tell of an object as it is, and are named beside the change that was told already.
ANNOUNCEMENTS = {
    "customer.subscription.paused",
    "customer.subscription.pending_update_applied",
    "customer.subscription.pending_update_expired",
    "customer.subscription.resumed",
    "customer.subscription.trial_will_end",
    "invoice.overdue",
    "invoice.paid",
    "invoice.payment_action_required",
    "invoice.payment_failed",
    "invoice.payment_succeeded",
    "invoice.sent",
    "subscription_schedule.expiring",
    "customer.deleted",
}

begins = st.tuples(
    st.just("begin"), st.sampled_from(PRICES), st.sampled_from(BEHAVIORS), st.sampled_from((None, 7, 14))
)
changes = st.tuples(
    st.just("change"),
    st.sampled_from(PRICES),
    st.integers(1, 3),
    st.sampled_from(PRORATIONS),
    st.sampled_from(BEHAVIORS),
)
time = st.tuples(st.just("pass"), st.sampled_from((0.05, 1, 3, 16, 31)))
others = st.one_of(
    st.tuples(st.just("card"), st.sampled_from(CARDS)),
    st.tuples(st.just("pay"), st.sampled_from(CARDS)),
    st.tuples(st.just("end"), st.booleans()),
    st.tuples(st.just("pause"), st.sampled_from((None, "void", "keep_as_draft", "mark_uncollectible"))),
    st.tuples(st.just("credit"), st.integers(-3000, 3000)),
    st.tuples(st.just("extra"), st.integers(-3000, 3000)),
    st.tuples(st.sampled_from(("cancel", "settle", "void", "authenticate", "schedule"))),
)
histories = st.tuples(
    begins, st.lists(st.one_of(begins, changes, time, time, others, others), max_size=10)
).map(lambda parts: [parts[0], *parts[1]])


class Shop:
    """Does one thing after another; what Stripe refuses is refused. Every step takes the latest subscription."""

    def __init__(self) -> None:
        self.stage = Stage()
        self.v1: Any = self.stage.client.v1
        self.customer = self.stage.customer()["id"]
        product = self.stage.product()["id"]
        self.prices = {
            "plain": self.stage.price(2000, product=product)["id"],
            "dear": self.stage.price(4999, product=product)["id"],
            "yearly": self.stage.price(20000, "year", product=product)["id"],
            "free": self.stage.price(0, product=product)["id"],
        }
        self.do_card("visa")

    def do(self, step: tuple[Any, ...]) -> None:
        with suppress(stripe.StripeError, StripeError, IndexError, AttributeError, StopIteration):
            getattr(self, f"do_{step[0]}")(*step[1:])

    def do_card(self, name: str) -> None:
        method = self.v1.payment_methods.attach(f"pm_card_{name}", {"customer": self.customer})["id"]
        self.v1.customers.update(self.customer, {"invoice_settings": {"default_payment_method": method}})

    def do_begin(self, price: str, behavior: str, trial: int | None) -> None:
        given = {"trial_period_days": trial} if trial else {}
        items = [{"price": self.prices[price]}]
        self.v1.subscriptions.create(
            {"customer": self.customer, "items": items, "payment_behavior": behavior, **given}
        )

    def do_change(self, price: str, quantity: int, proration: str, behavior: str) -> None:
        item = {
            "id": self.latest["items"]["data"][0]["id"],
            "price": self.prices[price],
            "quantity": quantity,
        }
        self.v1.subscriptions.update(
            self.latest["id"],
            {"items": [item], "proration_behavior": proration, "payment_behavior": behavior},
        )

    def do_pass(self, days: float) -> None:
        self.stage.advance(days=days)

    def do_pay(self, card: str) -> None:
        """As the buyer's browser does."""
        secret = self.v1.invoices.retrieve(
            self.latest["latest_invoice"], {"expand": ["confirmation_secret"]}
        ).confirmation_secret.client_secret
        browser = self.stage.connect(PUBLISHABLE_KEY).v1.payment_intents
        browser.confirm(
            secret.partition("_secret_")[0], {"client_secret": secret, "payment_method": f"pm_card_{card}"}
        )

    def do_authenticate(self) -> None:
        with self.stage.sandbox.work() as world:
            intent = next(i for i in world.select("payment_intent") if i["status"] == "requires_action")
            authentication.authenticate(world, intent, True)

    def do_end(self, wanted: bool) -> None:
        self.v1.subscriptions.update(self.latest["id"], {"cancel_at_period_end": wanted})

    def do_pause(self, behavior: str | None) -> None:
        given = {"behavior": behavior} if behavior else ""
        self.v1.subscriptions.update(self.latest["id"], {"pause_collection": given})

    def do_credit(self, balance: int) -> None:
        self.v1.customers.update(self.customer, {"balance": balance})

    def do_extra(self, amount: int) -> None:
        self.v1.invoice_items.create({"customer": self.customer, "amount": amount, "currency": "usd"})

    def do_cancel(self) -> None:
        self.v1.subscriptions.cancel(self.latest["id"], {"prorate": True, "invoice_now": True})

    def do_settle(self) -> None:
        self.v1.invoices.pay(self.latest["latest_invoice"], {"payment_method": "pm_card_visa"})

    def do_void(self) -> None:
        self.v1.invoices.void_invoice(self.latest["latest_invoice"])

    def do_schedule(self) -> None:
        self.v1.subscription_schedules.create({"from_subscription": self.latest["id"]})

    @property
    def latest(self) -> Any:
        return self.v1.subscriptions.list({"status": "all", "limit": 1}).data[0]

    def all(self, kind: str) -> list[dict[str, Any]]:
        with self.stage.sandbox.work() as world:
            return [world.render(record) for record in world.scan(kind)]


def play(history: list[tuple[Any, ...]]) -> Shop:
    shop = Shop()
    for step in history:
        shop.do(step)
    return shop


@given(histories)
@settings(max_examples=25, deadline=None)
def test_an_invoice_is_paid_once_and_no_more_than_it_comes_to(history: list[tuple[Any, ...]]) -> None:
    shop = play(history)
    paid = Counter(e["data"]["object"]["id"] for e in shop.all("event") if e["type"] == "invoice.paid")
    captured = Counter[str]()
    for charge in shop.all("charge"):
        captured[charge["payment_intent"]] += charge["amount_captured"]
    intents = {
        payment["invoice"]: payment["payment"]["payment_intent"] for payment in shop.all("invoice_payment")
    }
    for invoice in shop.all("invoice"):
        assert paid[invoice["id"]] == (1 if invoice["status"] == "paid" else 0)
        assert invoice["amount_paid"] == captured[intents.get(invoice["id"], "")]
        assert invoice["amount_due"] == invoice["amount_paid"] + invoice["amount_remaining"] >= 0
        assert invoice["total"] == sum(line["amount"] for line in invoice["lines"]["data"])


@given(histories)
@settings(max_examples=25, deadline=None)
def test_no_change_without_an_event_and_no_event_without_a_change(history: list[tuple[Any, ...]]) -> None:
    shop = play(history)
    told: dict[str, dict[str, Any]] = {}
    for event in shop.all("event"):
        shown, previous = event["data"]["object"], event["data"].get("previous_attributes")
        if event["type"].endswith(".updated"):
            assert previous
        assert shown != told.get(shown["id"]) or event["type"] in ANNOUNCEMENTS
        told[shown["id"]] = shown
    for kind in TOLD:
        for record in shop.all(kind):
            assert untold(told[record["id"]]) == untold(record)


def untold(record: dict[str, Any]) -> dict[str, Any]:
    """Without what nobody is told of: the counter of a customer's invoices, and how an intent came to be paid."""
    silent = {"next_invoice_sequence", "payment_method", "last_payment_error", "next_action"}
    return {name: value for name, value in record.items() if name not in silent}


@given(histories)
@settings(max_examples=25, deadline=None)
def test_a_subscription_is_always_of_one_piece(history: list[tuple[Any, ...]]) -> None:
    shop = play(history)
    for subscription in shop.all("subscription"):
        ended = subscription["status"] in ("canceled", "incomplete_expired")
        assert (subscription["ended_at"] is not None) == ended
        assert (subscription["cancel_at"] is not None) >= subscription["cancel_at_period_end"]
        for item in subscription["items"]["data"]:
            assert item["current_period_start"] < item["current_period_end"]
            assert (
                ended
                or subscription["status"] in ("incomplete", "paused")
                or item["current_period_end"] > shop.stage.now
            )

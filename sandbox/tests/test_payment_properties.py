"""Whatever is done with payments, in whatever order: money is conserved, and what was told last is what is."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import stripe
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.errors import StripeError
from sandbox.objects import authentication
from sandbox.testing import Stage

CARDS = (
    "pm_card_visa",
    "pm_card_chargeDeclined",
    "pm_card_threeDSecure2Required",
    "pm_card_createDispute",
    "pm_card_pendingRefund",
    "pm_card_refundFail",
    "pm_card_bypassPending",
    "pm_usBankAccount",
    "pm_usBankAccount_insufficientFunds",
)
TOLD = ("payment_intent", "charge", "refund", "dispute", "customer", "setup_intent")

amounts = st.integers(50, 5000)
pays = st.tuples(st.just("pay"), st.sampled_from(CARDS), amounts, st.booleans())
others = st.one_of(
    st.tuples(st.sampled_from(("refund", "capture")), st.none() | amounts),
    st.tuples(st.just("authenticate"), st.booleans()),
    st.tuples(st.just("answer"), st.sampled_from(("winning_evidence", "losing_evidence", "hm"))),
    st.tuples(st.just("pass"), st.integers(0, 10)),
    st.tuples(st.sampled_from(("cancel", "close", "retry"))),
)
histories = st.lists(st.one_of(pays, others, others), min_size=1, max_size=12)


class Shop:
    """Does one thing after another; what Stripe refuses is refused. Every step takes the latest object that it fits."""

    def __init__(self) -> None:
        self.stage = Stage()
        self.v1: Any = self.stage.client.v1
        self.customer = self.stage.customer()["id"]

    def do(self, step: tuple[Any, ...]) -> None:
        with suppress(stripe.StripeError, StripeError, IndexError):
            getattr(self, f"do_{step[0]}")(*step[1:])

    def do_pay(self, method: str, amount: int, later: bool) -> None:
        self.v1.payment_intents.create(
            {
                "amount": amount,
                "currency": "usd",
                "customer": self.customer,
                "payment_method": method,
                "payment_method_types": ["card", "us_bank_account"],
                "capture_method": "manual" if later and "card" in method else "automatic_async",
                "confirm": True,
            }
        )

    def do_refund(self, amount: int | None) -> None:
        charge = self.v1.charges.list().data[0]["id"]
        self.v1.refunds.create({"charge": charge, **({"amount": amount} if amount else {})})

    def do_capture(self, amount: int | None) -> None:
        self.v1.payment_intents.capture(self.intent, {"amount_to_capture": amount} if amount else {})

    def do_cancel(self) -> None:
        self.v1.payment_intents.cancel(self.intent)

    def do_retry(self) -> None:
        self.v1.payment_intents.confirm(self.intent, {"payment_method": "pm_card_visa"})

    def do_authenticate(self, passed: bool) -> None:
        with self.stage.sandbox.work() as world:
            authentication.authenticate(world, world.get("payment_intent", self.intent), passed)

    def do_answer(self, text: str) -> None:
        self.v1.disputes.update(
            self.v1.disputes.list().data[0]["id"], {"evidence": {"uncategorized_text": text}}
        )

    def do_close(self) -> None:
        self.v1.disputes.close(self.v1.disputes.list().data[0]["id"])

    def do_pass(self, days: int) -> None:
        self.stage.advance(days=days)

    @property
    def intent(self) -> str:
        return str(self.v1.payment_intents.list().data[0]["id"])

    def all(self, kind: str) -> list[dict[str, Any]]:
        with self.stage.sandbox.work() as world:
            return [world.render(record) for record in world.scan(kind)]


@given(histories)
@settings(max_examples=30, deadline=None)
def test_money_is_conserved(history: list[tuple[Any, ...]]) -> None:
    shop = Shop()
    for step in history:
        shop.do(step)
    moved = shop.all("balance_transaction")
    taken = sum(charge["amount_captured"] for charge in shop.all("charge") if charge["paid"])
    returned = sum(refund["amount"] for refund in shop.all("refund") if refund["status"] != "failed")
    lost = sum(d["amount"] for d in shop.all("dispute") if d["status"] != "won")
    fees = sum(transaction["fee"] for transaction in moved)
    balance = shop.v1.balance.retrieve()
    held = sum(part["amount"] for side in ("available", "pending") for part in balance[side])
    assert sum(transaction["amount"] for transaction in moved) == taken - returned - lost
    assert held == taken - returned - lost - fees


@given(histories)
@settings(max_examples=30, deadline=None)
def test_no_payment_is_received_twice_or_refunded_beyond_itself(history: list[tuple[Any, ...]]) -> None:
    shop = Shop()
    for step in history:
        shop.do(step)
    charges = shop.all("charge")
    for intent in shop.all("payment_intent"):
        own = [c for c in charges if c["payment_intent"] == intent["id"] and c["captured"]]
        assert len(own) <= 1
        assert intent["amount_received"] == sum(c["amount_captured"] for c in own)
        assert (intent["status"] == "succeeded") == bool(own)
    assert all(0 <= charge["amount_refunded"] <= charge["amount"] for charge in charges)


@given(histories)
@settings(max_examples=30, deadline=None)
def test_no_change_without_an_event_and_no_event_without_a_change(history: list[tuple[Any, ...]]) -> None:
    shop = Shop()
    for step in history:
        shop.do(step)
    told: dict[str, dict[str, Any]] = {}
    for event in shop.all("event"):
        shown, previous = event["data"]["object"], event["data"].get("previous_attributes")
        if event["type"].endswith(".updated"):
            assert previous
        assert shown != told.get(shown["id"]) or (event["type"], shown["object"]) in TWO_NAMES
        told[shown["id"]] = shown
    for kind in TOLD:
        for record in shop.all(kind):
            assert told[record["id"]] == record


# A refund's change is told under two names, and the winning of a dispute by its money and by its end.
TWO_NAMES = {
    ("charge.refund.updated", "refund"),
    ("refund.updated", "refund"),
    ("charge.dispute.closed", "dispute"),
}

"""Every row of the tables of payments is walked with the SDK."""

from __future__ import annotations

from typing import Any

from sandbox.testing import Stage
from sandbox.tests import payment_transitions as tables
from sandbox.tests.transitions import Transition
from sandbox.tests.walks import Walk, follow, rows


class PaymentWalk(Walk):
    def create(self, rest: str) -> None:
        params: dict[str, Any] = {"amount": 2000, "currency": "usd", "payment_method_types": ["card"]}
        if rest.startswith("with "):
            params["payment_method"] = "pm_card_" + rest.removeprefix("with ")
        if rest == "to capture later":
            params["capture_method"] = "manual"
        if rest == "for a debit":
            params["payment_method_types"] = ["us_bank_account"]
        self.id = self.v1.payment_intents.create(params)["id"]

    def confirm(self, rest: str) -> None:
        params: dict[str, Any] = {}
        name = rest.rpartition("with ")[2]
        if name:
            params["payment_method"] = f"pm_{name}" if name.startswith("usBank") else f"pm_card_{name}"
        if rest.startswith("off session"):
            params["off_session"] = True
        self.v1.payment_intents.confirm(self.id, params)

    def capture(self, rest: str) -> None:
        self.v1.payment_intents.capture(self.id, {"amount_to_capture": int(rest)} if rest else {})

    def cancel(self, _: str) -> None:
        self.v1.payment_intents.cancel(self.id, {"cancellation_reason": "abandoned"})

    def show(self) -> dict[str, Any]:
        return self.v1.payment_intents.retrieve(self.id).to_dict()


class SetupWalk(Walk):
    def create(self, _: str) -> None:
        customer = next(iter(self.v1.customers.list().data))["id"]
        self.id = self.v1.setup_intents.create({"customer": customer, "payment_method_types": ["card"]})["id"]

    def confirm(self, rest: str) -> None:
        self.v1.setup_intents.confirm(self.id, {"payment_method": "pm_card_" + rest.removeprefix("with ")})

    def cancel(self, _: str) -> None:
        self.v1.setup_intents.cancel(self.id)

    def show(self) -> dict[str, Any]:
        return self.v1.setup_intents.retrieve(self.id).to_dict()


class ChargedWalk(Walk):
    """Begins with a payment, and goes on with what was made of its charge."""

    charge = ""

    def pay(self, rest: str) -> None:
        params: dict[str, Any] = {
            "amount": 2000,
            "currency": "usd",
            "payment_method_types": ["card"],
            "confirm": True,
        }
        params["payment_method"] = "pm_card_" + rest.removeprefix("with ")
        self.charge = self.v1.payment_intents.create(params)["latest_charge"]


class RefundWalk(ChargedWalk):
    def refund(self, rest: str) -> None:
        given = {"amount": int(rest)} if rest else {}
        self.id = self.v1.refunds.create({"charge": self.charge, **given})["id"]  # type: ignore[typeddict-item]

    def show(self) -> dict[str, Any]:
        refund = self.v1.refunds.retrieve(self.id).to_dict() if self.id else {"status": ""}
        charge = self.v1.charges.retrieve(self.charge).to_dict()
        return refund | {f"charge_{name}": value for name, value in charge.items()}


class DisputeWalk(ChargedWalk):
    def pay(self, rest: str) -> None:
        super().pay(rest)
        self.id = self.v1.disputes.list({"charge": self.charge}).data[0]["id"]

    def close(self, _: str) -> None:
        self.v1.disputes.close(self.id)

    def answer_with(self, text: str) -> None:
        self.v1.disputes.update(self.id, {"evidence": {"uncategorized_text": text}})

    def step(self, verb: str, rest: str) -> None:
        if verb == "answer":
            self.answer_with(rest.removeprefix("with "))
        else:
            super().step(verb, rest)

    def show(self) -> dict[str, Any]:
        dispute = self.v1.disputes.retrieve(self.id).to_dict()
        return dispute | {"balance": sum(moved["net"] for moved in dispute["balance_transactions"])}


@rows(tables.PAYMENT_INTENTS)
def test_a_payment_intent_goes_as_the_table_says(stage: Stage, row: Transition) -> None:
    follow(PaymentWalk(stage), row)


@rows(tables.SETUP_INTENTS)
def test_a_setup_intent_goes_as_the_table_says(stage: Stage, row: Transition) -> None:
    stage.customer()
    follow(SetupWalk(stage), row)


@rows(tables.REFUNDED)
def test_a_refund_goes_as_the_table_says(stage: Stage, row: Transition) -> None:
    follow(RefundWalk(stage), row)


@rows(tables.DISPUTED)
def test_a_dispute_goes_as_the_table_says(stage: Stage, row: Transition) -> None:
    follow(DisputeWalk(stage), row)

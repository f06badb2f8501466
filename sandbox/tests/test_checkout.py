"""How Checkout sessions go and end, and what they leave."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.errors import StripeError
from sandbox.objects import checkout
from sandbox.testing import Stage
from sandbox.tests import checkout_transitions as table
from sandbox.tests.selling import BACK, complete, intent_of, sell
from sandbox.tests.transitions import Transition
from sandbox.tests.walks import Walk, follow, rows

TYPES = ["card", "us_bank_account"]


class SessionWalk(Walk):
    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.monthly = stage.price(2000)["id"]
        self.single = stage.price(500, interval=None)["id"]

    def open(self, mode: str) -> None:
        params: dict[str, Any] = {**BACK, "mode": "subscription" if mode == "trial" else mode}
        if mode == "setup":
            params["currency"] = "usd"
        else:
            price = self.single if mode == "payment" else self.monthly
            params |= {"line_items": [{"price": price, "quantity": 1}], "payment_method_types": TYPES}
        if mode == "trial":
            params["subscription_data"] = {"trial_period_days": 14}
        self.id = self.v1.checkout.sessions.create(params)["id"]

    def buy(self, rest: str) -> None:
        method = rest.removeprefix("with ")
        try:
            complete(self.stage, self.id, payment_method=method)
        except StripeError as error:
            self.error = error.error.get("code") or ""

    def expire(self, _: str) -> None:
        self.v1.checkout.sessions.expire(self.id)

    def answer(self, passed: bool) -> None:
        session, self.id = self.id, intent_of(self.stage, self.id)
        super().answer(passed)
        self.id = session

    def show(self) -> dict[str, Any]:
        return self.v1.checkout.sessions.retrieve(self.id).to_dict()


@rows(table.SESSIONS)
def test_a_session_goes_as_the_table_says(stage: Stage, row: Transition) -> None:
    follow(SessionWalk(stage), row)


def test_the_buyer_is_sent_back_with_the_sessions_id(stage: Stage, single: str) -> None:
    session = sell(stage, single)
    complete(stage, session["id"])
    with stage.sandbox.work() as world:
        address = checkout.return_address(world.get("checkout.session", session["id"]))
    assert address == f"https://shop.example/done?session={session['id']}"


def test_a_subscription_is_made_with_the_sessions_data(stage: Stage, v1: Any, monthly: str) -> None:
    rate = v1.tax_rates.create({"display_name": "Sales tax", "inclusive": False, "percentage": 4})
    session = sell(
        stage,
        monthly,
        "subscription",
        line_items=[{"price": monthly, "quantity": 2, "tax_rates": [rate["id"]]}],
        subscription_data={"metadata": {"sale": "7"}, "description": "A year"},
        client_reference_id="order-7",
        metadata={"sale": "7"},
    )
    shown = complete(stage, session["id"])
    subscription = v1.subscriptions.retrieve(shown["subscription"], {"expand": ["latest_invoice"]})
    assert subscription["status"] == "active"
    assert subscription["metadata"].to_dict() == {"sale": "7"}
    assert subscription["default_payment_method"] is not None
    assert subscription["latest_invoice"]["total"] == shown["amount_total"] == 4160
    assert shown["invoice"] == subscription["latest_invoice"]["id"]
    assert (shown["client_reference_id"], shown["metadata"]) == ("order-7", {"sale": "7"})


def test_a_trial_without_a_card_is_possible_if_the_session_says_so(
    stage: Stage, v1: Any, monthly: str
) -> None:
    session = sell(
        stage,
        monthly,
        "subscription",
        payment_method_collection="if_required",
        subscription_data={
            "trial_period_days": 7,
            "trial_settings": {"end_behavior": {"missing_payment_method": "cancel"}},
        },
    )
    shown = complete(stage, session["id"], payment_method=None)
    subscription = v1.subscriptions.retrieve(shown["subscription"])
    assert (subscription["status"], subscription["default_payment_method"]) == ("trialing", None)


def test_a_declined_subscription_leaves_nothing_behind_when_the_session_expires(
    stage: Stage, v1: Any, monthly: str
) -> None:
    session = sell(stage, monthly, "subscription")
    complete(stage, session["id"], payment_method="pm_card_chargeDeclined")
    v1.checkout.sessions.expire(session["id"])
    assert [s["status"] for s in v1.subscriptions.list({"status": "all"}).data] == ["incomplete_expired"]
    assert [i["status"] for i in v1.invoices.list().data] == ["void"]


def test_an_existing_customer_is_kept_and_updated_as_asked(stage: Stage, v1: Any, single: str) -> None:
    customer = stage.customer("bob@example.com")
    session = sell(
        stage, single, customer=customer["id"], customer_update={"address": "auto", "name": "auto"}
    )
    address = {"line1": "1 Main Street", "country": "US", "state": "NY", "postal_code": "10001"}
    shown = complete(stage, session["id"], name="Bob", address=address)
    held = v1.customers.retrieve(customer["id"])
    assert shown["customer"] == customer["id"]
    assert shown["customer_details"]["email"] == "bob@example.com"
    assert (held["name"], held["address"]["state"]) == ("Bob", "NY")


def test_a_customer_is_made_if_asked_for(stage: Stage, v1: Any, single: str) -> None:
    guest = complete(stage, sell(stage, single)["id"])
    buyer = complete(stage, sell(stage, single, customer_creation="always")["id"])
    assert guest["customer"] is None
    assert v1.customers.retrieve(buyer["customer"])["email"] == "alice@example.com"


def test_terms_of_service_must_be_accepted(stage: Stage, single: str) -> None:
    session = sell(stage, single, consent_collection={"terms_of_service": "required"})
    with pytest.raises(StripeError, match="terms of service"):
        complete(stage, session["id"])
    assert complete(stage, session["id"], accepts_terms=True)["consent"]["terms_of_service"] == "accepted"


def test_sessions_are_listed_by_status_customer_and_intent(stage: Stage, v1: Any, single: str) -> None:
    done, left = sell(stage, single), sell(stage, single)
    intent = complete(stage, done["id"])["payment_intent"]
    by = v1.checkout.sessions.list
    assert [s["id"] for s in by({"status": "open"}).data] == [left["id"]]
    assert [s["id"] for s in by({"payment_intent": intent}).data] == [done["id"]]
    assert [s["id"] for s in by({"customer_details": {"email": "alice@example.com"}}).data] == [done["id"]]

"""Invoices of one-off payments at Checkout: made once it is paid, with the session's lines and its payment."""

from __future__ import annotations

from typing import Any

from sandbox.testing import Stage
from sandbox.tests.selling import complete, refused, sell

WANTED = {"enabled": True, "invoice_data": {"description": "Thank you", "metadata": {"order": "7"}}}


def invoice_of(v1: Any, shown: dict[str, Any]) -> Any:
    return v1.invoices.retrieve(shown["invoice"], {"expand": ["payments", "lines"]})


def test_the_invoice_is_paid_with_the_sessions_payment(stage: Stage, v1: Any, single: str) -> None:
    rate = v1.tax_rates.create({"display_name": "Sales tax", "inclusive": False, "percentage": 4})
    coupon = v1.coupons.create({"percent_off": 10, "duration": "once"})["id"]
    line = {"price": single, "quantity": 3, "tax_rates": [rate["id"]]}
    session = sell(stage, single, line_items=[line], discounts=[{"coupon": coupon}], invoice_creation=WANTED)
    assert session["invoice"] is None
    shown = complete(stage, session["id"])
    invoice = invoice_of(v1, shown)
    assert (invoice.status, invoice.total, invoice.amount_paid) == ("paid", 1404, 1404)
    assert (invoice.billing_reason, invoice.description) == ("manual", "Thank you")
    assert invoice.metadata.to_dict() == {"order": "7"}
    assert invoice.customer == shown["customer"] is not None
    [payment] = invoice.payments.data
    assert (payment.status, payment.payment.payment_intent) == ("paid", shown["payment_intent"])
    assert len(v1.payment_intents.list().data) == 1
    assert v1.invoice_items.list({"pending": True}).data == []
    told = stage.event_types()
    assert told.count("invoice.paid") == 1
    assert told.index("invoice.paid") < told.index("checkout.session.completed")


def test_credit_of_the_customer_is_not_touched(stage: Stage, v1: Any, single: str) -> None:
    customer = stage.customer(balance=-300)["id"]
    session = sell(stage, single, customer=customer, invoice_creation={"enabled": True})
    assert invoice_of(v1, complete(stage, session["id"])).amount_paid == 500
    assert v1.customers.retrieve(customer).balance == -300


def test_a_debit_has_its_invoice_when_the_money_is_there(stage: Stage, v1: Any, single: str) -> None:
    session = sell(
        stage, single, payment_method_types=["us_bank_account"], invoice_creation={"enabled": True}
    )
    shown = complete(stage, session["id"], payment_method="pm_usBankAccount")
    assert (shown["payment_status"], shown["invoice"]) == ("unpaid", None)
    stage.advance(days=5)
    assert invoice_of(v1, v1.checkout.sessions.retrieve(session["id"]).to_dict()).status == "paid"


def test_without_being_asked_for_there_is_none(stage: Stage, v1: Any, single: str) -> None:
    shown = complete(stage, sell(stage, single)["id"])
    assert (shown["invoice"], shown["invoice_creation"]["enabled"]) == (None, False)
    assert v1.invoices.list().data == []


def test_other_modes_take_no_wish_for_one(stage: Stage, monthly: str) -> None:
    error = refused(stage, monthly, "subscription", invoice_creation={"enabled": True})
    assert error.param == "invoice_creation"

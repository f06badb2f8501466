"""Credit notes: on an open invoice there is less to pay, on a paid one something comes back."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from sandbox.testing import Stage


def bill(stage: Stage, v1: Any, *, paid: bool, **item: Any) -> Any:
    """An invoice of 2 x 2000 for a new subscription."""
    customer = stage.customer()["id"]
    method = v1.payment_methods.attach("pm_card_visa", {"customer": customer})["id"]
    params: dict[str, Any] = {"items": [{"price": stage.price(2000)["id"], "quantity": 2, **item}]}
    params |= {"default_payment_method": method} if paid else {"payment_behavior": "default_incomplete"}
    return v1.subscriptions.create({"customer": customer, "expand": ["latest_invoice"], **params})[
        "latest_invoice"
    ]


def test_a_paid_invoice_is_given_back_by_refund_and_credit(stage: Stage, v1: Any) -> None:
    invoice = bill(stage, v1, paid=True)
    seen = len(stage.event_types())
    note = v1.credit_notes.create(
        {
            "invoice": invoice["id"],
            "amount": 2000,
            "refund_amount": 1500,
            "credit_amount": 500,
            "reason": "order_change",
        }
    )
    assert (note["type"], note["total"], note["number"]) == (
        "post_payment",
        2000,
        f"{invoice['number']}-CN-01",
    )
    assert v1.refunds.retrieve(note["refunds"][0]["refund"])["amount"] == 1500
    assert v1.customers.retrieve(invoice["customer"])["balance"] == -500
    assert v1.invoices.retrieve(invoice["id"])["post_payment_credit_notes_amount"] == 2000
    assert stage.event_types()[seen:] == [
        "refund.created",
        "charge.refunded",
        "customer.updated",
        "credit_note.created",
        "invoice.updated",
    ]


def test_what_comes_back_must_add_up(stage: Stage, v1: Any) -> None:
    invoice = bill(stage, v1, paid=True)
    with pytest.raises(stripe.InvalidRequestError, match="must equal"):
        v1.credit_notes.create({"invoice": invoice["id"], "amount": 2000, "refund_amount": 1500})
    assert v1.refunds.list().data == []


def test_no_more_is_credited_than_was_billed(stage: Stage, v1: Any) -> None:
    invoice = bill(stage, v1, paid=True)
    v1.credit_notes.create({"invoice": invoice["id"], "amount": 3000, "out_of_band_amount": 3000})
    with pytest.raises(stripe.InvalidRequestError, match=r"what is left of the invoice's total, \$10\.00"):
        v1.credit_notes.create({"invoice": invoice["id"], "amount": 1001, "refund_amount": 1001})


def test_a_line_is_credited_with_its_tax(stage: Stage, v1: Any) -> None:
    rate = v1.tax_rates.create({"display_name": "Sales tax", "inclusive": False, "percentage": 4})["id"]
    invoice = bill(stage, v1, paid=True, tax_rates=[rate])
    line = {
        "type": "invoice_line_item",
        "invoice_line_item": invoice["lines"]["data"][0]["id"],
        "quantity": 1,
    }
    note = v1.credit_notes.create({"invoice": invoice["id"], "lines": [line], "refund_amount": 2080})
    assert (note["subtotal"], note["total"], note["total_taxes"][0]["amount"]) == (2000, 2080, 80)
    assert v1.credit_notes.line_items.list(note["id"]).data[0]["amount"] == 2000


def test_an_open_invoice_owes_less_and_again_after_voiding(stage: Stage, v1: Any) -> None:
    invoice = bill(stage, v1, paid=False)
    note = v1.credit_notes.create({"invoice": invoice["id"], "amount": 1000})
    assert (note["type"], v1.invoices.retrieve(invoice["id"])["amount_remaining"]) == ("pre_payment", 3000)
    intent = v1.payment_intents.list().data[0]
    assert intent["amount"] == 3000
    assert v1.credit_notes.void_credit_note(note["id"])["status"] == "void"
    assert v1.invoices.retrieve(invoice["id"])["amount_remaining"] == 4000


def test_an_open_invoice_credited_in_full_is_paid(stage: Stage, v1: Any) -> None:
    invoice = bill(stage, v1, paid=False)
    v1.credit_notes.create({"invoice": invoice["id"], "amount": 4000})
    assert v1.invoices.retrieve(invoice["id"])["status"] == "paid"
    assert v1.payment_intents.list().data[0]["status"] == "canceled"
    assert v1.charges.list().data == []


def test_a_preview_leaves_nothing_behind(stage: Stage, v1: Any) -> None:
    invoice = bill(stage, v1, paid=True)
    seen = stage.event_types()
    preview = v1.credit_notes.preview({"invoice": invoice["id"], "amount": 700, "credit_amount": 700})
    assert preview["total"] == 700
    assert v1.credit_notes.list().data == []
    assert stage.event_types() == seen


def test_memo_and_metadata_can_be_changed(stage: Stage, v1: Any) -> None:
    note = v1.credit_notes.create(
        {"invoice": bill(stage, v1, paid=False)["id"], "amount": 1000, "memo": "Sorry"}
    )
    changed = v1.credit_notes.update(note["id"], {"memo": "Very sorry", "metadata": {"case": "7"}})
    assert (changed["memo"], changed["metadata"]["case"]) == ("Very sorry", "7")
    assert stage.event_types()[-1] == "credit_note.updated"

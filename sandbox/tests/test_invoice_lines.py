"""Lines of a draft, several at a time: added, changed, taken away."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from sandbox.testing import Stage


@pytest.fixture
def draft(stage: Stage, v1: Any) -> str:
    """A draft with two lines: work for 700 and travel for 300 cents."""
    customer = stage.customer()["id"]
    invoice = v1.invoices.create({"customer": customer, "currency": "usd", "auto_advance": False})["id"]
    work = [{"description": "Work", "amount": 700}, {"description": "Travel", "amount": 300}]
    v1.invoices.add_lines(invoice, {"lines": work})
    return str(invoice)


def shown(v1: Any, invoice: str) -> dict[str, int]:
    return {line.description: line.amount for line in v1.invoices.retrieve(invoice).lines.data}


def line_of(v1: Any, invoice: str, description: str) -> str:
    lines = v1.invoices.line_items.list(invoice).data
    return str(next(line.id for line in lines if line.description == description))


def test_lines_are_added_with_amounts_prices_and_what_was_pending(v1: Any, draft: str, single: str) -> None:
    customer = v1.invoices.retrieve(draft).customer
    pending = v1.invoice_items.create(
        {"customer": customer, "amount": 50, "currency": "usd", "description": "Fee"}
    )
    added = [{"pricing": {"price": single}, "quantity": 2}, {"invoice_item": pending.id}]
    invoice = v1.invoices.add_lines(draft, {"lines": added, "invoice_metadata": {"a": "b"}})
    assert (invoice.total, invoice.metadata.to_dict()) == (700 + 300 + 1000 + 50, {"a": "b"})
    assert v1.invoice_items.retrieve(pending.id).invoice == draft
    assert (
        v1.invoices.pay(v1.invoices.finalize_invoice(draft).id, {"paid_out_of_band": True}).status == "paid"
    )


def test_lines_are_changed_with_their_items(v1: Any, draft: str) -> None:
    work, travel = line_of(v1, draft, "Work"), line_of(v1, draft, "Travel")
    changed = v1.invoices.update_lines(
        draft, {"lines": [{"id": work, "amount": 800}, {"id": travel, "amount": 1}]}
    )
    assert changed.total == 801
    line = v1.invoices.line_items.update(draft, travel, {"description": "Taxi", "amount": 200})
    assert (line.id, line.description, line.amount) == (travel, "Taxi", 200)
    assert shown(v1, draft) == {"Work": 800, "Taxi": 200}
    assert {item.description for item in v1.invoice_items.list().data} == {"Work", "Taxi"}
    assert v1.invoices.retrieve(draft).total == 1000


def test_lines_are_taken_away_for_good_or_for_another_invoice(v1: Any, draft: str, stage: Stage) -> None:
    gone = [
        {"id": line_of(v1, draft, "Work"), "behavior": "unassign"},
        {"id": line_of(v1, draft, "Travel"), "behavior": "delete"},
    ]
    assert v1.invoices.remove_lines(draft, {"lines": gone}).total == 0
    [pending] = v1.invoice_items.list({"pending": True}).data
    assert pending.description == "Work"
    assert len(v1.invoice_items.list().data) == 1
    assert stage.event_types()[-2:] == ["invoiceitem.deleted", "invoice.updated"]


def test_a_final_invoice_keeps_its_lines(v1: Any, draft: str) -> None:
    work = line_of(v1, draft, "Work")
    v1.invoices.finalize_invoice(draft)
    for refused in (
        lambda: v1.invoices.add_lines(draft, {"lines": [{"amount": 5}]}),
        lambda: v1.invoices.update_lines(draft, {"lines": [{"id": work, "amount": 5}]}),
        lambda: v1.invoices.line_items.update(draft, work, {"amount": 5}),
        lambda: v1.invoices.remove_lines(draft, {"lines": [{"id": work, "behavior": "delete"}]}),
    ):
        with pytest.raises(stripe.InvalidRequestError) as error:
            refused()
        assert error.value.code == "invoice_not_editable"


def test_an_unknown_line_or_somebody_elses_item_is_refused(v1: Any, draft: str, stage: Stage) -> None:
    with pytest.raises(stripe.InvalidRequestError) as missing:
        v1.invoices.line_items.update(draft, "il_none", {"amount": 5})
    assert missing.value.http_status == 404
    stranger = stage.customer()["id"]
    item = v1.invoice_items.create({"customer": stranger, "amount": 50, "currency": "usd"})["id"]
    with pytest.raises(stripe.InvalidRequestError) as foreign:
        v1.invoices.add_lines(draft, {"lines": [{"invoice_item": item}]})
    assert foreign.value.param == "lines[0][invoice_item]"

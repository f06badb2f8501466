"""Stripe Tax on invoices made by hand: it wants an address, and finds nothing to collect."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from sandbox.testing import Stage

TAXED: Any = {"automatic_tax": {"enabled": True}, "auto_advance": False, "currency": "usd"}
HOME: Any = {"country": "US", "postal_code": "10001"}


def draft(stage: Stage, **customer: Any) -> Any:
    made = stage.client.v1.invoices.create({**TAXED, "customer": stage.customer(**customer)["id"]})
    stage.client.v1.invoices.add_lines(made.id, {"lines": [{"amount": 700, "description": "Work"}]})
    return made


def test_a_customer_with_an_address_is_taxed_with_nothing(stage: Stage, v1: Any) -> None:
    final = v1.invoices.finalize_invoice(draft(stage, address=HOME).id)
    assert (final.status, final.total, final.automatic_tax.status) == ("open", 700, "complete")


def test_without_an_address_the_invoice_stays_a_draft_until_there_is_one(stage: Stage, v1: Any) -> None:
    invoice = draft(stage)
    assert invoice.automatic_tax.status == "requires_location_inputs"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.invoices.finalize_invoice(invoice.id)
    assert refused.value.code == "customer_tax_location_invalid"
    held = v1.invoices.retrieve(invoice.id)
    assert (held.status, held.last_finalization_error.code) == ("draft", "customer_tax_location_invalid")
    assert stage.event_types()[-1] == "invoice.finalization_failed"
    v1.customers.update(invoice.customer, {"address": HOME})
    final = v1.invoices.finalize_invoice(invoice.id)
    assert (final.status, final.last_finalization_error) == ("open", None)


def test_a_finalization_by_the_clock_fails_the_same_way_once(stage: Stage, v1: Any) -> None:
    invoice = draft(stage)
    v1.invoices.update(invoice.id, {"auto_advance": True})
    stage.advance(days=1)
    assert v1.invoices.retrieve(invoice.id).status == "draft"
    assert stage.event_types().count("invoice.finalization_failed") == 1


def test_tax_can_be_switched_off_again(stage: Stage, v1: Any) -> None:
    invoice = draft(stage)
    v1.invoices.update(invoice.id, {"automatic_tax": {"enabled": False}})
    assert v1.invoices.finalize_invoice(invoice.id).status == "open"

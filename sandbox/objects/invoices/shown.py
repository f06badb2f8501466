"""Fields of an invoice that are worked out when it is shown."""

from __future__ import annotations

from typing import Any

from sandbox.rendering import field, list_object
from sandbox.store import Record
from sandbox.world import World

FIRST_PAGE = 10


@field("invoice", "lines")
def list_lines(world: World, invoice: Record) -> dict[str, Any]:
    lines = invoice["_lines"]
    return list_object(lines[:FIRST_PAGE], f"/v1/invoices/{invoice['id']}/lines", len(lines) > FIRST_PAGE)


@field("invoice", "payments")
def list_payments(world: World, invoice: Record) -> dict[str, Any]:
    payments = [world.peek(payment_id) for payment_id in invoice["_payments"]]
    return list_object(payments[:FIRST_PAGE], "/v1/invoice_payments", len(payments) > FIRST_PAGE)


@field("invoice", "confirmation_secret")
def show_secret(world: World, invoice: Record) -> dict[str, Any] | None:
    """What the buyer's browser confirms the payment with, once the invoice is final."""
    intent = world.peek(invoice.get("_payment_intent"))
    if intent is None:
        return None
    return {"client_secret": intent["client_secret"], "type": "payment_intent"}


@field("invoice", "default_tax_rates")
def show_tax_rates(world: World, invoice: Record) -> list[Record]:
    return [rate for name in invoice["_default_tax_rates"] if (rate := world.peek(name))]

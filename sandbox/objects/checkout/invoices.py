"""The invoice that a session in payment mode gives after it was paid, if `invoice_creation` asks for one.

https://docs.stripe.com/payments/checkout/post-payment-invoices
"""

from __future__ import annotations

from typing import Any

from sandbox import errors, skeletons
from sandbox.objects import invoiceitems
from sandbox.objects.invoices import collect, drafts, finalize, lines
from sandbox.parameters import merge_metadata
from sandbox.store import Record
from sandbox.world import World

DATA = "payment_pages_checkout_session_invoice_settings"
PLAYED = {"custom_fields", "description", "footer", "metadata"}


def is_wanted(params: dict[str, Any]) -> bool:
    return bool((params.get("invoice_creation") or {}).get("enabled"))


def describe(params: dict[str, Any]) -> Record | None:
    """`invoice_creation` of a session: of payment mode only, where subscriptions are billed by themselves."""
    if params["mode"] != "payment":
        if is_wanted(params):
            raise errors.invalid("`invoice_creation` can only be used in `payment` mode.", "invoice_creation")
        return None
    data = (params.get("invoice_creation") or {}).get("invoice_data") or {}
    if refused := data.keys() - PLAYED:
        raise errors.not_played(f"`invoice_creation[invoice_data][{min(refused)}]`")
    shown = {name: value for name, value in data.items() if name != "metadata"}
    return {
        "enabled": is_wanted(params),
        "invoice_data": skeletons.build(DATA, metadata=merge_metadata({}, data.get("metadata")), **shown),
    }


def bill(world: World, session: Record, intent: Record | None) -> None:
    """Make the invoice of a session that is paid, once: with its lines, paid with its intent."""
    creation = session["invoice_creation"]
    if not creation or not creation["enabled"] or session["invoice"]:
        return
    customer = world.get("customer", session["customer"])
    data = {name: value for name, value in creation["invoice_data"].items() if name in PLAYED and value}
    invoice = drafts.make(
        world,
        customer,
        [lines.for_invoice_item(world, _item(world, session, customer, item)) for item in session["_items"]],
        reason="manual",
        currency=session["currency"],
        discounts=[session["_discount"]] if session["_discount"] else [],
        starting_balance=0,
        **data,
    )
    session["invoice"] = invoice["id"]
    finalize.finalize(world, invoice, paid_with=intent)
    if intent is not None:
        collect.settle(world, invoice, intent)


def _item(world: World, session: Record, customer: Record, item: Record) -> Record:
    given = {
        "pricing": {"price": item["_price"]},
        "quantity": item["quantity"],
        "currency": session["currency"],
        "tax_rates": item["_tax_rates"],
    }
    return invoiceitems.add(world, customer, given)

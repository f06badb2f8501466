"""Invoices before they are final: made from lines, with the customer's particulars on them.

https://docs.stripe.com/invoicing/integration/workflow-transitions
"""

from __future__ import annotations

from typing import Any

from sandbox import errors, skeletons
from sandbox.objects.invoices import totals
from sandbox.store import Record
from sandbox.world import World

PARENT = "billing_bill_resource_invoicing_parents_invoice_parent"
SUBSCRIPTION = "billing_bill_resource_invoicing_parents_invoice_subscription_parent"
DAY = 24 * 3600
GRACE = 3600  # an hour between an automatic draft and its finalization


def make(
    world: World,
    customer: Record,
    lines: list[Record],
    *,
    reason: str,
    currency: str,
    subscription: Record | None = None,
    period: tuple[int, int] | None = None,
    finalize_at: int | None = None,
    **fields: Any,
) -> Record:
    """A draft with its event. It is finalized by itself at `finalize_at`, or never."""
    if finalize_at is not None:
        fields |= {"auto_advance": True, "automatically_finalizes_at": finalize_at}
    invoice = world.new(
        "invoice", **compose(world, customer, lines, reason, currency, subscription, period, fields)
    )
    claim(world, invoice, lines)
    totals.compute(world, invoice)
    if finalize_at is not None:
        world.schedule(finalize_at, "invoice.finalize", invoice["id"])
    world.emit("invoice.created", invoice)
    _settle_currency(world, customer, currency)
    return invoice


def claim(world: World, invoice: Record, lines: list[Record]) -> None:
    """Lines belong to their invoice, and the invoice items behind them no longer wait for one."""
    for line in lines:
        line["invoice"] = invoice["id"]
        item = world.find(item_of(line))
        if item is not None:
            item["invoice"] = invoice["id"]


def item_of(line: Record) -> str | None:
    """The id of the invoice item behind a line."""
    parent = line["parent"] or {}
    details = parent.get("subscription_item_details") or parent.get("invoice_item_details") or {}
    found: str | None = details.get("invoice_item")
    return found


def compose(
    world: World,
    customer: Record,
    lines: list[Record],
    reason: str,
    currency: str,
    subscription: Record | None,
    period: tuple[int, int] | None,
    fields: dict[str, Any],
) -> dict[str, Any]:
    """The fields of a draft or a preview."""
    start, end = period or (world.now, world.now)
    account = next(world.scan("account"))
    return {
        "account_country": account["country"],
        "account_name": account["settings"]["dashboard"]["display_name"],
        "attempt_count": 0,
        "auto_advance": False,
        "automatic_tax": skeletons.build("automatic_tax", enabled=False),
        "billing_reason": reason,
        "collection_method": "charge_automatically",
        "currency": currency,
        "customer": customer["id"],
        "default_tax_rates": [],
        "discounts": [],
        "issuer": {"type": "self"},
        "metadata": {},
        "parent": _parent(subscription),
        "payment_settings": skeletons.build("invoices_payment_settings"),
        "period_start": start,
        "period_end": end,
        "starting_balance": customer["balance"],
        "status": "draft",
        "_default_tax_rates": [],
        "_lines": lines,
        "_payment_intent": None,
        "_payments": [],
        **particulars(world, customer),
        **fields,
    }


def particulars(world: World, customer: Record) -> dict[str, Any]:
    """What an invoice keeps of its customer, until it is final as it is at the time."""
    tax_ids = world.scan("tax_id", customer=customer["id"])
    return {
        "customer_address": customer["address"],
        "customer_email": customer["email"],
        "customer_name": customer["name"],
        "customer_phone": customer["phone"],
        "customer_shipping": customer["shipping"],
        "customer_tax_exempt": customer["tax_exempt"],
        "customer_tax_ids": [{"type": tax_id["type"], "value": tax_id["value"]} for tax_id in tax_ids],
        "custom_fields": customer["invoice_settings"]["custom_fields"],
        "footer": customer["invoice_settings"]["footer"],
    }


def _parent(subscription: Record | None) -> Record | None:
    if subscription is None:
        return None
    details = skeletons.build(
        SUBSCRIPTION, subscription=subscription["id"], metadata=dict(subscription["metadata"])
    )
    return skeletons.build(PARENT, type="subscription_details", subscription_details=details)


def _settle_currency(world: World, customer: Record, currency: str) -> None:
    """A customer's first invoice fixes the currency of his balance."""
    if customer["currency"] is None:
        customer["currency"] = currency
        world.emit("customer.updated", customer)


def editable(world: World, invoice_id: str, param: str | None = "invoice") -> Record:
    """The draft with this id. Raises for an invoice that is final, of which no line can be changed."""
    invoice = world.get("invoice", invoice_id, param)
    if invoice["status"] != "draft":
        raise errors.invalid(
            "The invoice is no longer a draft: items cannot be added, changed or taken away.",
            "invoice",
            "invoice_not_editable",
        )
    return invoice


def subscription_of(invoice: Record) -> str | None:
    """The id of the subscription that an invoice is for."""
    details = (invoice["parent"] or {}).get("subscription_details") or {}
    found: str | None = details.get("subscription")
    return found

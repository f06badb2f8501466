"""Lines of an invoice: of subscription items, of invoice items. They live inside their invoice, as `_lines`.

https://docs.stripe.com/api/invoice-line-item
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sandbox import identifiers, skeletons
from sandbox.objects import amounts
from sandbox.objects.invoices import pricing
from sandbox.store import Record
from sandbox.world import World

SUBSCRIPTION_ITEM = "billing_bill_resource_invoicing_lines_parents_invoice_line_item_subscription_item_parent"
INVOICE_ITEM = "billing_bill_resource_invoicing_lines_parents_invoice_line_item_invoice_item_parent"
PARENT = "billing_bill_resource_invoicing_lines_parents_invoice_line_item_parent"
PRORATION = "billing_bill_resource_invoicing_lines_common_proration_details"


def make(amount: int, currency: str, period: tuple[int, int], **fields: Any) -> Record:
    """A line of an amount before discounts and taxes; `_tax_rates` are the ids of its own rates."""
    start, end = period
    return skeletons.build(
        "line_item",
        id=identifiers.new_id("line_item"),
        amount=amount,
        subtotal=amount,
        currency=currency,
        period={"start": start, "end": end},
        **{"discountable": True, "discounts": [], "discount_amounts": [], "metadata": {}} | fields,
    )


def for_item(
    world: World, subscription: Record, item: Record, period: tuple[int, int], *, trial: bool = False
) -> Record:
    """The line of a subscription item for a period; free during a trial."""
    price, quantity, currency = (
        world.get("price", item["_price"]),
        item.get("quantity", 1),
        subscription["currency"],
    )
    amount = 0 if trial else pricing.round_half_up(pricing.cost(price, quantity, currency))
    details = skeletons.build(
        SUBSCRIPTION_ITEM, proration=False, subscription=subscription["id"], subscription_item=item["id"]
    )
    return make(
        amount,
        currency,
        period,
        description=_trial_words(world, price, quantity)
        if trial
        else _words(world, price, quantity, currency),
        discounts=list(item["discounts"]),
        metadata=dict(subscription["metadata"] | item["metadata"]),
        parent=skeletons.build(PARENT, type="subscription_item_details", subscription_item_details=details),
        pricing=describe_price(price, currency),
        quantity=quantity,
        quantity_decimal=str(quantity),
        subscription=subscription["id"],
        _tax_rates=item["_tax_rates"],
    )


def for_invoice_item(world: World, item: Record) -> Record:
    """The line that an invoice item becomes."""
    of = item["parent"]["subscription_details"] if item["parent"] else None
    return make(
        item["amount"],
        item["currency"],
        (item["period"]["start"], item["period"]["end"]),
        description=item["description"],
        discountable=item["discountable"],
        discounts=list(item["discounts"] or []),
        metadata=dict(item["metadata"] or {}),
        parent=_item_parent(item, of),
        pricing=item["pricing"],
        quantity=item["quantity"],
        quantity_decimal=str(item["quantity"]),
        subscription=of["subscription"] if of else None,
        _tax_rates=item["_tax_rates"],
    )


def _item_parent(item: Record, of: Record | None) -> Record:
    """A proration belongs to its subscription item, anything else to the invoice item."""
    shared = {
        "proration": item["proration"],
        "proration_details": skeletons.build(PRORATION, credited_items=item.get("_credited")),
        "subscription": of["subscription"] if of else None,
        "invoice_item": item["id"],
    }
    if of and of.get("subscription_item"):
        details = skeletons.build(SUBSCRIPTION_ITEM, subscription_item=of["subscription_item"], **shared)
        return skeletons.build(PARENT, type="subscription_item_details", subscription_item_details=details)
    details = skeletons.build(INVOICE_ITEM, **shared)
    return skeletons.build(PARENT, type="invoice_item_details", invoice_item_details=details)


def describe_price(price: Record, currency: str) -> Record:
    """The `pricing` of a line."""
    unit = pricing.offer(price, currency)["unit_amount_decimal"] or "0"
    return {
        "type": "price_details",
        "price_details": {"price": price["id"], "product": price["product"]},
        "unit_amount_decimal": unit,
    }


def product_name(world: World, price: Record) -> str:
    product = world.peek(price["product"]) or {}
    return str(product.get("name") or price["nickname"] or price["id"])


def _words(world: World, price: Record, quantity: int, currency: str) -> str:
    """`2 × Premium (at $20.00 / month)`, as Stripe writes it."""
    name, recurring = product_name(world, price), price["recurring"]
    unit = pricing.offer(price, currency)["unit_amount_decimal"]
    if unit is None:
        return f"{quantity} × {name}"
    each = amounts.write(pricing.round_half_up(Decimal(unit)), currency)
    return f"{quantity} × {name} (at {each} / {write_interval(recurring)})"


def write_interval(recurring: Record) -> str:
    """`month`, `every 3 months`."""
    count = recurring["interval_count"]
    return recurring["interval"] if count == 1 else f"every {count} {recurring['interval']}s"


def _trial_words(world: World, price: Record, quantity: int) -> str:
    name = product_name(world, price)
    return f"Trial period for {name}" if quantity == 1 else f"Trial period for {quantity} × {name}"

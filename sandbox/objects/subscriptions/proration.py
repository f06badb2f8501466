"""Prorations: credit for what was charged and is not used, and the charge for what is used instead, to the second.

A credit is a share of what was really charged (flexible billing mode), so that coupons and earlier prorations are
in it. https://docs.stripe.com/billing/subscriptions/prorations
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from sandbox.objects import invoiceitems
from sandbox.objects.invoices import collect, finalize, lines, pricing
from sandbox.objects.subscriptions import billing, items
from sandbox.store import Record
from sandbox.world import World


def credit(world: World, subscription: Record, item: Record, at: int) -> None:
    """Give back what an item was charged for the time after `at`, as pending invoice items."""
    price = world.get("price", item["_price"])
    for debit in item["_debits"]:
        amount = share(debit["amount"], debit["start"], debit["end"], at)
        if amount:
            credited = {"invoice": debit["invoice"], "invoice_line_items": [debit["line"]]}
            _add(world, subscription, item, price, -amount, (at, debit["end"]), "Unused", credited)
    item["_debits"] = []


def debit(world: World, subscription: Record, item: Record, at: int) -> None:
    """Charge an item for the rest of its period, as a pending invoice item."""
    price, end = world.get("price", item["_price"]), item["current_period_end"]
    whole = pricing.cost(price, item["quantity"], subscription["currency"])
    part = billing.share_of_period(world, subscription, item, at, end)
    amount = pricing.round_half_up(whole * part)
    amount -= _discount(world, subscription, amount)
    if not amount:
        return
    made = _add(world, subscription, item, price, amount, (at, end), "Remaining", None)
    owed = {
        "amount": amount,
        "start": at,
        "end": end,
        "invoice": None,
        "line": None,
        "invoice_item": made["id"],
    }
    item["_debits"].append(owed)


def share(amount: int, start: int, end: int, at: int) -> int:
    """The part of an amount for start..end that falls after `at`."""
    if at >= end:
        return 0
    return pricing.round_half_up(Decimal(amount) * (end - max(at, start)) / (end - start))


def _discount(world: World, subscription: Record, amount: int) -> int:
    """What the subscription's percentages take off; a proration has its discount in the amount."""
    left = amount
    for discount_id in subscription["discounts"]:
        discount = world.peek(discount_id) or {}
        coupon = world.peek(discount["source"]["coupon"]) or {}
        left -= pricing.round_half_up(left * Decimal(str(coupon.get("percent_off") or 0)) / 100)
    return amount - left


def _add(
    world: World,
    subscription: Record,
    item: Record,
    price: Record,
    amount: int,
    period: tuple[int, int],
    word: str,
    credited: Record | None,
) -> Record:
    name, quantity = lines.product_name(world, price), item["quantity"]
    what = name if quantity == 1 else f"{quantity} × {name}"
    day = datetime.fromtimestamp(period[0], UTC)
    return invoiceitems.make(
        world,
        world.get("customer", subscription["customer"]),
        amount,
        subscription["currency"],
        subscription=subscription,
        item=item,
        period=period,
        description=f"{word} time on {what} after {day.day:02d} {day:%b %Y}",
        discountable=False,
        metadata=dict(subscription["metadata"] | item["metadata"]),
        pricing=lines.describe_price(price, subscription["currency"]),
        quantity=quantity,
        _credited=credited if credited and credited["invoice"] else None,
        _tax_rates=item["_tax_rates"] or subscription["_default_tax_rates"],
    )


def credit_all(world: World, subscription: Record) -> None:
    """Give back what is left of every item's period: the subscription ends."""
    for item in items.of(world, subscription):
        credit(world, subscription, item, world.now)


def invoice_pending(world: World, subscription: Record) -> Record | None:
    """Invoice now what is pending, and collect it at once; None if nothing is."""
    customer = world.get("customer", subscription["customer"])
    if not invoiceitems.pending(world, customer, subscription):
        return None
    invoice = billing.draft(world, subscription, [], "subscription_update")
    invoice["auto_advance"] = True
    finalize.finalize(world, invoice)
    collect.begin(world, invoice)
    return invoice

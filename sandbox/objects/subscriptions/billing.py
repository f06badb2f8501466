"""What a subscription puts on its invoices: the periods of its items, pending invoice items, its discounts.

What an item was charged for its period is remembered, since a credit is worked out from that.
https://docs.stripe.com/billing/subscriptions/prorations#credit-prorations
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sandbox import skeletons
from sandbox.objects import discounts, invoiceitems
from sandbox.objects.invoices import drafts, lines, pricing
from sandbox.objects.subscriptions import items, periods
from sandbox.store import Record
from sandbox.world import World


def first(world: World, subscription: Record, params: dict[str, Any]) -> Record | None:
    """The draft of the first invoice; None if nothing is billed before the anchor."""
    customer = world.get("customer", subscription["customer"])
    for given in params.get("add_invoice_items") or ():
        invoiceitems.add(world, customer, given, subscription)
    waits = subscription["trial_end"] is None and subscription["billing_cycle_anchor"] > world.now
    billed = items.of(world, subscription)
    if waits and params.get("proration_behavior") == "none":
        billed = []
    if not billed and not invoiceitems.pending(world, customer, subscription):
        return None
    sent = subscription["collection_method"] == "send_invoice"
    at = world.now + drafts.GRACE if sent else None
    return draft(world, subscription, billed, "subscription_create", finalize_at=at)


def draft(
    world: World,
    subscription: Record,
    billed: list[Record],
    reason: str,
    *,
    period: tuple[int, int] | None = None,
    finalize_at: int | None = None,
) -> Record:
    """A draft over the present periods of these items and all that is pending; the subscription's latest invoice.

    What was pending comes first, each part newest first.
    """
    customer = world.get("customer", subscription["customer"])
    waiting = invoiceitems.pending(world, customer, subscription)
    made = [lines.for_invoice_item(world, item) for item in reversed(waiting)]
    made += [line(world, subscription, item) for item in reversed(billed)]
    _end_discounts(world, subscription)
    invoice = drafts.make(
        world,
        customer,
        made,
        reason=reason,
        currency=subscription["currency"],
        subscription=subscription,
        period=period,
        finalize_at=finalize_at,
        **settings(world, subscription),
    )
    _remember(world, invoice)
    _use_up(world, subscription)
    subscription["latest_invoice"] = invoice["id"]
    return invoice


def settings(world: World, subscription: Record) -> dict[str, Any]:
    """What invoices take over from their subscription."""
    days, wishes = subscription["days_until_due"], subscription["invoice_settings"]
    chosen = {name: wishes[name] for name in ("custom_fields", "footer") if wishes.get(name)}
    return chosen | {
        "automatic_tax": _automatic_tax(subscription),
        "collection_method": subscription["collection_method"],
        "default_payment_method": None,
        "description": wishes.get("description") or subscription["description"],
        "discounts": list(subscription["discounts"]),
        "due_date": world.now + days * periods.DAY if days is not None else None,
        "payment_settings": {
            "default_mandate": None,
            "payment_method_options": subscription["payment_settings"]["payment_method_options"],
            "payment_method_types": subscription["payment_settings"]["payment_method_types"],
        },
        "_default_tax_rates": subscription["_default_tax_rates"],
    }


def _automatic_tax(subscription: Record) -> Record:
    """Worked out and found to be nothing, where it is wanted."""
    if not subscription["automatic_tax"]["enabled"]:
        return skeletons.build("automatic_tax", enabled=False)
    liability = subscription["automatic_tax"]["liability"]
    return skeletons.build(
        "automatic_tax", enabled=True, liability=liability, provider="stripe", status="complete"
    )


def line(world: World, subscription: Record, item: Record) -> Record:
    """The line of an item's present period: nothing in a trial, a part if the anchor or the end cuts it short."""
    start, end = item["current_period_start"], item["current_period_end"]
    if subscription["trial_end"] is not None and start < subscription["trial_end"]:
        return lines.for_item(world, subscription, item, (start, end), trial=True)
    made = lines.for_item(world, subscription, item, (start, end))
    share = share_of_period(world, subscription, item, start, end)
    if share != 1:
        price = world.get("price", item["_price"])
        whole = pricing.cost(price, item["quantity"], subscription["currency"])
        made["amount"] = made["subtotal"] = pricing.round_half_up(whole * share)
    return made


def share_of_period(world: World, subscription: Record, item: Record, start: int, end: int) -> Decimal:
    """How much of a whole period of an item lies between start and end, by the second."""
    anchor, recurring = subscription["billing_cycle_anchor"], items.recurring(world, item)
    boundary = periods.end_after(anchor, recurring, end - 1)
    whole = boundary - periods.start_before(anchor, recurring, boundary)
    return Decimal(end - start) / whole


def _remember(world: World, invoice: Record) -> None:
    """Note on the items what they have been charged, net of discounts, for which time."""
    for made in invoice["_lines"]:
        details = made["parent"].get("subscription_item_details")
        item = world.find(details["subscription_item"]) if details else None
        if item is None or made["amount"] < 0:
            continue
        taken = sum(part["amount"] for part in made["discount_amounts"])
        debit = {
            "amount": made["amount"] - taken,
            "invoice": invoice["id"],
            "line": made["id"],
            **made["period"],
        }
        if not details["proration"]:
            item["_debits"] = []  # a new period
        waiting = [d for d in item["_debits"] if d.get("invoice_item") != details["invoice_item"]]
        item["_debits"] = [*waiting, debit]


# -- discounts -----------------------------------------------------------------------------------------------------


def _end_discounts(world: World, subscription: Record) -> None:
    """Those whose time is over no longer count."""
    for discount_id in list(subscription["discounts"]):
        discount = world.get("discount", discount_id)
        if not discounts.is_running(world, discount):
            subscription["discounts"].remove(discount_id)
            discounts.remove(world, discount)


def _use_up(world: World, subscription: Record) -> None:
    """Those that are good for one invoice have had it."""
    for discount_id in list(subscription["discounts"]):
        discount = world.get("discount", discount_id)
        coupon = world.peek(discount["source"]["coupon"]) or {}
        if coupon.get("duration") == "once":
            subscription["discounts"].remove(discount_id)
            discounts.remove(world, discount)

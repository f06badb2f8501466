"""Changing the items of a subscription, and what is credited and charged for it.

A change within the period is prorated to the next invoice, or invoiced at once. Another interval, a step from free to
paid, or `billing_cycle_anchor=now` begin a new period today.
https://docs.stripe.com/billing/subscriptions/change-price
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox import errors
from sandbox.objects import discounts, invoiceitems
from sandbox.objects.invoices import pricing
from sandbox.objects.subscriptions import billing, items, parameters, periods, proration
from sandbox.parameters import assign
from sandbox.store import Record
from sandbox.world import World

PRORATED = ("active", "past_due")


@dataclass
class Change:
    """What a call asks of one item: `item` is None for a new one, `price` for one to be removed."""

    item: Record | None
    price: Record | None
    given: dict[str, Any]
    index: int

    @property
    def quantity(self) -> int:
        held: int = self.item["quantity"] if self.item else 1
        return int(self.given.get("quantity", held))

    @property
    def is_felt(self) -> bool:
        """Whether it changes what is paid."""
        if self.item is None or self.price is None:
            return True
        return bool(self.price["id"] != self.item["_price"] or self.quantity != self.item["quantity"])


def apply(world: World, subscription: Record, params: dict[str, Any], *, anew: bool = False) -> Record | None:
    """Change the items; the draft to collect now, if there is one. `anew`: begin a new period in any case."""
    behavior = params.get("proration_behavior", "create_prorations")
    moment = _read_date(world, subscription, params)
    wanted = [_read(world, subscription, one, i) for i, one in enumerate(params.get("items") or ())]
    felt = "trial_end" in params or any(change.is_felt for change in wanted)
    resets = anew or _begins_anew(world, subscription, wanted, params)
    prorates = behavior != "none" and subscription["status"] in PRORATED
    if prorates:
        _credit(world, subscription, wanted, moment, everything=resets)
    touched = [item for change in wanted if (item := _carry_out(world, subscription, change))]
    items.check(world, subscription)
    for given in params.get("add_invoice_items") or ():
        customer = world.get("customer", subscription["customer"])
        invoiceitems.add(world, customer, given, subscription)
    if resets:
        return begin_period(world, subscription)
    if prorates:
        for item in touched:
            proration.debit(world, subscription, item, moment)
    extra = bool(params.get("add_invoice_items")) and subscription["billing_mode"]["type"] == "classic"
    return draft_pending(world, subscription) if behavior == "always_invoice" and (felt or extra) else None


def replace(world: World, subscription: Record, given: list[dict[str, Any]]) -> None:
    """Change the items between two periods: nothing is prorated, new ones begin with the next period."""
    for change in [_read(world, subscription, one, index) for index, one in enumerate(given)]:
        made = _carry_out(world, subscription, change)
        if made is not None and change.item is None:
            made["current_period_end"] = world.now
    items.check(world, subscription)


def begin_period(world: World, subscription: Record) -> Record:
    """A new cycle from now on: every item is billed for a whole period."""
    subscription["billing_cycle_anchor"] = world.now
    held = items.of(world, subscription)
    for item in held:
        item["current_period_start"] = world.now
        item["current_period_end"] = periods.end_after(world.now, items.recurring(world, item), world.now)
    return billing.draft(world, subscription, held, "subscription_update")


def draft_pending(world: World, subscription: Record) -> Record | None:
    """A draft of what is pending; None if nothing is."""
    customer = world.get("customer", subscription["customer"])
    if not invoiceitems.pending(world, customer, subscription):
        return None
    return billing.draft(world, subscription, [], "subscription_update")


def _read_date(world: World, subscription: Record, params: dict[str, Any]) -> int:
    """When the change counts from: now, or a moment of the present period."""
    moment: int = params.get("proration_date", world.now)
    held = items.of(world, subscription)
    if "proration_date" in params and not all(
        item["current_period_start"] <= moment <= item["current_period_end"] for item in held
    ):
        raise errors.invalid(
            "Invalid proration_date: it must be within the current billing period.", "proration_date"
        )
    return moment


def _read(world: World, subscription: Record, given: dict[str, Any], index: int) -> Change:
    param = f"items[{index}]"
    parameters.refuse_not_played(given)
    parameters.check_tax_rates(world, given.get("tax_rates"), f"{param}[tax_rates]")
    if "id" not in given:
        if given.get("deleted"):
            raise errors.parameter_missing(f"{param}[id]")
        return Change(None, items.find_price(world, given, param), given, index)
    item = world.get("subscription_item", given["id"], f"{param}[id]")
    if item["subscription"] != subscription["id"]:
        raise errors.missing("subscription_item", item["id"], f"{param}[id]")
    if given.get("deleted"):
        return Change(item, None, given, index)
    named = "price" in given or "price_data" in given
    same = given.get("price") == item["_price"]
    found = (
        items.find_price(world, given, param) if named and not same else world.get("price", item["_price"])
    )
    return Change(item, found, given, index)


def _begins_anew(world: World, subscription: Record, wanted: list[Change], params: dict[str, Any]) -> bool:
    if subscription["status"] not in PRORATED:
        return False
    if params.get("billing_cycle_anchor") == "now":
        return True
    rhythms = [
        (change.price["recurring"], items.recurring(world, change.item))
        for change in wanted
        if change.item and change.price
    ]
    if any(
        (new["interval"], new["interval_count"]) != (old["interval"], old["interval_count"])
        for new, old in rhythms
    ):
        return True
    return (
        bool(wanted)
        and _was_free(world, subscription)
        and any(_costs(world, subscription, c) for c in wanted)
    )


def _was_free(world: World, subscription: Record) -> bool:
    held = items.of(world, subscription)
    prices = [(world.get("price", item["_price"]), item["quantity"]) for item in held]
    return not any(pricing.cost(price, quantity, subscription["currency"]) for price, quantity in prices)


def _costs(world: World, subscription: Record, change: Change) -> bool:
    price = change.price
    return price is not None and bool(pricing.cost(price, change.quantity, subscription["currency"]))


def _credit(
    world: World, subscription: Record, wanted: list[Change], moment: int, *, everything: bool
) -> None:
    """Give back what is left of the items that change, or of all when a new period begins."""
    changed = [change.item for change in wanted if change.item and change.is_felt]
    for item in items.of(world, subscription) if everything else changed:
        proration.credit(world, subscription, item, moment)


def _carry_out(world: World, subscription: Record, change: Change) -> Record | None:
    """Do it; the item to be charged for, if any."""
    item, price = change.item, change.price
    if price is None:
        if item is not None:
            _remove(world, subscription, item)
        return None
    if item is None:
        made = items.make(world, subscription, price, change.given, world.now)
        _assign_discounts(world, subscription, made, change)
        return made
    felt = change.is_felt
    item |= {"_price": price["id"], "quantity": change.quantity}
    assign(item, change.given, "metadata")
    if "tax_rates" in change.given:
        item["_tax_rates"] = list(change.given["tax_rates"] or [])
    _assign_discounts(world, subscription, item, change)
    return item if felt else None


def _remove(world: World, subscription: Record, item: Record) -> None:
    subscription["_items"].remove(item["id"])
    world.delete(item)
    if not subscription["_items"]:
        raise errors.invalid(
            "A subscription must have at least one active plan. To cancel it, delete the subscription instead.",
            "items",
        )


def _assign_discounts(world: World, subscription: Record, item: Record, change: Change) -> None:
    if "discounts" not in change.given:
        return
    for held in item["discounts"]:
        discounts.remove(world, world.get("discount", held))
    item["discounts"] = [
        discounts.make(
            world,
            one,
            param=f"items[{change.index}][discounts]",
            customer=subscription["customer"],
            subscription_item=item["id"],
        )["id"]
        for one in change.given["discounts"] or ()
    ]

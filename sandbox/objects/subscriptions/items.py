"""Subscription items: which price, how many, paid for until when. Kept as records of their own.

https://docs.stripe.com/api/subscription_items
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sandbox import errors
from sandbox.objects import amounts, prices
from sandbox.objects.invoices import pricing
from sandbox.objects.subscriptions import periods
from sandbox.rendering import field, list_object
from sandbox.store import Record
from sandbox.world import World

MOST = 20


@field("subscription", "items")
def show_items(world: World, subscription: Record) -> dict[str, Any]:
    data = [world.peek(item_id) for item_id in subscription["_items"]]
    return list_object(data, f"/v1/subscription_items?subscription={subscription['id']}")


@field("subscription_item", "price")
def show_price(world: World, item: Record) -> Record | None:
    return world.peek(item["_price"])


@field("subscription_item", "tax_rates")
def show_tax_rates(world: World, item: Record) -> list[Record]:
    return [rate for name in item["_tax_rates"] if (rate := world.peek(name))]


def of(world: World, subscription: Record) -> list[Record]:
    """The items of a subscription, to change."""
    return [world.get("subscription_item", item_id) for item_id in subscription["_items"]]


def find_price(world: World, given: dict[str, Any], param: str) -> Record:
    """The price that an item names, or a new one from its `price_data`. Recurring and active, or Stripe's error."""
    if "price_data" in given:
        return prices.make(world, given["price_data"] | {"active": True}, f"{param}[price_data]")
    if "price" not in given:
        raise errors.parameter_missing(f"{param}[price]")
    price = world.get("price", given["price"], f"{param}[price]")
    if price["type"] != "recurring":
        raise errors.invalid(
            "The price specified is set to `type=one_time` but this field only accepts prices with "
            "`type=recurring`.",
            f"{param}[price]",
        )
    if not price["active"]:
        raise errors.invalid(
            "The price specified is inactive. This field only accepts active prices.", f"{param}[price]"
        )
    if price["recurring"]["usage_type"] == "metered":
        raise errors.not_played("metered prices on subscriptions")
    return price


def make(world: World, subscription: Record, price: Record, given: dict[str, Any], start: int) -> Record:
    """Add an item to a subscription; its first period begins at `start` and ends at the anchor's next boundary."""
    anchor = subscription["billing_cycle_anchor"]
    item = world.new(
        "subscription_item",
        subscription=subscription["id"],
        quantity=given.get("quantity", 1),
        metadata={key: text for key, text in (given.get("metadata") or {}).items() if text},
        discounts=[],
        current_period_start=start,
        current_period_end=anchor if anchor > start else periods.end_after(anchor, price["recurring"], start),
        _price=price["id"],
        _tax_rates=list(given.get("tax_rates") or []),
        _debits=[],
    )
    subscription["_items"].append(item["id"])
    return item


def recurring(world: World, item: Record) -> dict[str, Any]:
    """How often an item's price comes round."""
    found: dict[str, Any] = world.get("price", item["_price"])["recurring"]
    return found


def check(world: World, subscription: Record) -> None:
    """What all items together must fulfil. Raises Stripe's error."""
    held = of(world, subscription)
    if len(held) > MOST:
        raise errors.invalid(f"Subscriptions can have at most {MOST} items.", "items")
    seen: set[str] = set()
    for item in held:
        price = world.get("price", item["_price"])
        if price["id"] in seen:
            raise errors.invalid(
                f"Cannot add multiple subscription items with the same plan: {price['id']}", "items"
            )
        seen.add(price["id"])
        if not pricing.has_currency(price, subscription["currency"]):
            raise errors.invalid(
                f"The price specified only supports `{price['currency']}`. This doesn't match the expected "
                f"currency: `{subscription['currency']}`.",
                "items",
            )
        if price["billing_scheme"] == "per_unit" and item["quantity"] < 0:
            raise errors.invalid("Invalid non-negative integer", "items", "parameter_invalid_integer")
    _check_cost(world, subscription, held)
    _check_intervals(world, subscription, held)


def _check_cost(world: World, subscription: Record, held: list[Record]) -> None:
    """What comes due together must be such that it can be charged, or no renewal could ever be billed."""
    currency = subscription["currency"]
    costs = [pricing.cost(world.get("price", i["_price"]), i["quantity"], currency) for i in held]
    amounts.check_largest(sum(costs, Decimal(0)), currency, "items")


def _check_intervals(world: World, subscription: Record, held: list[Record]) -> None:
    """Classic billing bills everything at once; flexible takes intervals that are multiples of the shortest."""
    rhythms = [recurring(world, item) for item in held]
    lengths = {(r["interval"], r["interval_count"]) for r in rhythms}
    if len(lengths) < 2:
        return
    if subscription["billing_mode"]["type"] == "classic":
        raise errors.invalid(
            "All prices on a subscription must have the same `recurring.interval` and "
            "`recurring.interval_count`.",
            "items",
        )
    families = {r["interval"] in periods.MONTHS for r in rhythms}
    units = [
        r["interval_count"] * (periods.MONTHS.get(r["interval"]) or periods.SECONDS[r["interval"]])
        for r in rhythms
    ]
    if len(families) > 1 or any(unit % min(units) for unit in units):
        raise errors.invalid(
            "The recurring intervals of all prices on a subscription must be multiples of the shortest one.",
            "items",
        )

"""What the subscription that a Checkout session sells comes to when it renews: counted as its invoices will be.

https://docs.stripe.com/api/coupons/object#coupon_object-duration says for how long a discount counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox.objects.checkout import lines
from sandbox.objects.subscriptions import periods
from sandbox.store import Record
from sandbox.world import World


@dataclass(frozen=True)
class Renewal:
    """What comes due together: how often, how much with its tax, and whether there is any."""

    recurring: dict[str, Any]
    total: int
    taxed: bool


def lasting(world: World, session: Record) -> list[Renewal]:
    """What is due at each renewal when all that passes has passed."""
    coupon = _coupon(world, session)
    discounts = [session["_discount"]] if coupon.get("duration") == "forever" else []
    return [_count(world, session, items, discounts) for items in _together(world, session)]


def discounted(world: World, session: Record) -> tuple[int, list[Renewal]]:
    """When a discount for some months ends, and what renews before that; nothing without one."""
    if _coupon(world, session).get("duration") != "repeating":
        return 0, []
    discount = session["_discount"]
    end: int = (world.peek(discount) or {})["end"]
    early = [items for items in _together(world, session) if _first(world, session, items) < end]
    return end, [_count(world, session, items, [discount]) for items in early]


def _coupon(world: World, session: Record) -> Record:
    discount = world.peek(session["_discount"])
    return (world.peek(discount["source"]["coupon"]) if discount else None) or {}


def _together(world: World, session: Record) -> list[list[Record]]:
    """The lines that renew, those of the same interval together."""
    found: dict[tuple[str, int], list[Record]] = {}
    for item in lines.show(world, session):
        if recurring := item["price"]["recurring"]:
            found.setdefault((recurring["interval"], recurring["interval_count"]), []).append(item)
    return list(found.values())


def _first(world: World, session: Record, items: list[Record]) -> int:
    """When these are charged for the next time, if they are bought now."""
    return lines.trial_end(world, session) or periods.add(world.now, items[0]["price"]["recurring"], 1)


def _count(world: World, session: Record, items: list[Record], discounts: list[str]) -> Renewal:
    bill = lines.bill(world, session, items, discounts)
    taxed = any(tax["amount"] for tax in bill["total_taxes"])
    return Renewal(items[0]["price"]["recurring"], bill["total"], taxed)

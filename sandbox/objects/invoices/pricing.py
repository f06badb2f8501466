"""What a quantity of a price costs: per unit, by tiers, in packages. Exact until it is rounded to the smallest unit.

https://docs.stripe.com/products-prices/pricing-models
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Any

from sandbox import errors

WHOLE = Decimal(1)


def round_half_up(amount: Decimal) -> int:
    """To whole cents, halves away from zero."""
    return int(amount.quantize(WHOLE, ROUND_HALF_UP))


def cost(price: dict[str, Any], quantity: int, currency: str) -> Decimal:
    """What a quantity costs in a currency that the price has."""
    option = offer(price, currency)
    if price["billing_scheme"] == "tiered":
        return (
            _graduated(option, quantity) if price["tiers_mode"] == "graduated" else _volume(option, quantity)
        )
    if option["unit_amount_decimal"] is None:
        raise errors.not_played("prices whose amount the customer chooses, outside of Checkout")
    return Decimal(option["unit_amount_decimal"]) * _packages(price, quantity)


def offer(price: dict[str, Any], currency: str) -> dict[str, Any]:
    """The price's own amounts or those of another of its currencies."""
    if currency == price["currency"]:
        return price
    option: dict[str, Any] = price["currency_options"][currency]
    return option


def has_currency(price: dict[str, Any], currency: str) -> bool:
    return currency == price["currency"] or currency in price["currency_options"]


def _packages(price: dict[str, Any], quantity: int) -> int:
    transform = price["transform_quantity"]
    if not transform:
        return quantity
    rounding = ROUND_CEILING if transform["round"] == "up" else "ROUND_FLOOR"
    return int((Decimal(quantity) / transform["divide_by"]).quantize(WHOLE, rounding))


def _tier_amounts(tier: dict[str, Any]) -> tuple[Decimal, Decimal]:
    """Per unit, and flat."""
    return Decimal(tier["unit_amount_decimal"] or 0), Decimal(tier["flat_amount_decimal"] or 0)


def _volume(option: dict[str, Any], quantity: int) -> Decimal:
    """All units at the price of the tier that the quantity is in."""
    for tier in option["tiers"]:
        if tier["up_to"] is None or quantity <= tier["up_to"]:
            unit, flat = _tier_amounts(tier)
            return unit * quantity + flat
    return Decimal(0)


def _graduated(option: dict[str, Any], quantity: int) -> Decimal:
    """Each unit at the price of the tier that it is in."""
    total, below = Decimal(0), 0
    for tier in option["tiers"]:
        unit, flat = _tier_amounts(tier)
        upper = quantity if tier["up_to"] is None else min(quantity, tier["up_to"])
        if upper > below or below == 0:
            total += unit * (upper - below) + flat
        below = max(below, upper)
    return total

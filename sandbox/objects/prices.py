"""Prices: how much, and how often. Immutable but for a few fields. https://docs.stripe.com/api/prices"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sandbox import errors, skeletons
from sandbox.errors import StripeError
from sandbox.lists import page
from sandbox.objects import products
from sandbox.parameters import assign
from sandbox.routing import Call, operation
from sandbox.search import search
from sandbox.store import Record
from sandbox.world import World

MOST_LOOKUP_KEYS = 10
LONGEST = {"day": 1095, "week": 156, "month": 36, "year": 3}  # three years
LARGEST_AMOUNT = 99_999_999


@operation("POST", "/v1/prices")
def create(world: World, call: Call) -> Record:
    params = dict(call.params)
    if ("product" in params) == ("product_data" in params):
        if "product" not in params:
            raise errors.parameter_missing("product")
        raise StripeError(
            "You may only specify one of these parameters: product, product_data.",
            code="parameters_exclusive",
        )
    if "product_data" in params:
        product = products.make(world, params["product_data"])
        world.emit("product.created", product)
        params["product"] = product["id"]
    return make(world, params)


def make(world: World, params: dict[str, Any], within: str = "") -> Record:
    """Make a price and its event. `within` is the parameter that holds these (`default_price_data`), for errors."""
    product = world.get("product", params["product"], "product")
    price = world.new(
        "price",
        active=params.get("active", True),
        product=product["id"],
        currency=params["currency"],
        billing_scheme=params.get("billing_scheme", "per_unit"),
        type="recurring" if "recurring" in params else "one_time",
        recurring=_recurring(params["recurring"]) if "recurring" in params else None,
        tax_behavior=params.get("tax_behavior", "unspecified"),
        **_amount(params, within),
    )
    assign(price, params, "metadata", "nickname", "tiers_mode", "transform_quantity")
    price["currency_options"] = {
        price["currency"]: _option(price),
        **{
            currency: _option({"tax_behavior": "unspecified", **option, **_amount(option, within)})
            for currency, option in (params.get("currency_options") or {}).items()
        },
    }
    _take_lookup_key(world, price, params)
    world.emit("price.created", price)
    return price


def _recurring(given: dict[str, Any]) -> Record:
    recurring = skeletons.build("recurring", interval_count=1, usage_type="licensed")
    recurring |= given
    if not 1 <= recurring["interval_count"] <= LONGEST[recurring["interval"]]:
        raise errors.invalid(
            f"Invalid interval count: must be between 1 and {LONGEST[recurring['interval']]} for the "
            f"interval {recurring['interval']}.",
            "recurring[interval_count]",
        )
    return recurring


def _amount(params: dict[str, Any], within: str) -> Record:
    """The fields that say how much: exactly one of amount, decimal amount, the customer's choice, tiers."""
    given = [
        name
        for name in ("unit_amount", "unit_amount_decimal", "custom_unit_amount", "tiers")
        if params.get(name) is not None
    ]
    if not given:
        raise errors.parameter_missing(f"{within}[unit_amount]" if within else "unit_amount")
    if len(given) > 1:
        raise StripeError(
            f"You may only specify one of these parameters: {', '.join(given)}.", code="parameters_exclusive"
        )
    if given == ["custom_unit_amount"]:
        chosen = {k: v for k, v in params["custom_unit_amount"].items() if k != "enabled"}
        return {"custom_unit_amount": skeletons.build("custom_unit_amount", **chosen)}
    if given == ["tiers"]:
        return {"tiers": [_tier(tier) for tier in params["tiers"]]}
    return _unit_amount(Decimal(params[given[0]]), given[0])


def _unit_amount(amount: Decimal, param: str) -> Record:
    if amount < 0:
        raise errors.invalid(
            "This value must be greater than or equal to 0.", param, "parameter_invalid_integer"
        )
    if amount > LARGEST_AMOUNT:
        raise errors.invalid("Amount must be no more than 99999999.", param, "amount_too_large")
    whole = amount == amount.to_integral_value()
    return {"unit_amount": int(amount) if whole else None, "unit_amount_decimal": _plain(amount)}


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}"


def _tier(given: dict[str, Any]) -> Record:
    tier = skeletons.build("price_tier", **given)
    tier["up_to"] = None if given["up_to"] == "inf" else given["up_to"]
    for name in ("flat_amount", "unit_amount"):
        if tier[name] is not None:
            tier[f"{name}_decimal"] = str(tier[name])
    return tier


def _option(values: dict[str, Any]) -> Record:
    names = ("custom_unit_amount", "tax_behavior", "tiers", "unit_amount", "unit_amount_decimal")
    return skeletons.build("currency_option", **{name: values[name] for name in names if name in values})


def _take_lookup_key(world: World, price: Record, params: dict[str, Any]) -> None:
    """A lookup key names one price; `transfer_lookup_key` takes it from the one that has it."""
    if "lookup_key" not in params:
        return
    key = params["lookup_key"]
    holders = [p for p in world.select("price", lookup_key=key) if key and p["id"] != price["id"]]
    for holder in holders:
        if not params.get("transfer_lookup_key"):
            raise errors.invalid(f"A price (`{holder['id']}`) already uses that lookup key.", "lookup_key")
        holder["lookup_key"] = None
        world.emit("price.updated", holder)
    price["lookup_key"] = key


@operation("GET", "/v1/prices")
def list_all(world: World, call: Call) -> Record:
    keys = call.params.get("lookup_keys", ())
    if len(keys) > MOST_LOOKUP_KEYS:
        raise errors.invalid(
            f"You can only look up at most {MOST_LOOKUP_KEYS} lookup keys at a time.", "lookup_keys"
        )
    return page(world, call, "price")


@operation("GET", "/v1/prices/search")
def search_all(world: World, call: Call) -> Record:
    return search(world, call, "price")


@operation("GET", "/v1/prices/{price}")
def retrieve(world: World, call: Call) -> Record:
    return world.get("price", call.id)


@operation("POST", "/v1/prices/{price}")
def update(world: World, call: Call) -> Record:
    price, params = world.get("price", call.id), call.params
    assign(price, params, "active", "metadata", "nickname")
    if "tax_behavior" in params and params["tax_behavior"] != price["tax_behavior"]:
        if price["tax_behavior"] != "unspecified":
            raise errors.invalid(
                "The tax behavior of a price cannot be changed once it is set.", "tax_behavior"
            )
        price["tax_behavior"] = params["tax_behavior"]
    for currency, option in (params.get("currency_options") or {}).items():
        price["currency_options"][currency] = _option(
            {"tax_behavior": "unspecified", **option, **_amount(option, f"currency_options[{currency}]")}
        )
    _take_lookup_key(world, price, params)
    world.emit("price.updated", price)
    return price

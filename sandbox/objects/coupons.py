"""Coupons: how much is taken off, and for how long. https://docs.stripe.com/api/coupons"""

from __future__ import annotations

from typing import Any

from sandbox import errors
from sandbox.errors import StripeError
from sandbox.lists import page
from sandbox.parameters import assign
from sandbox.rendering import field
from sandbox.routing import Call, operation
from sandbox.store import Record
from sandbox.world import World


@operation("POST", "/v1/coupons")
def create(world: World, call: Call) -> Record:
    params = call.params
    _check(world, params)
    chosen = {"id": params["id"]} if "id" in params else {}
    coupon = world.new("coupon", duration=params.get("duration", "once"), metadata={}, **chosen)
    assign(
        coupon,
        params,
        "amount_off",
        "currency",
        "duration_in_months",
        "max_redemptions",
        "metadata",
        "name",
        "percent_off",
        "redeem_by",
    )
    for name in ("applies_to", "currency_options"):
        if params.get(name):
            coupon[name] = params[name]
    world.emit("coupon.created", coupon)
    return coupon


def _check(world: World, params: dict[str, Any]) -> None:
    if "id" in params and world.peek(params["id"]) is not None:
        raise errors.invalid("Coupon already exists.", "id", "resource_already_exists")
    if ("amount_off" in params) == ("percent_off" in params):
        raise StripeError("You must pass either `percent_off` or `amount_off`, and not both.")
    if "percent_off" in params and not 0 < params["percent_off"] <= 100:
        raise errors.invalid("Invalid percent_off: must be greater than 0 and at most 100.", "percent_off")
    if "amount_off" in params:
        if params["amount_off"] < 1:
            raise errors.invalid(
                "This value must be greater than or equal to 1.", "amount_off", "parameter_invalid_integer"
            )
        if "currency" not in params:
            raise errors.parameter_missing("currency")
    if (params.get("duration") == "repeating") != ("duration_in_months" in params):
        raise errors.invalid(
            "`duration_in_months` is required if `duration` is `repeating`, and must not be set otherwise.",
            "duration_in_months",
        )
    if params.get("redeem_by", world.now + 1) <= world.now:
        raise errors.invalid(
            "Invalid timestamp: must be an integer Unix timestamp in the future.", "redeem_by"
        )
    for product_id in (params.get("applies_to") or {}).get("products", ()):
        world.get("product", product_id, "applies_to[products]")


@field("coupon", "times_redeemed")
def count_redemptions(world: World, coupon: Record) -> int:
    """How many discounts were made with it and taken."""
    discounts = world.scan("discount", _redeemed=True)
    return sum(discount["source"]["coupon"] == coupon["id"] for discount in discounts)


@field("coupon", "valid")
def is_valid(world: World, coupon: Record) -> bool:
    """Whether it can still be redeemed."""
    most = coupon["max_redemptions"]
    in_time = coupon["redeem_by"] is None or world.now <= coupon["redeem_by"]
    return in_time and (most is None or count_redemptions(world, coupon) < most)


@operation("GET", "/v1/coupons")
def list_all(world: World, call: Call) -> dict[str, Any]:
    return page(world, call, "coupon")


@operation("GET", "/v1/coupons/{coupon}")
def retrieve(world: World, call: Call) -> Record:
    return world.get("coupon", call.id)


@operation("POST", "/v1/coupons/{coupon}")
def update(world: World, call: Call) -> Record:
    coupon = world.get("coupon", call.id)
    assign(coupon, call.params, "metadata", "name")
    if call.params.get("currency_options"):
        coupon["currency_options"] = (coupon.get("currency_options") or {}) | call.params["currency_options"]
    world.emit("coupon.updated", coupon)
    return coupon


@operation("DELETE", "/v1/coupons/{coupon}")
def delete(world: World, call: Call) -> Record:
    """Discounts that were made with it stay as they are."""
    coupon = world.get("coupon", call.id)
    world.emit("coupon.deleted", coupon)
    return world.delete(coupon)

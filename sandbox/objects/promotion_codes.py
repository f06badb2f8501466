"""Promotion codes: what a customer types to get a coupon. https://docs.stripe.com/api/promotion_codes"""

from __future__ import annotations

from typing import Any

from sandbox import errors, identifiers
from sandbox.lists import page
from sandbox.objects import coupons
from sandbox.parameters import assign
from sandbox.rendering import field
from sandbox.routing import Call, operation
from sandbox.store import Record
from sandbox.world import World


@operation("POST", "/v1/promotion_codes")
def create(world: World, call: Call) -> Record:
    params = call.params
    if params.get("customer_account"):
        raise errors.not_played("`customer_account` on a promotion code")
    if "coupon" not in params["promotion"]:
        raise errors.parameter_missing("promotion[coupon]")
    coupon = world.get("coupon", params["promotion"]["coupon"], "promotion[coupon]")
    if params.get("customer"):
        world.get("customer", params["customer"], "customer")
    code = params.get("code") or identifiers.random_text(8).upper()
    if find_active(world, code, params.get("customer")) is not None:
        raise errors.invalid(
            "An active promotion code with `code: " + code + "` already exists.",
            "code",
            "resource_already_exists",
        )
    restrictions = params.get("restrictions") or {}
    promotion_code = world.new(
        "promotion_code",
        code=code,
        promotion={"coupon": coupon["id"], "type": "coupon"},
        restrictions={
            "first_time_transaction": restrictions.get("first_time_transaction", False),
            "minimum_amount": restrictions.get("minimum_amount"),
            "minimum_amount_currency": restrictions.get("minimum_amount_currency"),
        },
        metadata={},
        _active=params.get("active", True),
    )
    assign(promotion_code, params, "customer", "expires_at", "max_redemptions", "metadata")
    world.emit("promotion_code.created", promotion_code)
    return promotion_code


def find_active(world: World, code: str, customer: str | None = None) -> Record | None:
    """The promotion code that a customer means by what he typed; case does not matter."""
    for candidate in world.select("promotion_code"):
        meant = candidate["code"].lower() == code.strip().lower() and candidate["customer"] in (
            None,
            customer,
        )
        if meant and is_active(world, candidate):
            return candidate
    return None


@field("promotion_code", "times_redeemed")
def count_redemptions(world: World, promotion_code: Record) -> int:
    return sum(1 for _ in world.scan("discount", _redeemed=True, promotion_code=promotion_code["id"]))


@field("promotion_code", "active")
def is_active(world: World, promotion_code: Record) -> bool:
    """Whether it can be redeemed: not switched off, not expired, not used up, and its coupon neither."""
    coupon = world.peek(promotion_code["promotion"]["coupon"])
    expires, most = promotion_code["expires_at"], promotion_code["max_redemptions"]
    return bool(
        promotion_code["_active"]
        and (expires is None or world.now < expires)
        and (most is None or count_redemptions(world, promotion_code) < most)
        and coupon
        and not coupon.get("deleted")
        and coupons.is_valid(world, coupon)
    )


@operation("GET", "/v1/promotion_codes")
def list_all(world: World, call: Call) -> dict[str, Any]:
    return page(
        world,
        call,
        "promotion_code",
        active=lambda code, wanted: is_active(world, code) == wanted,
        code=lambda code, wanted: code["code"].lower() == wanted.lower(),
        coupon=lambda code, wanted: code["promotion"]["coupon"] == wanted,
    )


@operation("GET", "/v1/promotion_codes/{promotion_code}")
def retrieve(world: World, call: Call) -> Record:
    return world.get("promotion_code", call.id)


@operation("POST", "/v1/promotion_codes/{promotion_code}")
def update(world: World, call: Call) -> Record:
    promotion_code, params = world.get("promotion_code", call.id), call.params
    if params.get("restrictions"):
        raise errors.not_played("`restrictions` on an update of a promotion code")
    if params.get("active") and not promotion_code["_active"]:
        clash = find_active(world, promotion_code["code"], promotion_code["customer"])
        if clash is not None:
            raise errors.invalid(
                f"An active promotion code with `code: {promotion_code['code']}` already exists.", "active"
            )
    if "active" in params:
        promotion_code["_active"] = params["active"]
    assign(promotion_code, params, "metadata")
    world.emit("promotion_code.updated", promotion_code)
    return promotion_code

"""Discounts: a coupon as it is applied to a customer, a subscription, an invoice or a Checkout session.

https://docs.stripe.com/api/discounts
"""

from __future__ import annotations

from typing import Any

from sandbox import errors
from sandbox.errors import StripeError
from sandbox.objects import coupons, promotion_codes
from sandbox.objects.subscriptions import periods
from sandbox.routing import Call, operation
from sandbox.store import Record
from sandbox.world import World

# What can be discounted, as fields of the discount.
PLACES = ("checkout_session", "customer", "invoice", "invoice_item", "subscription", "subscription_item")


def make(
    world: World, given: dict[str, Any], *, param: str = "discounts", redeemed: bool = True, **places: Any
) -> Record:
    """Apply `{"coupon": id}` or `{"promotion_code": id}` to what `places` names, e.g. `subscription="sub_..."`.

    Raises Stripe's error for one that cannot be redeemed. An event `customer.discount.created` if there is a customer
    and it is redeemed; a Checkout session's counts only when the session is completed (`redeem`).
    """
    coupon, code = _find(world, given, places.get("customer"), param)
    discount = world.new(
        "discount",
        source={"coupon": coupon["id"], "type": "coupon"},
        promotion_code=code["id"] if code else None,
        start=world.now,
        end=_end(coupon, world.now),
        _redeemed=False,
        **places,
    )
    if redeemed:
        redeem(world, discount)
    return discount


def redeem(world: World, discount: Record, **places: Any) -> None:
    """Count it against the coupon, now that what it is for has come about."""
    discount |= places | {"_redeemed": True}
    if discount["customer"] and (
        discount["subscription"] or not (discount["invoice"] or discount["invoice_item"])
    ):
        world.emit("customer.discount.created", discount)


def remove(world: World, discount: Record) -> Record:
    """Take it away from what it was applied to; it stays counted. What is left is a tombstone."""
    if discount["customer"] and discount["_redeemed"]:
        world.emit("customer.discount.deleted", discount | {"end": world.now})
    discount["end"] = world.now
    return {
        "id": discount["id"],
        "object": "discount",
        "deleted": True,
        **{
            name: discount[name]
            for name in (*PLACES, "promotion_code", "source", "start", "customer_account")
        },
    }


def is_running(world: World, discount: Record) -> bool:
    """Whether it still takes off, as far as time goes; `once` is for the invoice to know."""
    return discount["end"] is None or world.now < discount["end"]


def _find(
    world: World, given: dict[str, Any], customer: str | None, param: str
) -> tuple[Record, Record | None]:
    if "discount" in given:
        raise errors.not_played("reusing a discount by its id")
    if given.get("promotion_code"):
        code = world.get("promotion_code", given["promotion_code"], f"{param}[0][promotion_code]")
        check_code(world, code, customer)
        return world.get("coupon", code["promotion"]["coupon"]), code
    if not given.get("coupon"):
        raise errors.parameter_missing(f"{param}[0][coupon]")
    coupon = world.get("coupon", given["coupon"], f"{param}[0][coupon]")
    if not coupons.is_valid(world, coupon):
        raise StripeError(
            f"Coupon {coupon['id']} is used up and cannot be applied.", code="coupon_expired", param=param
        )
    return coupon, None


def check_code(world: World, code: Record, customer: str | None, amount: int | None = None) -> None:
    """Raise if a customer may not redeem a promotion code, for a purchase of this amount."""
    if not promotion_codes.is_active(world, code):
        raise StripeError(
            "This promotion code is inactive.", code="promotion_code_inactive", param="promotion_code"
        )
    if code["customer"] not in (None, customer):
        raise errors.invalid("This promotion code cannot be redeemed by this customer.", "promotion_code")
    restrictions = code["restrictions"]
    if restrictions["first_time_transaction"] and customer and _has_bought(world, customer):
        raise errors.invalid(
            "This promotion code cannot be redeemed because the associated customer has prior transactions.",
            "promotion_code",
            "promotion_code_customer_not_first_time",
        )
    least = restrictions["minimum_amount"]
    if amount is not None and least is not None and amount < least:
        raise errors.invalid(
            "This promotion code cannot be redeemed because the minimum amount is not reached.",
            "promotion_code",
            "promotion_code_minimum_amount_not_met",
        )


def _has_bought(world: World, customer: str) -> bool:
    paid = world.scan("charge", customer=customer, status="succeeded")
    return next(paid, None) is not None


def _end(coupon: Record, start: int) -> int | None:
    """When a repeating coupon stops: so many months later, on the same day of the month if there is one."""
    if coupon["duration"] != "repeating":
        return None
    return periods.add_months(start, coupon["duration_in_months"])


# -- operations ------------------------------------------------------------------------------------------------------


@operation("GET", "/v1/customers/{customer}/discount")
def retrieve_of_customer(world: World, call: Call) -> Record:
    return _of_customer(world, call)


@operation("DELETE", "/v1/customers/{customer}/discount")
def delete_of_customer(world: World, call: Call) -> Record:
    return remove(world, _of_customer(world, call))


def _of_customer(world: World, call: Call) -> Record:
    """At this API version nothing gives a customer a discount of his own; it is looked for all the same."""
    customer = world.get("customer", call.id)
    discount = world.find((customer["discount"] or {}).get("id"))
    if discount is None:
        raise StripeError(
            f"No active discount for customer: {customer['id']}", status=404, code="resource_missing"
        )
    return discount

"""What a Checkout session sells: its lines and what they come to. Counted by the same rules as invoices.

https://docs.stripe.com/api/checkout/sessions/line_items
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sandbox import errors, identifiers, skeletons
from sandbox.objects import prices, products
from sandbox.objects.invoices import lines, pricing, totals
from sandbox.objects.subscriptions import periods
from sandbox.parameters import merge_metadata
from sandbox.rendering import field, list_object
from sandbox.store import Record
from sandbox.world import World

MOST = 100
RECURRING_IN_PAYMENT = (
    "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only "
    "one-time prices."
)
NOTHING_RECURRING = "You must provide at least one recurring price in `subscription` mode when using prices."


def make_all(world: World, session: Record, given: list[dict[str, Any]]) -> None:
    """Put lines on a session, from `line_items`; prices and products described in them are made with their events."""
    if len(given) > MOST:
        raise errors.invalid(f"Array too long. Max length is {MOST}.", "line_items")
    for index, one in enumerate(given):
        session["_items"].append(_make(world, session, one, f"line_items[{index}]"))
    kinds = {_price(world, item)["type"] for item in session["_items"]}
    if session["mode"] == "payment" and "recurring" in kinds:
        raise errors.invalid(RECURRING_IN_PAYMENT, "line_items")
    if session["mode"] == "subscription" and "recurring" not in kinds:
        raise errors.invalid(NOTHING_RECURRING, "line_items")


def _make(world: World, session: Record, given: dict[str, Any], param: str) -> Record:
    price = _find_price(world, given, param)
    if session["currency"] is None:
        session["currency"] = price["currency"]
    if not pricing.has_currency(price, session["currency"]):
        raise errors.invalid(
            f"The price specified only supports `{price['currency']}`. This doesn't match the expected currency: "
            f"`{session['currency']}`.",
            f"{param}[price]",
        )
    if "quantity" not in given and "adjustable_quantity" not in given:
        raise errors.invalid(f"Quantity is required. Add `quantity` to `{param}`", f"{param}[quantity]")
    for index, name in enumerate(given.get("tax_rates") or ()):
        world.get("tax_rate", name, f"{param}[tax_rates][{index}]")
    adjustable = given.get("adjustable_quantity")
    item = skeletons.build(
        "item",
        id=identifiers.new_id("item"),
        adjustable_quantity=skeletons.build("line_items_adjustable_quantity", **adjustable)
        if adjustable
        else None,
        currency=session["currency"],
        description=lines.product_name(world, price),
        metadata=merge_metadata({}, given.get("metadata")),
        _price=price["id"],
        _tax_rates=list(given.get("tax_rates") or []),
    )
    _set_quantity(item, given.get("quantity", 1), f"{param}[quantity]")
    return item


def _find_price(world: World, given: dict[str, Any], param: str) -> Record:
    """The price that a line names, or one made for it alone, which is archived at once."""
    if ("price" in given) == ("price_data" in given):
        raise errors.invalid("You must specify either `price` or `price_data` for each line item.", param)
    if "price" in given:
        price = world.get("price", given["price"], f"{param}[price]")
        if not price["active"]:
            raise errors.invalid(
                "The price specified is inactive. This field only accepts active prices.", f"{param}[price]"
            )
        return price
    data = dict(given["price_data"])
    if ("product" in data) == ("product_data" in data):
        raise errors.parameter_missing(f"{param}[price_data][product]")
    if "product_data" in data:
        product = products.make(world, data.pop("product_data"))
        product["active"] = False
        world.emit("product.created", product)
        data["product"] = product["id"]
    return prices.make(world, data | {"active": False}, f"{param}[price_data]")


def _price(world: World, item: Record) -> Record:
    return world.get("price", item["_price"])


def _set_quantity(item: Record, quantity: int, param: str) -> None:
    if quantity < 1:
        raise errors.invalid(
            "This value must be greater than or equal to 1.", param, "parameter_invalid_integer"
        )
    item["quantity"] = quantity


def change_quantity(session: Record, item_id: str, quantity: int) -> None:
    """Another quantity of an adjustable line. The totals are the caller's."""
    item = next((item for item in session["_items"] if item["id"] == item_id), None)
    bounds = item["adjustable_quantity"] if item else None
    if item is None or not bounds or not bounds["enabled"]:
        raise errors.invalid("The quantity of this line cannot be changed.", "quantity")
    least, most = bounds["minimum"] or 1, bounds["maximum"] or 99
    if not least <= quantity <= most:
        raise errors.invalid(f"The quantity must be between {least} and {most}.", "quantity")
    item["quantity"] = quantity


# -- totals --------------------------------------------------------------------------------------------------------


def count(world: World, session: Record) -> None:
    """Work out the amounts of the lines and of the session. What a trial delays costs nothing now."""
    discounts = [session["_discount"]] if session["_discount"] else []
    counted = bill(world, session, session["_items"], discounts, free=has_trial(session))
    for item, line in zip(session["_items"], counted["_lines"], strict=True):
        _take_over(world, item, line)
    session |= {
        "amount_subtotal": sum(item["amount_subtotal"] for item in session["_items"]),
        "amount_total": sum(item["amount_total"] for item in session["_items"]),
        "total_details": {
            "amount_discount": sum(item["amount_discount"] for item in session["_items"]),
            "amount_shipping": 0,
            "amount_tax": sum(item["amount_tax"] for item in session["_items"]),
        },
    }


def bill(
    world: World, session: Record, items: list[Record], discounts: list[str], *, free: bool = False
) -> Record:
    """The invoice that some lines would be, with its totals. `free`: what recurs costs nothing, as in a trial."""
    made: Record = {
        "discounts": discounts,
        "amount_paid": 0,
        "customer_tax_exempt": (world.peek(session["customer"]) or {}).get("tax_exempt", "none"),
        "starting_balance": 0,
        "_default_tax_rates": session["_data"].get("default_tax_rates") or [],
        "_lines": [_bill_line(world, session, item, free) for item in items],
    }
    totals.compute(world, made)
    return made


def _bill_line(world: World, session: Record, item: Record, free: bool) -> Record:
    price = _price(world, item)
    cost = pricing.cost(price, item["quantity"], session["currency"])
    if free and price["type"] == "recurring":
        cost = Decimal(0)
    return {
        "amount": pricing.round_half_up(cost),
        "currency": session["currency"],
        "discountable": True,
        "discounts": [],
        "pricing": lines.describe_price(price, session["currency"]),
        "_tax_rates": item["_tax_rates"],
    }


def has_trial(session: Record) -> bool:
    """Whether the subscription to be begins with a trial."""
    data = session["_data"]
    return bool(data.get("trial_period_days") or data.get("trial_end"))


def trial_end(world: World, session: Record) -> int | None:
    """When the trial would end that begins now; None without one."""
    data = session["_data"]
    if data.get("trial_period_days"):
        return int(world.now + periods.DAY * data["trial_period_days"])
    return data.get("trial_end")


def _take_over(world: World, item: Record, line: Record) -> None:
    discount = sum(part["amount"] for part in line["discount_amounts"])
    added = sum(tax["amount"] for tax in line["taxes"] if tax["tax_behavior"] == "exclusive")
    item |= {
        "amount_subtotal": line["amount"],
        "amount_discount": discount,
        "amount_tax": sum(tax["amount"] for tax in line["taxes"]),
        "amount_total": line["amount"] - discount + added,
        "discounts": [
            {"amount": part["amount"], "discount": world.render(world.peek(part["discount"]))}
            for part in line["discount_amounts"]
        ],
        "taxes": [_show_tax(world, tax) for tax in line["taxes"]],
    }


def _show_tax(world: World, tax: Record) -> Record:
    rate = world.peek(tax["tax_rate_details"]["tax_rate"])
    known = {name: tax[name] for name in ("amount", "taxable_amount")}
    return skeletons.build("line_items_tax_amount", rate=rate, **known)


# -- showing -------------------------------------------------------------------------------------------------------


def show(world: World, session: Record) -> list[Record]:
    """The lines as they are shown, each with its price as it is now."""
    return [item | {"price": world.peek(item["_price"])} for item in session["_items"]]


@field("checkout.session", "line_items")
def show_list(world: World, session: Record) -> dict[str, Any]:
    shown = show(world, session)
    return list_object(shown[:10], f"/v1/checkout/sessions/{session['id']}/line_items", len(shown) > 10)

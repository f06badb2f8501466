"""Invoice items: what waits for the next invoice, or was put on a draft. https://docs.stripe.com/api/invoiceitems"""

from __future__ import annotations

from typing import Any

from sandbox import errors, skeletons
from sandbox.lists import page
from sandbox.objects import discounts, prices
from sandbox.objects.invoices import drafts, lines, pricing, totals
from sandbox.parameters import assign
from sandbox.rendering import field
from sandbox.routing import Call, operation
from sandbox.store import Record
from sandbox.world import World

PARENT = "billing_bill_resource_invoice_item_parents_invoice_item_parent"
SUBSCRIPTION = "billing_bill_resource_invoice_item_parents_invoice_item_subscription_parent"


@field("invoiceitem", "tax_rates")
def show_tax_rates(world: World, item: Record) -> list[Record]:
    return [rate for name in item["_tax_rates"] if (rate := world.peek(name))]


# -- for invoices --------------------------------------------------------------------------------------------------


def make(
    world: World,
    customer: Record,
    amount: int,
    currency: str,
    *,
    subscription: Record | None = None,
    item: Record | None = None,
    period: tuple[int, int] | None = None,
    **fields: Any,
) -> Record:
    """An invoice item with its event; `item` is the subscription item that it is a proration of."""
    start, end = period or (world.now, world.now)
    values: dict[str, Any] = {
        "discountable": True,
        "discounts": [],
        "metadata": {},
        "quantity": 1,
        "_tax_rates": [],
    }
    values |= fields
    made = world.new(
        "invoiceitem",
        amount=amount,
        net_amount=amount,
        currency=currency,
        customer=customer["id"],
        date=world.now,
        parent=_parent(subscription, item),
        period={"start": start, "end": end},
        proration=item is not None,
        quantity_decimal=str(values["quantity"]),
        **values,
    )
    world.emit("invoiceitem.created", made)
    return made


def _parent(subscription: Record | None, item: Record | None) -> Record | None:
    if subscription is None:
        return None
    chosen = {"subscription_item": item["id"]} if item else {}
    details = skeletons.build(SUBSCRIPTION, subscription=subscription["id"], **chosen)
    return skeletons.build(PARENT, type="subscription_details", subscription_details=details)


def add(world: World, customer: Record, given: dict[str, Any], subscription: Record | None = None) -> Record:
    """An invoice item from the parameters of the API: an amount, or a one-off price with a quantity."""
    quantity = given.get("quantity", 1)
    amount, currency, price = _value(world, given, quantity, (subscription or customer)["currency"])
    made = make(
        world,
        customer,
        amount,
        currency,
        subscription=subscription,
        period=_period(given.get("period") or {"start": world.now, "end": world.now}),
        description=given.get("description") or (lines.product_name(world, price) if price else None),
        discountable=given.get("discountable", amount >= 0),
        metadata=dict(given.get("metadata") or {}),
        pricing=lines.describe_price(price, currency) if price else None,
        quantity=quantity,
        _tax_rates=list(given.get("tax_rates") or []),
    )
    made["discounts"] = [
        discounts.make(world, one, customer=customer["id"], invoice_item=made["id"])["id"]
        for one in given.get("discounts") or ()
    ]
    return made


def _value(
    world: World, given: dict[str, Any], quantity: int, usual: str | None
) -> tuple[int, str, Record | None]:
    """The amount, its currency, and the price that it comes from."""
    currency = given.get("currency") or usual
    if "amount" in given:
        if not currency:
            raise errors.parameter_missing("currency")
        return given["amount"], currency, None
    price = _price(world, given)
    currency = currency or price["currency"]
    if not pricing.has_currency(price, currency):
        raise errors.invalid(
            f"The price specified only supports `{price['currency']}`. This doesn't match the expected "
            f"currency: `{currency}`.",
            "price",
        )
    return pricing.round_half_up(pricing.cost(price, quantity, currency)), currency, price


def _price(world: World, given: dict[str, Any]) -> Record:
    if "price_data" in given:
        return prices.make(world, given["price_data"], "price_data")
    pricing_id = (given.get("pricing") or given).get("price")
    if not pricing_id:
        raise errors.parameter_missing("amount")
    price = world.get("price", pricing_id, "pricing[price]" if "pricing" in given else "price")
    if price["type"] != "one_time":
        raise errors.invalid(
            "The price specified is set to `type=recurring` but this field only accepts prices with "
            "`type=one_time`.",
            "price",
        )
    return price


def _period(given: dict[str, Any]) -> tuple[int, int]:
    start, end = given["start"], given["end"]
    if isinstance(start, dict) or isinstance(end, dict):
        raise errors.not_played("periods of added invoice items")
    return int(start), int(end)


def pending(world: World, customer: Record, subscription: Record | None) -> list[Record]:
    """What waits for an invoice of a subscription: its own items, and those of no subscription in its currency.

    Without a subscription: those of no subscription.
    """
    found = []
    for item in world.select("invoiceitem", customer=customer["id"], invoice=None):
        of = item["parent"]["subscription_details"]["subscription"] if item["parent"] else None
        mine = of is None or (subscription is not None and of == subscription["id"])
        if mine and (subscription is None or item["currency"] == subscription["currency"]):
            found.append(item)
    return found


# -- operations ----------------------------------------------------------------------------------------------------


@operation("POST", "/v1/invoiceitems")
def create(world: World, call: Call) -> Record:
    """Pending, or on a draft at once."""
    params = call.params
    _refuse_not_played(params)
    if not params.get("customer"):
        raise errors.parameter_missing("customer")
    customer = world.get("customer", params["customer"], "customer")
    world.follow(customer)
    subscription = (
        world.get("subscription", params["subscription"], "subscription")
        if "subscription" in params
        else None
    )
    invoice = drafts.editable(world, params["invoice"]) if "invoice" in params else None
    given = params | {"currency": params.get("currency") or (invoice or {}).get("currency")}
    item = add(world, customer, given, subscription)
    if invoice is not None:
        invoice["_lines"].append(lines.for_invoice_item(world, item))
        recompute(world, invoice)
    return item


def _refuse_not_played(params: dict[str, Any]) -> None:
    for name in ("customer_account", "tax_behavior", "tax_code", "unit_amount_decimal", "quantity_decimal"):
        if params.get(name):
            raise errors.not_played(f"`{name}` on an invoice item")


def recompute(world: World, invoice: Record) -> None:
    """A draft's sums, after its lines have changed, with the event."""
    drafts.claim(world, invoice, invoice["_lines"])
    totals.compute(world, invoice)
    world.emit("invoice.updated", invoice)


@operation("GET", "/v1/invoiceitems")
def list_all(world: World, call: Call) -> dict[str, Any]:
    return page(
        world, call, "invoiceitem", pending=lambda item, pending: (item["invoice"] is None) == pending
    )


@operation("GET", "/v1/invoiceitems/{invoiceitem}")
def retrieve(world: World, call: Call) -> Record:
    return world.get("invoiceitem", call.id)


@operation("POST", "/v1/invoiceitems/{invoiceitem}")
def update(world: World, call: Call) -> Record:
    """While it is pending or on a draft. There is no event for it but the draft's."""
    item = world.get("invoiceitem", call.id)
    world.follow(item)
    invoice = drafts.editable(world, item["invoice"]) if item["invoice"] else None
    change(world, item, call.params)
    if invoice is not None:
        replace(world, invoice, item)
        recompute(world, invoice)
    return item


def change(world: World, item: Record, params: dict[str, Any]) -> None:
    """Assign what an update of an invoice item, or of the line that it is on a draft, may change."""
    _refuse_not_played(params)
    for name in ("discounts", "price_data", "pricing"):
        if name in params:
            raise errors.not_played(f"`{name}` on an update of an invoice item")
    assign(item, params, "amount", "description", "discountable", "metadata", "period", "quantity")
    if item["pricing"] and "quantity" in params:
        price = world.get("price", item["pricing"]["price_details"]["price"])
        item["amount"] = pricing.round_half_up(pricing.cost(price, item["quantity"], item["currency"]))
    item |= {"net_amount": item["amount"], "quantity_decimal": str(item["quantity"])}
    if "tax_rates" in params:
        item["_tax_rates"] = list(params["tax_rates"] or [])


def replace(world: World, invoice: Record, item: Record) -> None:
    """Bring the item's line on a draft up to date."""
    for index, line in enumerate(invoice["_lines"]):
        if drafts.item_of(line) == item["id"]:
            invoice["_lines"][index] = lines.for_invoice_item(world, item) | {"id": line["id"]}


@operation("DELETE", "/v1/invoiceitems/{invoiceitem}")
def delete(world: World, call: Call) -> Record:
    item = world.get("invoiceitem", call.id)
    world.follow(item)
    if item["invoice"]:
        invoice = drafts.editable(world, item["invoice"])
        invoice["_lines"] = [line for line in invoice["_lines"] if drafts.item_of(line) != item["id"]]
        recompute(world, invoice)
    world.emit("invoiceitem.deleted", item)
    return world.delete(item)

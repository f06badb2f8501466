"""Invoices made and changed by hand. https://docs.stripe.com/api/invoices/create"""

from __future__ import annotations

from typing import Any

from sandbox import errors
from sandbox.errors import StripeError
from sandbox.objects import discounts, invoiceitems
from sandbox.objects.invoices import automatic_tax, drafts, lines, totals
from sandbox.objects.invoices.operations import load
from sandbox.objects.subscriptions import parameters
from sandbox.parameters import assign
from sandbox.routing import Call, operation
from sandbox.store import Record
from sandbox.world import World

NOT_PLAYED = (
    "account_tax_ids",
    "application_fee_amount",
    "customer_account",
    "default_source",
    "from_invoice",
    "on_behalf_of",
    "shipping_cost",
    "shipping_details",
    "transfer_data",
)
PLAIN = (
    "custom_fields",
    "description",
    "effective_at",
    "footer",
    "metadata",
    "number",
    "statement_descriptor",
)
AFTER_FINALIZATION = {"auto_advance", "default_payment_method", "metadata", "payment_settings"}


@operation("POST", "/v1/invoices")
def create(world: World, call: Call) -> Record:
    """A draft; of a subscription's pending items if one is given, else empty unless they are to be included."""
    params = call.params
    if "customer" not in params and "subscription" not in params:
        raise errors.parameter_missing("customer")
    subscription = _subscription(world, params)
    customer = world.get("customer", params.get("customer") or (subscription or {})["customer"], "customer")
    world.follow(customer)
    included = (
        params.get("pending_invoice_items_behavior", "include" if subscription else "exclude") == "include"
    )
    pending = invoiceitems.pending(world, customer, subscription) if included else []
    currency = params.get("currency") or (subscription or customer)["currency"] or "usd"
    _check(world, {"collection_method": "charge_automatically"}, params)
    made = [lines.for_invoice_item(world, item) for item in reversed(pending) if item["currency"] == currency]
    return drafts.make(
        world,
        customer,
        made,
        reason="manual",
        currency=currency,
        subscription=subscription,
        finalize_at=_finalizes_at(world, params),
        **_fields(world, customer, params),
    )


def _subscription(world: World, params: dict[str, Any]) -> Record | None:
    if "subscription" not in params:
        return None
    subscription = world.get("subscription", params["subscription"], "subscription")
    if params.get("customer") not in (None, subscription["customer"]):
        raise errors.invalid("The subscription does not belong to this customer.", "subscription")
    return subscription


def _finalizes_at(world: World, params: dict[str, Any]) -> int | None:
    if params.get("automatically_finalizes_at"):
        return int(params["automatically_finalizes_at"])
    return world.now + drafts.GRACE if params.get("auto_advance") else None


def _fields(world: World, customer: Record, params: dict[str, Any]) -> dict[str, Any]:
    """The fields of a new draft that its parameters set, in the form that drafts.make takes."""
    fields = {name: params[name] for name in PLAIN if params.get(name) is not None}
    fields["discounts"] = [
        discounts.make(world, one, customer=customer["id"], invoice="")["id"]
        for one in params.get("discounts") or ()
    ]
    if "automatic_tax" in params:
        fields["automatic_tax"] = automatic_tax.describe(customer, params["automatic_tax"]["enabled"])
    fields["_default_tax_rates"] = list(params.get("default_tax_rates") or [])
    for name in ("collection_method", "default_payment_method"):
        if params.get(name):
            fields[name] = params[name]
    fields |= _due_date(world, params)
    return fields


def _due_date(world: World, params: dict[str, Any]) -> dict[str, Any]:
    if "due_date" in params:
        return {"due_date": params["due_date"]}
    if "days_until_due" in params:
        return {"due_date": world.now + params["days_until_due"] * drafts.DAY}
    return {}


def _check(world: World, held: Record, params: dict[str, Any]) -> None:
    """What creation and update refuse."""
    for name in NOT_PLAYED:
        if params.get(name):
            raise errors.not_played(f"`{name}` on an invoice")
    parameters.check_tax_rates(world, params.get("default_tax_rates"), "default_tax_rates")
    method = params.get("collection_method", held["collection_method"])
    if method == "charge_automatically" and ("days_until_due" in params or "due_date" in params):
        raise errors.invalid(
            "`days_until_due` and `due_date` can only be set if `collection_method` is `send_invoice`.",
            "days_until_due" if "days_until_due" in params else "due_date",
        )
    if params.get("collection_method") == "send_invoice" and not (
        "days_until_due" in params or "due_date" in params
    ):
        raise errors.parameter_missing("days_until_due")


@operation("POST", "/v1/invoices/{invoice}")
def update(world: World, call: Call) -> Record:
    """Anything of a draft; of a final invoice only how it is collected, and metadata."""
    invoice, params = load(world, call), call.params
    if invoice["status"] != "draft" and params.keys() - AFTER_FINALIZATION:
        refused = sorted(params.keys() - AFTER_FINALIZATION)[0]
        raise StripeError(
            f"Finalized invoices can't be updated in this way: {refused}",
            code="invoice_not_editable",
            param=refused,
        )
    _check(world, invoice, params)
    assign(invoice, params, *PLAIN, "collection_method", "default_payment_method")
    assign(
        invoice["payment_settings"],
        params.get("payment_settings") or {},
        *(params.get("payment_settings") or {}),
    )
    invoice |= _due_date(world, params)
    if "automatic_tax" in params:
        customer = world.get("customer", invoice["customer"])
        invoice["automatic_tax"] = automatic_tax.describe(customer, params["automatic_tax"]["enabled"])
    if "default_tax_rates" in params:
        invoice["_default_tax_rates"] = list(params["default_tax_rates"] or [])
    if "discounts" in params:
        made = [discounts.make(world, one, invoice=invoice["id"]) for one in params["discounts"] or ()]
        invoice["discounts"] = [discount["id"] for discount in made]
    _advance(world, invoice, params)
    if invoice["status"] == "draft":
        totals.compute(world, invoice)
    world.emit("invoice.updated", invoice)
    return invoice


def _advance(world: World, invoice: Record, params: dict[str, Any]) -> None:
    """Switch the automatic course on or off, or move the finalization."""
    if "auto_advance" not in params and "automatically_finalizes_at" not in params:
        return
    invoice["auto_advance"] = params.get("auto_advance", True)
    verb = "invoice.finalize" if invoice["status"] == "draft" else "invoice.collect"
    world.unschedule(verb, invoice["id"])
    at = _finalizes_at(world, params) if invoice["auto_advance"] else None
    if invoice["status"] == "draft":
        invoice["automatically_finalizes_at"] = at
    if at is not None and invoice["status"] in ("draft", "open"):
        world.schedule(at, verb, invoice["id"])


@operation("DELETE", "/v1/invoices/{invoice}")
def delete(world: World, call: Call) -> Record:
    """A one-off draft only; what was on it waits again."""
    invoice = load(world, call)
    if invoice["status"] != "draft":
        raise StripeError("You can only delete draft invoices.", code="invoice_not_editable")
    if drafts.subscription_of(invoice):
        raise StripeError("You can't delete invoices created by subscriptions.", code="invoice_not_editable")
    for item in world.select("invoiceitem", invoice=invoice["id"]):
        item["invoice"] = None
    world.unschedule("invoice.finalize", invoice["id"])
    world.emit("invoice.deleted", invoice)
    return world.delete(invoice)

"""Customers. https://docs.stripe.com/api/customers"""

from __future__ import annotations

import re
from typing import Any

from sandbox import errors, identifiers, skeletons
from sandbox.lists import page
from sandbox.objects import customer_balances, payment_methods, tax_ids
from sandbox.objects.subscriptions import cancel
from sandbox.parameters import assign
from sandbox.routing import Call, operation
from sandbox.search import search
from sandbox.store import Record
from sandbox.world import World

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
PLAIN = (
    "business_name",
    "description",
    "email",
    "individual_name",
    "invoice_prefix",
    "metadata",
    "name",
    "next_invoice_sequence",
    "phone",
)
NOT_PLAYED = (
    "cash_balance",
    "source",
    "card",
    "bank_account",
    "default_source",
)


@operation("POST", "/v1/customers")
def create(world: World, call: Call) -> Record:
    if "test_clock" in call.params:
        clock = world.get("test_helpers.test_clock", call.params["test_clock"], "test_clock")
        world.follow({"test_clock": clock["id"]})
    return make(world, call.params)


def make(world: World, params: dict[str, Any]) -> Record:
    """Make a customer from the parameters of the API, with the event."""
    customer = world.new(
        "customer",
        balance=0,
        delinquent=False,
        invoice_prefix=identifiers.random_text(8).upper(),
        invoice_settings=skeletons.build("invoice_setting_customer_setting"),
        metadata={},
        next_invoice_sequence=1,
        preferred_locales=[],
        tax_exempt="none",
    )
    method = _bring_method(world, customer, params)
    _assign(world, customer, params)
    _set_balance(world, customer, params, "initial")
    world.emit("customer.created", customer)
    if method is not None:
        world.emit("payment_method.attached", method)
    for tax_id in params.get("tax_id_data") or ():
        tax_ids.make(world, customer, tax_id["type"], tax_id["value"])
    return customer


def _bring_method(world: World, customer: Record, params: dict[str, Any]) -> Record | None:
    """A payment method that comes with a new customer; it may be made the default by the name it was given with."""
    if not params.get("payment_method"):
        return None
    method = payment_methods.resolve(world, params["payment_method"], "payment_method")
    payment_methods.refuse_declined(method)
    payment_methods.attach_to(world, method, customer["id"], told=False)
    settings = params.get("invoice_settings") or {}
    if settings.get("default_payment_method") == params["payment_method"]:
        settings["default_payment_method"] = method["id"]
    return method


def _assign(world: World, customer: Record, params: dict[str, Any]) -> None:
    for name in NOT_PLAYED:
        if params.get(name):
            raise errors.not_played(f"`{name}` on a customer")
    if params.get("email") and not EMAIL.fullmatch(params["email"]):
        raise errors.invalid(f"Invalid email address: {params['email']}", "email", "email_invalid")
    assign(customer, params, *PLAIN)
    if "preferred_locales" in params:
        customer["preferred_locales"] = params["preferred_locales"] or []
    if "tax_exempt" in params:
        customer["tax_exempt"] = params["tax_exempt"] or "none"
    if "address" in params:
        customer["address"] = build_address(params["address"])
    if "shipping" in params:
        customer["shipping"] = _shipping(params["shipping"])
    if "invoice_settings" in params:
        _assign_invoice_settings(world, customer, params["invoice_settings"])


def _set_balance(world: World, customer: Record, params: dict[str, Any], kind: str) -> None:
    """A balance that is set is a transaction of the difference."""
    difference = params.get("balance", customer["balance"]) - customer["balance"]
    if difference:
        currency = customer["currency"] or next(world.scan("account"))["default_currency"]
        customer_balances.move(world, customer, difference, currency, kind)


def build_address(given: dict[str, Any] | None) -> Record | None:
    """All six lines of an address, from those that are given."""
    return skeletons.build("address", **given) if given else None


def _shipping(given: dict[str, Any] | None) -> Record | None:
    if given is None:
        return None
    return {"address": build_address(given["address"]), "name": given["name"], "phone": given.get("phone")}


def _assign_invoice_settings(world: World, customer: Record, given: dict[str, Any]) -> None:
    method_id = given.get("default_payment_method")
    if method_id:
        method = world.get("payment_method", method_id, "invoice_settings[default_payment_method]")
        if method["customer"] != customer["id"]:
            raise errors.invalid(
                f"The customer does not have a payment method with the ID {method_id}. The payment method "
                "must be attached to the customer.",
                "invoice_settings[default_payment_method]",
                "resource_missing",
            )
    assign(
        customer["invoice_settings"],
        given,
        "custom_fields",
        "default_payment_method",
        "footer",
        "rendering_options",
    )


@operation("GET", "/v1/customers")
def list_all(world: World, call: Call) -> Record:
    return page(world, call, "customer")


@operation("GET", "/v1/customers/search")
def search_all(world: World, call: Call) -> Record:
    return search(world, call, "customer")


@operation("GET", "/v1/customers/{customer}")
def retrieve(world: World, call: Call) -> Record:
    """A deleted customer is still answered, as its tombstone."""
    gone = world.peek(call.id)
    if gone is not None and gone["object"] == "customer" and gone.get("deleted"):
        return gone
    return world.get("customer", call.id)


@operation("POST", "/v1/customers/{customer}")
def update(world: World, call: Call) -> Record:
    customer = world.get("customer", call.id)
    world.follow(customer)
    _assign(world, customer, call.params)
    _set_balance(world, customer, call.params, "adjustment")
    world.emit("customer.updated", customer)
    return customer


@operation("DELETE", "/v1/customers/{customer}")
def delete(world: World, call: Call) -> Record:
    customer = world.get("customer", call.id)
    world.follow(customer)
    cancel.end_all_of(world, customer)
    payment_methods.detach_all(world, customer)
    world.emit("customer.deleted", customer)
    return world.delete(customer)

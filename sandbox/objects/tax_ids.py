"""Tax ids of customers: VAT numbers and the like. https://docs.stripe.com/billing/customer/tax-ids"""

from __future__ import annotations

import re
from typing import Any

from sandbox import errors
from sandbox.lists import cut, select
from sandbox.rendering import field, list_object
from sandbox.routing import Call, operation
from sandbox.store import Record
from sandbox.world import World

# Forms that are checked; of the others any text is taken.
FORMS = {
    "au_abn": r"\d{11}",
    "ca_bn": r"\d{9}",
    "ch_vat": r"CHE-?\d{3}\.?\d{3}\.?\d{3} ?(MWST|TVA|IVA)",
    "eu_vat": r"(AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK|XI)[0-9A-Z]{2,13}",
    "gb_vat": r"(GB|XI)?[0-9A-Z]{5,12}",
    "in_gst": r"[0-9A-Z]{15}",
    "no_vat": r"\d{9}MVA",
    "us_ein": r"\d{2}-?\d{7}",
}
# Test values decide how the authorities answer. https://docs.stripe.com/billing/testing#customer-tax-ids
VERIFIABLE = ("eu_vat", "gb_vat", "au_abn")
TEST_STATUSES = {"000000000": "verified", "111111111": "unverified", "222222222": "pending"}


@operation("POST", "/v1/customers/{customer}/tax_ids")
def create(world: World, call: Call) -> Record:
    customer = world.get("customer", call.id)
    world.follow(customer)
    return make(world, customer, call.params["type"], call.params["value"])


def make(world: World, customer: Record, kind: str, value: str) -> Record:
    """Give a customer a tax id, with its event. Raises `tax_id_invalid` for a value of the wrong form."""
    value = value.strip().upper()
    if kind in FORMS and not re.fullmatch(FORMS[kind], value):
        raise errors.invalid(f"Invalid value for {kind}.", "value", "tax_id_invalid")
    tax_id = world.new(
        "tax_id",
        country=value[:2].replace("EL", "GR") if kind == "eu_vat" else kind[:2].upper(),
        customer=customer["id"],
        owner={"type": "customer", "customer": customer["id"], "customer_account": None},
        type=kind,
        value=value,
        verification=_verify(kind, value),
    )
    world.emit("customer.tax_id.created", tax_id)
    return tax_id


def _verify(kind: str, value: str) -> Record:
    status = "unavailable"
    if kind in VERIFIABLE:
        status = next((s for ending, s in TEST_STATUSES.items() if value.endswith(ending)), "pending")
    return {"status": status, "verified_address": None, "verified_name": None}


@operation("GET", "/v1/customers/{customer}/tax_ids")
def list_all(world: World, call: Call) -> dict[str, Any]:
    world.get("customer", call.id)
    return cut(call, "tax_id", select(call, world.scan("tax_id", newest_first=True, customer=call.id)))


@operation("GET", "/v1/customers/{customer}/tax_ids/{id}")
def retrieve(world: World, call: Call) -> Record:
    tax_id = world.get("tax_id", call.ids["id"])
    if tax_id["customer"] != call.id:
        raise errors.missing("tax_id", tax_id["id"])
    return tax_id


@operation("DELETE", "/v1/customers/{customer}/tax_ids/{id}")
def delete(world: World, call: Call) -> Record:
    tax_id = retrieve(world, call)
    world.follow(world.get("customer", call.id))
    world.emit("customer.tax_id.deleted", tax_id)
    return world.delete(tax_id)


@field("customer", "tax_ids")
def show_tax_ids(world: World, customer: Record) -> dict[str, Any]:
    found = list(world.scan("tax_id", newest_first=True, customer=customer["id"]))
    return list_object(found[:10], f"/v1/customers/{customer['id']}/tax_ids", len(found) > 10)

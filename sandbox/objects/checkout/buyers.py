"""Who buys at a Checkout page: what he types, and what the session and its customer take over from it.

https://docs.stripe.com/payments/checkout/customization
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sandbox import errors
from sandbox.objects import customers, payment_methods, tax_ids
from sandbox.objects.checkout import custom_fields, sessions
from sandbox.objects.payment_intents.drafts import check_method
from sandbox.store import Record
from sandbox.world import World


@dataclass
class Buyer:
    """What the buyer has typed into the page. `payment_method`: the id of one made by the card form, or a saved one."""

    payment_method: str | None = None
    email: str | None = None
    name: str | None = None
    phone: str | None = None
    address: dict[str, Any] | None = None
    shipping: dict[str, Any] | None = None
    business_name: str | None = None
    tax_id: dict[str, str] | None = None
    accepts_terms: bool = False
    wants_promotions: bool | None = None
    return_url: str | None = None
    custom_fields: dict[str, str] = field(default_factory=dict)  # by key


def take_details(world: World, session: Record, buyer: Buyer, customer: Record | None) -> None:
    email = session["customer_email"] or (customer["email"] if customer else None) or buyer.email
    if not email or not customers.EMAIL.fullmatch(email):
        raise errors.invalid(f"Invalid email address: {email or ''}", "email", "email_invalid")
    wanted = session["consent_collection"] or {}
    if wanted.get("terms_of_service") == "required" and not buyer.accepts_terms:
        raise errors.invalid("The terms of service must be accepted.", "consent[terms_of_service]")
    custom_fields.take(session, buyer.custom_fields)
    located = buyer.address or (customer and customer["address"])
    wanted_for_tax = session["automatic_tax"]["enabled"] and not located
    if wanted_for_tax or (session["billing_address_collection"] == "required" and not buyer.address):
        raise errors.parameter_missing("billing_details[address]")
    if session["shipping_address_collection"] and not buyer.shipping:
        raise errors.parameter_missing("shipping")
    held = customer["address"] if customer else None
    session["customer_details"] = sessions.describe_customer(
        customer,
        address=customers.build_address(buyer.address) or held,
        business_name=buyer.business_name,
        email=email,
        name=buyer.name or (customer["name"] if customer else None),
        phone=buyer.phone or (customer["phone"] if customer else None),
        tax_ids=[buyer.tax_id] if buyer.tax_id and session["tax_id_collection"]["enabled"] else [],
    )
    if wanted:
        session["consent"] = _consent(wanted, buyer)
    if buyer.shipping:
        session["collected_information"] = {
            "business_name": None,
            "individual_name": None,
            "shipping_details": buyer.shipping
            | {"address": customers.build_address(buyer.shipping["address"])},
        }
    if session["automatic_tax"]["enabled"]:
        session["automatic_tax"]["status"] = "complete"


def _consent(wanted: Record, buyer: Buyer) -> Record:
    promotions = None if buyer.wants_promotions is None else "opt_in" if buyer.wants_promotions else "opt_out"
    return {
        "promotions": promotions if wanted.get("promotions") == "auto" else None,
        "terms_of_service": "accepted" if wanted.get("terms_of_service") == "required" else None,
    }


def take_customer(world: World, session: Record, buyer: Buyer, customer: Record | None) -> None:
    """Make the customer that the session wants, or update the one it has by `customer_update`."""
    details = session["customer_details"]
    if customer is None:
        if session["customer_creation"] != "always":
            return
        known = {name: details[name] for name in ("email", "name", "phone", "address")}
        customer = customers.make(world, {name: value for name, value in known.items() if value})
        session["customer"] = customer["id"]
    else:
        updates = session["_customer_update"]
        for name in ("address", "name"):
            if updates.get(name) == "auto" and details[name]:
                customer[name] = details[name]
        if updates.get("shipping") == "auto" and session["collected_information"]:
            shipping = session["collected_information"]["shipping_details"]
            customer["shipping"] = {"phone": None} | shipping
        world.emit("customer.updated", customer)
    for tax_id in details["tax_ids"]:
        tax_ids.make(world, customer, tax_id["type"], tax_id["value"])


def find_method(world: World, session: Record, buyer: Buyer) -> Record | None:
    """The payment method, if one is needed. https://docs.stripe.com/payments/checkout/free-trials"""
    free = session["mode"] != "setup" and session["amount_total"] == 0
    if free and (session["mode"] == "payment" or session["payment_method_collection"] == "if_required"):
        return None
    if buyer.payment_method is None:
        raise errors.parameter_missing("payment_method")
    method = payment_methods.resolve(world, buyer.payment_method, "payment_method")
    details = session["customer_details"]
    if method["customer"] is None:
        for name in ("address", "email", "name", "phone"):
            method["billing_details"][name] = method["billing_details"][name] or details[name]
    check_method(session, method)
    return method

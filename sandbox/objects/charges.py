"""Charges: the attempts of a payment intent to move money. https://docs.stripe.com/api/charges

Made by payment intents only; the Charges API's own creation is not played.
"""

from __future__ import annotations

from typing import Any

from sandbox import identifiers, skeletons
from sandbox.lists import page
from sandbox.objects import balance_transactions, cards
from sandbox.objects.cards import Decline
from sandbox.parameters import assign
from sandbox.rendering import field, list_object
from sandbox.routing import Call, operation
from sandbox.search import search
from sandbox.store import Record
from sandbox.world import World

AUTHORIZATION_DAYS = 7
RISK_SCORES = {"normal": 20, "elevated": 70, "highest": 90}
NO_DETAILS = "The bank did not return any further details with this decline."

# -- for payment intents -------------------------------------------------------------------------------------------


def begin(world: World, intent: Record, method: Record) -> Record:
    """A charge for the intent's amount that has not been decided yet, without its event."""
    charge = world.new(
        "charge",
        amount=intent["amount"],
        billing_details=dict(method["billing_details"]),
        currency=intent["currency"],
        customer=intent["customer"],
        fraud_details={},
        payment_intent=intent["id"],
        payment_method=method["id"],
        status="pending",
        _number=method["_number"],
        _type=method["type"],
    )
    for name in (
        "description",
        "receipt_email",
        "shipping",
        "statement_descriptor",
        "statement_descriptor_suffix",
    ):
        charge[name] = intent[name]
    charge["metadata"] = dict(intent["metadata"])
    charge["calculated_statement_descriptor"] = "SANDBOX"
    charge["payment_method_details"] = _method_details(world, intent, method)
    intent["latest_charge"] = charge["id"]
    return charge


def _method_details(world: World, intent: Record, method: Record) -> Record:
    kind = method["type"]
    held = method[kind]
    names = skeletons.build(f"payment_method_details_{kind}").keys() & held.keys()
    details = skeletons.build(f"payment_method_details_{kind}", **{name: held[name] for name in names})
    if kind == "card":
        details |= {
            "amount_authorized": intent["amount"],
            "authorization_code": identifiers.random_text(6).upper(),
            "checks": dict(held["checks"]),
            "network": held["brand"],
            "network_token": {"used": False},
            "overcapture": {"maximum_amount_capturable": intent["amount"], "status": "unavailable"},
            "extended_authorization": {"status": "disabled"},
            "incremental_authorization": {"status": "unavailable"},
            "multicapture": {"status": "unavailable"},
        }
        if intent.get("_authenticated"):
            details["three_d_secure"] = skeletons.build(
                "three_d_secure_details_charge",
                authentication_flow="challenge",
                electronic_commerce_indicator="05",
                result="authenticated",
                transaction_id=identifiers.random_text(36),
                version="2.2.0",
            )
    return {"type": kind, kind: details}


def succeed(world: World, charge: Record, *, capture: bool, settled: bool = False) -> None:
    """Authorized, and captured unless it is to be later; `settled`: on the balance at once."""
    charge |= {"status": "succeeded", "paid": True, "captured": capture}
    charge["outcome"] = _outcome(charge, None)
    charge["receipt_url"] = f"{world.base_url}/dashboard/payments/{charge['payment_intent']}"
    if capture:
        charge["amount_captured"] = charge["amount"]
        if settled:
            settle(world, charge)
    elif charge["_type"] == "card":
        charge["payment_method_details"]["card"]["capture_before"] = world.now + AUTHORIZATION_DAYS * 86_400
    world.emit("charge.succeeded", charge)


def fail(world: World, charge: Record, decline: Decline) -> None:
    charge |= {"status": "failed", "failure_code": decline.code, "failure_message": decline.message}
    charge["outcome"] = _outcome(charge, decline)
    world.emit("charge.failed", charge)


def settle(world: World, charge: Record) -> None:
    """Put what was captured on the balance."""
    amount = charge["amount_captured"]
    at_once = charge["_type"] == "card" and cards.BY_NUMBER[charge["_number"]].available_at_once
    transaction = balance_transactions.record(
        world,
        "charge",
        charge,
        amount,
        fee=balance_transactions.charge_fee(amount),
        available_on=world.now if at_once else None,
        description=charge["description"],
    )
    charge["balance_transaction"] = transaction["id"]


def _outcome(charge: Record, decline: Decline | None) -> Record:
    risk = cards.BY_NUMBER[charge["_number"]].risk if charge["_type"] == "card" else "normal"
    outcome = skeletons.build("charge_outcome", risk_level=risk, risk_score=RISK_SCORES[risk])
    if decline is None:
        said = "Payment complete."
        return outcome | {
            "network_status": "approved_by_network",
            "seller_message": said,
            "type": "authorized",
        }
    if decline.blocked:
        said = "Stripe blocked this payment as too risky."
        return outcome | {
            "network_status": "not_sent_to_network",
            "reason": "highest_risk_level",
            "seller_message": said,
            "type": "blocked",
        }
    return outcome | {
        "advice_code": decline.advice,
        "network_status": "declined_by_network",
        "reason": decline.decline_code or decline.code,
        "seller_message": NO_DETAILS,
        "type": "issuer_declined",
    }


@field("charge", "refunds")
def show_refunds(world: World, charge: Record) -> dict[str, Any]:
    refunds = list(world.scan("refund", newest_first=True, charge=charge["id"]))
    return list_object(refunds[:10], f"/v1/charges/{charge['id']}/refunds", len(refunds) > 10)


# -- operations ----------------------------------------------------------------------------------------------------


@operation("GET", "/v1/charges")
def list_all(world: World, call: Call) -> dict[str, Any]:
    return page(world, call, "charge")


@operation("GET", "/v1/charges/search")
def search_all(world: World, call: Call) -> dict[str, Any]:
    return search(world, call, "charge")


@operation("GET", "/v1/charges/{charge}")
def retrieve(world: World, call: Call) -> Record:
    return world.get("charge", call.id)


@operation("POST", "/v1/charges/{charge}")
def update(world: World, call: Call) -> Record:
    charge = world.get("charge", call.id)
    assign(charge, call.params, "description", "metadata", "receipt_email", "shipping", "transfer_group")
    if "fraud_details" in call.params:
        charge["fraud_details"] = call.params["fraud_details"] or {}
    world.emit("charge.updated", charge)
    return charge

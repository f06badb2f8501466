"""Refunds: money that goes back to the buyer, wholly or in parts. https://docs.stripe.com/api/refunds"""

from __future__ import annotations

from typing import Any

from sandbox import errors, skeletons
from sandbox.clock import due
from sandbox.errors import StripeError
from sandbox.lists import page
from sandbox.objects import amounts, balance_transactions, cards
from sandbox.objects.balance_transactions import DAY
from sandbox.parameters import assign
from sandbox.rendering import difference
from sandbox.routing import Call, operation
from sandbox.store import Record
from sandbox.world import World

NOT_PLAYED = (
    "customer",
    "currency",
    "origin",
    "instructions_email",
    "refund_application_fee",
    "reverse_transfer",
)

# -- for other objects -----------------------------------------------------------------------------------------------


def make(
    world: World,
    charge: Record,
    amount: int | None = None,
    *,
    metadata: dict[str, str] | None = None,
    **fields: Any,
) -> Record:
    """Give back an amount of a charge, by default what is left of it, with the events. Raises if it is too much."""
    amount = _check(charge, amount)
    refund = world.new(
        "refund",
        amount=amount,
        charge=charge["id"],
        currency=charge["currency"],
        destination_details=_destination(charge),
        metadata=metadata or {},
        payment_intent=charge["payment_intent"],
        payment_method=charge["payment_method"],
        status=_first_status(charge),
        **fields,
    )
    _move(world, "refund", refund, -amount, charge)
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    world.emit("refund.created", refund)
    world.emit("charge.refunded", charge)
    if _first_status(charge) == "pending" or _ends_badly(charge):
        world.schedule(world.now + DAY, "refund.settle", refund["id"])
    return refund


def _move(world: World, kind: str, refund: Record, amount: int, charge: Record) -> None:
    """The balance's side of it: out of the charge's own money, which may not have arrived yet."""
    arrives = (world.peek(charge["balance_transaction"]) or {}).get("available_on", 0)
    words = kind.replace("_", " ").upper()
    transaction = balance_transactions.record(
        world,
        kind,
        refund,
        amount,
        available_on=max(arrives, world.now),
        description=f"{words} FOR {charge['id']}",
    )
    name = "balance_transaction" if kind == "refund" else "failure_balance_transaction"
    refund[name] = transaction["id"]


def left(charge: Record) -> int:
    """What can still be given back."""
    if not (charge["paid"] and charge["captured"]):
        return 0
    return int(charge["amount"] - charge["amount_refunded"])


def _check(charge: Record, amount: int | None) -> int:
    remaining = left(charge)
    if charge["disputed"]:
        raise StripeError(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed"
        )
    if charge["refunded"]:
        raise StripeError(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if not remaining:
        raise errors.invalid(
            f"Charge {charge['id']} was not captured, so there is nothing to refund.", "charge"
        )
    if amount is None:
        return remaining
    if amount < 1:
        raise errors.invalid("Invalid positive integer", "amount", "parameter_invalid_integer")
    if amount > remaining:
        asked, held = (amounts.write(value, charge["currency"]) for value in (amount, remaining))
        whole = "unrefunded amount on charge" if charge["amount_refunded"] else "charge amount"
        raise errors.invalid(f"Refund amount ({asked}) is greater than {whole} ({held})", "amount")
    return amount


def _destination(charge: Record) -> Record:
    if charge["_type"] != "card":
        return skeletons.build("refund_destination_details", type=charge["_type"])
    card = skeletons.build(
        "refund_destination_details_card",
        reference_status="pending",
        reference_type="acquirer_reference_number",
        type="refund",
    )
    return skeletons.build("refund_destination_details", card=card, type="card")


def _first_status(charge: Record) -> str:
    if charge["_type"] != "card":
        return "pending"
    return "pending" if cards.BY_NUMBER[charge["_number"]].refund == "pending" else "succeeded"


def _ends_badly(charge: Record) -> bool:
    return charge["_type"] == "card" and cards.BY_NUMBER[charge["_number"]].refund == "failed"


@due("refund.settle")
def settle(world: World, refund_id: str) -> None:
    """A day later: a pending refund has arrived, one to the card for failing refunds comes back."""
    refund = world.find(refund_id)
    if refund is None:
        return
    charge, before = world.get("charge", refund["charge"]), world.render(refund)
    if _ends_badly(charge):
        _fail(world, refund, charge)
    else:
        refund["status"] = "succeeded"
    changes = difference(before, world.render(refund))
    world.emit("refund.updated", refund, changes)
    world.emit("charge.refund.updated", refund, changes)


def _fail(world: World, refund: Record, charge: Record) -> None:
    """The money is ours again. https://docs.stripe.com/refunds#failed-refunds"""
    _move(world, "refund_failure", refund, refund["amount"], charge)
    refund |= {"status": "failed", "failure_reason": "expired_or_canceled_card"}
    charge |= {"amount_refunded": charge["amount_refunded"] - refund["amount"], "refunded": False}
    world.emit("refund.failed", refund)
    world.emit("charge.updated", charge)


# -- operations ------------------------------------------------------------------------------------------------------


@operation("POST", "/v1/refunds")
def create(world: World, call: Call) -> Record:
    params = call.params
    for name in NOT_PLAYED:
        if params.get(name):
            raise errors.not_played(f"`{name}` on a refund")
    charge = _find_charge(world, params)
    world.follow(world.peek(charge["customer"]) or {})
    return make(
        world,
        charge,
        params.get("amount"),
        reason=params.get("reason"),
        metadata={key: text for key, text in (params.get("metadata") or {}).items() if text},
    )


def _find_charge(world: World, params: dict[str, Any]) -> Record:
    if ("charge" in params) == ("payment_intent" in params):
        raise StripeError(
            "One of the following params should be provided for this request: payment_intent or charge.",
            code="parameter_missing",
        )
    if "charge" in params:
        return world.get("charge", params["charge"], "charge")
    intent = world.get("payment_intent", params["payment_intent"], "payment_intent")
    charge = world.find(intent["latest_charge"])
    if intent["status"] != "succeeded" or charge is None:
        raise errors.invalid(
            f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
            "payment_intent",
        )
    return charge


@operation("GET", "/v1/refunds")
def list_all(world: World, call: Call) -> dict[str, Any]:
    return page(world, call, "refund")


@operation("GET", "/v1/refunds/{refund}")
def retrieve(world: World, call: Call) -> Record:
    return world.get("refund", call.id)


@operation("POST", "/v1/refunds/{refund}")
def update(world: World, call: Call) -> Record:
    refund = world.get("refund", call.id)
    assign(refund, call.params, "metadata")
    world.emit("refund.updated", refund)
    return refund


@operation("POST", "/v1/refunds/{refund}/cancel")
def cancel(world: World, call: Call) -> Record:
    """Only a refund that waits for the buyer can be cancelled, and those of cards and debits never do."""
    refund = world.get("refund", call.id)
    raise errors.invalid(
        f"This refund cannot be canceled because it has a status of {refund['status']}. Only refunds with a status "
        "of requires_action can be canceled."
    )

"""How a payment intent ends other than by being paid at once: captured later, cancelled, or left to lapse."""

from __future__ import annotations

from typing import Any

from sandbox import errors
from sandbox.clock import due
from sandbox.objects import authentication, failures, owners
from sandbox.objects.payment_intents import attempts, states
from sandbox.parameters import assign
from sandbox.store import Record
from sandbox.world import World


def capture(world: World, intent: Record, params: dict[str, Any]) -> Record:
    """Capture an authorized payment, wholly or in part; the rest is released."""
    for name in ("application_fee_amount", "transfer_data", "hooks", "amount_details", "payment_details"):
        if params.get(name):
            raise errors.not_played(f"`{name}` on a capture")
    if params.get("final_capture") is False:
        raise errors.not_played("capturing in several parts")
    if intent["status"] != "requires_capture":
        raise states.unexpected(world, intent, "capture", ("requires_capture",))
    follow(world, intent)
    amount: int = params.get("amount_to_capture") or intent["amount_capturable"]
    if params.get("amount_to_capture", 1) < 1:
        raise errors.invalid(
            "This value must be greater than or equal to 1.", "amount_to_capture", "parameter_invalid_integer"
        )
    if amount > intent["amount_capturable"]:
        raise errors.invalid(
            f"The requested capture amount is greater than the authorized amount ({intent['amount_capturable']}).",
            "amount_to_capture",
            "amount_too_large",
        )
    assign(intent, params, "metadata", "statement_descriptor", "statement_descriptor_suffix")
    world.unschedule("payment_intent.lapse", intent["id"])
    charge = world.get("charge", intent["latest_charge"])
    attempts.capture(world, intent, charge, amount)
    return intent


def cancel(world: World, intent: Record, reason: str | None = None) -> Record:
    """Cancel an intent that is not paid; what was authorized is released. `reason` may be billing's `void_invoice`."""
    if intent["status"] not in states.CANCELABLE:
        raise states.unexpected(world, intent, "cancel", states.CANCELABLE)
    follow(world, intent)
    held = world.find(intent["latest_charge"]) if intent["status"] == "requires_capture" else None
    world.unschedule("payment_intent.lapse", intent["id"])
    world.unschedule("payment_intent.settle", intent["id"])
    intent |= {
        "status": "canceled",
        "canceled_at": world.now,
        "cancellation_reason": reason,
        "amount_capturable": 0,
        "next_action": None,
        "processing": None,
    }
    if held is not None:
        _release(world, held, "charge.expired" if reason == "automatic" else "charge.refunded")
    world.emit("payment_intent.canceled", intent)
    owners.tell(world, intent)
    return intent


def _release(world: World, charge: Record, event: str) -> None:
    """Give up an authorization: Stripe shows it as refunded, though no money ever moved."""
    charge |= {"refunded": True, "amount_refunded": charge["amount"]}
    world.emit(event, charge)


@due("payment_intent.lapse")
def lapse(world: World, intent_id: str) -> None:
    """An authorization that nobody captured in seven days. https://docs.stripe.com/payments/place-a-hold"""
    intent = world.find(intent_id)
    if intent is not None and intent["status"] == "requires_capture":
        cancel(world, intent, "automatic")


@authentication.continuation("payment_intent")
def resume(world: World, intent: Record, passed: bool) -> None:
    """The buyer has answered: pay, or wait for another card."""
    method = world.get("payment_method", intent["payment_method"])
    if not passed:
        attempts.fail(world, intent, method, failures.describe_failed_authentication(intent))
    elif intent["confirmation_method"] == "manual":
        intent |= {"status": "requires_confirmation", "next_action": None, "_authenticated": True}
    else:
        intent["_authenticated"] = True
        attempts.charge(world, intent, method)


def follow(world: World, intent: Record) -> None:
    """Live in the time of the intent's customer."""
    world.follow(world.peek(intent["customer"]) or {})

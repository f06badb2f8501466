"""The states of a payment intent, and Stripe's refusal of what a state does not allow.

https://docs.stripe.com/payments/paymentintents/lifecycle
"""

from __future__ import annotations

from sandbox.errors import StripeError
from sandbox.objects import visibility
from sandbox.store import Record
from sandbox.world import World

CHANGEABLE = ("requires_payment_method", "requires_confirmation", "requires_action")
CONFIRMABLE = ("requires_confirmation", "requires_action")
CANCELABLE = (
    "requires_payment_method",
    "requires_capture",
    "requires_reauthorization",
    "requires_confirmation",
    "requires_action",
    "processing",
)
CODE = "payment_intent_unexpected_state"
DONE = {"cancel": "canceled", "capture": "captured", "confirm": "confirmed", "update": "updated"}


def unexpected(world: World, intent: Record, verb: str, allowed: tuple[str, ...]) -> StripeError:
    """The intent's status does not allow this; the error shows the intent."""
    if verb == "confirm" and intent["status"] == "succeeded":
        message = (
            "You cannot confirm this PaymentIntent because it has already succeeded after being previously "
            "confirmed."
        )
    elif verb == "update":
        message = f"This PaymentIntent could not be updated because it has a status of {intent['status']}."
    else:
        message = (
            f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}. Only a "
            f"PaymentIntent with one of the following statuses may be {DONE[verb]}: {', '.join(allowed)}."
        )
    if verb == "capture":
        message = (
            "This PaymentIntent could not be captured because it has a status of "
            f"{intent['status']}. Only a PaymentIntent with one of the following statuses may be captured: "
            f"{', '.join(allowed)}."
        )
    return StripeError(message, code=CODE, payment_intent=world.render(visibility.limit(world, intent)))


def method_missing(world: World, intent: Record) -> StripeError:
    return StripeError(
        "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the "
        "PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment "
        "method or ConfirmationToken.",
        code=CODE,
        payment_intent=world.render(visibility.limit(world, intent)),
    )

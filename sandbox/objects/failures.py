"""How a failed payment or set-up is told: `last_payment_error`, `last_setup_error`, and the 402 that a call answers."""

from __future__ import annotations

from sandbox.errors import DOCS, StripeError
from sandbox.objects import visibility
from sandbox.objects.cards import Decline
from sandbox.store import Record
from sandbox.world import World

NOT_AUTHENTICATED = {
    "payment_intent": "We are unable to authenticate your payment method. Please choose a different payment method and "
    "try again.",
    "setup_intent": "The latest attempt to set up the payment method has failed because authentication failed.",
}
RETURN_URL_MISSING = (
    "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these "
    "payment methods might redirect your customer off of your page, you must provide a `return_url`. If you don't "
    "want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and "
    "`automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents."
)
LAST = {"payment_intent": "last_payment_error", "setup_intent": "last_setup_error"}


def describe_decline(decline: Decline) -> Record:
    """The error of an issuer's refusal, as an intent keeps it."""
    error = {
        "code": decline.code,
        "doc_url": _doc_url(decline.code),
        "message": decline.message,
        "type": "card_error",
    }
    if decline.decline_code:
        error["decline_code"] = decline.decline_code
    if decline.advice:
        error["advice_code"] = decline.advice
    return error


def describe_failed_authentication(intent: Record) -> Record:
    """The error of a 3-D Secure dialog that was not passed."""
    code = f"{intent['object']}_authentication_failure"
    return {
        "code": code,
        "doc_url": _doc_url(code),
        "message": NOT_AUTHENTICATED[intent["object"]],
        "type": "invalid_request_error",
    }


def _doc_url(code: str) -> str:
    return DOCS + code.replace("_", "-")


def refusal(world: World, intent: Record) -> StripeError:
    """The 402 for a call that has just failed an intent; what it changed is kept."""
    error = dict(intent[LAST[intent["object"]]])
    message, kind, code = error.pop("message"), error.pop("type"), error.pop("code")
    error |= {intent["object"]: world.render(visibility.limit(world, intent))}
    return StripeError(message, status=402, kind=kind, code=code, keep=True, **error)

"""The calls of the PaymentIntents API. https://docs.stripe.com/api/payment_intents"""

from __future__ import annotations

from typing import Any

from sandbox import errors
from sandbox.lists import page
from sandbox.objects import failures, visibility
from sandbox.objects.payment_intents import attempts, drafts, endings, states
from sandbox.routing import Call, operation
from sandbox.search import search
from sandbox.store import Record
from sandbox.world import World


@operation("POST", "/v1/payment_intents")
def create(world: World, call: Call) -> Record:
    confirmed = call.params.get("confirm", False)
    for name in ("off_session", "error_on_requires_action", "return_url", "mandate_data", "use_stripe_sdk"):
        if call.params.get(name) and not confirmed:
            raise errors.invalid(
                f"You cannot set `{name}` when creating a PaymentIntent without `confirm=true`.", name
            )
    intent = drafts.make_from(world, call)
    return _confirm(world, intent, call) if confirmed else intent


@operation("GET", "/v1/payment_intents")
def list_all(world: World, call: Call) -> dict[str, Any]:
    return page(world, call, "payment_intent")


@operation("GET", "/v1/payment_intents/search")
def search_all(world: World, call: Call) -> dict[str, Any]:
    return search(world, call, "payment_intent")


@operation("GET", "/v1/payment_intents/{intent}", publishable=True)
def retrieve(world: World, call: Call) -> Record:
    return visibility.limit(world, world.get("payment_intent", call.id))


@operation("POST", "/v1/payment_intents/{intent}")
def update(world: World, call: Call) -> Record:
    """There is no event for it. https://docs.stripe.com/api/payment_intents/update"""
    intent = world.get("payment_intent", call.id)
    if intent["status"] not in states.CHANGEABLE and set(call.params) - {"metadata", "description"}:
        raise states.unexpected(world, intent, "update", states.CHANGEABLE)
    drafts.change(world, intent, call)
    if intent["status"] in states.CHANGEABLE:
        intent["status"] = "requires_confirmation" if intent["payment_method"] else "requires_payment_method"
        intent["next_action"] = None
    return intent


@operation("POST", "/v1/payment_intents/{intent}/confirm", publishable=True)
def confirm(world: World, call: Call) -> Record:
    intent = world.get("payment_intent", call.id)
    if intent["status"] not in states.CHANGEABLE:
        raise states.unexpected(world, intent, "confirm", states.CONFIRMABLE)
    if call.publishable and intent["confirmation_method"] == "manual":
        raise errors.invalid(
            "This PaymentIntent's confirmation_method is manual: confirm it on your server, with your secret key."
        )
    authenticated = intent["status"] == "requires_confirmation" and intent.get("_authenticated")
    drafts.change(world, intent, call)
    if authenticated:
        method = world.get("payment_method", intent["payment_method"])
        attempts.charge(world, intent, method)
        return _answer(world, intent)
    return _confirm(world, intent, call)


def _confirm(world: World, intent: Record, call: Call) -> Record:
    params = call.params
    off_session = bool(params.get("off_session"))
    if off_session and intent["setup_future_usage"]:
        raise errors.invalid("You cannot use `setup_future_usage` with `off_session`.", "off_session")
    automatic = intent["automatic_payment_methods"] or {}
    known = params.get("return_url") or params.get("use_stripe_sdk") or off_session or call.publishable
    if automatic.get("allow_redirects") == "always" and not known:
        raise errors.invalid(failures.RETURN_URL_MISSING)
    if intent["payment_method"] is None:
        raise states.method_missing(world, intent)
    attempts.attempt(
        world,
        intent,
        off_session=off_session,
        refuse_action=params.get("error_on_requires_action", False),
        return_url=None if params.get("use_stripe_sdk") else params.get("return_url"),
    )
    return _answer(world, intent)


def _answer(world: World, intent: Record) -> Record:
    """The intent, or the 402 that says why it failed."""
    if intent["last_payment_error"] is not None:
        raise failures.refusal(world, intent)
    return visibility.limit(world, intent)


@operation("POST", "/v1/payment_intents/{intent}/capture")
def capture(world: World, call: Call) -> Record:
    return endings.capture(world, world.get("payment_intent", call.id), call.params)


@operation("POST", "/v1/payment_intents/{intent}/cancel")
def cancel(world: World, call: Call) -> Record:
    intent = world.get("payment_intent", call.id)
    if (intent.get("_owner") or "").startswith("cs_"):
        raise errors.invalid(
            "You cannot cancel this PaymentIntent because it was created by a Checkout Session. Expire the session "
            "instead.",
            code="payment_intent_unexpected_state",
        )
    return endings.cancel(world, intent, call.params.get("cancellation_reason"))


@operation("POST", "/v1/charges/{charge}/capture")
def capture_charge(world: World, call: Call) -> Record:
    """The older way to capture: by the charge. Its intent follows. https://docs.stripe.com/api/charges/capture"""
    params = dict(call.params)
    charge = world.get("charge", call.id)
    intent = world.get("payment_intent", charge["payment_intent"])
    if "amount" in params:
        params["amount_to_capture"] = params.pop("amount")
    if charge["captured"]:
        raise errors.invalid(
            f"Charge {charge['id']} has already been captured.", code="charge_already_captured"
        )
    endings.capture(world, intent, params)
    return charge

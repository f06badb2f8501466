"""Setup intents: getting a payment method ready for later payments. https://docs.stripe.com/api/setup_intents"""

from __future__ import annotations

from typing import Any

from sandbox import errors, identifiers, skeletons
from sandbox.errors import StripeError
from sandbox.lists import page
from sandbox.objects import authentication, cards, failures, owners, payment_methods, visibility
from sandbox.objects.payment_intents.drafts import check_method
from sandbox.parameters import assign
from sandbox.routing import Call, operation
from sandbox.store import Record
from sandbox.world import World

CHANGEABLE = ("requires_payment_method", "requires_confirmation", "requires_action")
CODE = "setup_intent_unexpected_state"
NOT_PLAYED = (
    "attach_to_self",
    "confirmation_token",
    "customer_account",
    "flow_directions",
    "on_behalf_of",
    "payment_method_configuration",
    "single_use",
)

# -- for other objects -----------------------------------------------------------------------------------------------


def make(
    world: World,
    *,
    customer: str | None = None,
    payment_method: str | None = None,
    types: tuple[str, ...] = ("card",),
    owner: Record | None = None,
    **fields: Any,
) -> Record:
    """Make an intent with its event; nothing is tried. `owner`: who is told how it goes (see owners.py)."""
    intent = _build(world, types, customer=customer, payment_method=payment_method, **fields)
    intent["_owner"] = owner["id"] if owner else None
    return _begin(world, intent)


def attempt(world: World, intent: Record, *, return_url: str | None = None) -> None:
    """Try to set the intent's payment method up. Raises nothing for a decline: see `status`, `last_setup_error`."""
    method = world.get("payment_method", intent["payment_method"], "payment_method")
    intent |= {"last_setup_error": None, "next_action": None}
    if method["type"] == "card" and authentication.is_needed(intent, method, off_session=False):
        intent["status"] = "requires_action"
        authentication.ask(world, intent, return_url)
        owners.tell(world, intent)
    else:
        _finish(world, intent, method)


def cancel(world: World, intent: Record, reason: str | None = None) -> Record:
    if intent["status"] not in CHANGEABLE:
        raise _unexpected(world, intent, "cancel")
    intent |= {"status": "canceled", "cancellation_reason": reason, "next_action": None}
    world.emit("setup_intent.canceled", intent)
    owners.tell(world, intent)
    return intent


# -- the state machine -------------------------------------------------------------------------------------------------


def _build(world: World, types: tuple[str, ...], **fields: Any) -> Record:
    fields = {"metadata": {}, "usage": "off_session"} | fields
    intent = world.new("setup_intent", **fields)
    set_types(intent, types)
    return intent


def set_types(intent: Record, types: tuple[str, ...]) -> None:
    payment_methods.check_types(types)
    intent["payment_method_types"] = list(types)
    intent["payment_method_options"] = {kind: _options(kind) for kind in types if kind != "sepa_debit"}


def _options(kind: str) -> Record:
    if kind == "card":
        return skeletons.build("setup_intent_payment_method_options_card", request_three_d_secure="automatic")
    return {"verification_method": "automatic"}


def _begin(world: World, intent: Record) -> Record:
    intent["client_secret"] = identifiers.new_secret(intent["id"])
    intent["status"] = "requires_confirmation" if intent["payment_method"] else "requires_payment_method"
    world.emit("setup_intent.created", intent)
    return intent


def _finish(world: World, intent: Record, method: Record) -> None:
    """The issuer has the last word: set up and attached, or declined."""
    refusal = cards.of(method) if method["type"] == "card" else None
    if refusal is not None and refusal.decline and not refusal.attachable:
        return _fail(world, intent, method, failures.describe_decline(refusal.decline))
    method["_set_up"] = intent["usage"] == "off_session"
    if intent["customer"]:
        payment_methods.attach_to(world, method, intent["customer"])
    intent |= {"status": "succeeded", "next_action": None, "last_setup_error": None}
    world.emit("setup_intent.succeeded", intent)
    return owners.tell(world, intent)


def _fail(world: World, intent: Record, method: Record, error: Record) -> None:
    intent |= {
        "status": "requires_payment_method",
        "last_setup_error": error | {"payment_method": world.render(method)},
        "next_action": None,
        "payment_method": None,
    }
    world.emit("setup_intent.setup_failed", intent)
    owners.tell(world, intent)


@authentication.continuation("setup_intent")
def resume(world: World, intent: Record, passed: bool) -> None:
    """The buyer has answered the dialog."""
    method = world.get("payment_method", intent["payment_method"])
    if passed:
        _finish(world, intent, method)
    else:
        _fail(world, intent, method, failures.describe_failed_authentication(intent))


def _unexpected(world: World, intent: Record, verb: str) -> StripeError:
    past = {"cancel": "canceled", "confirm": "confirmed", "update": "updated"}[verb]
    if verb == "confirm" and intent["status"] == "succeeded":
        message = "You cannot confirm this SetupIntent because it has already succeeded."
    else:
        message = (
            f"You cannot {verb} this SetupIntent because it has a status of {intent['status']}. Only a SetupIntent "
            f"with one of the following statuses may be {past}: {', '.join(CHANGEABLE)}."
        )
    return StripeError(message, code=CODE, setup_intent=world.render(visibility.limit(world, intent)))


# -- operations ------------------------------------------------------------------------------------------------------


@operation("POST", "/v1/setup_intents")
def create(world: World, call: Call) -> Record:
    params = call.params
    automatic = params.get("automatic_payment_methods") or {}
    if params.get("customer"):
        world.follow(world.get("customer", params["customer"], "customer"))
    intent = _build(world, ("card",))
    if "payment_method_types" not in params and automatic.get("enabled", True):
        intent["automatic_payment_methods"] = {"enabled": True, "allow_redirects": "always"} | automatic
        intent["payment_method_configuration_details"] = {"id": "pmc_sandbox", "parent": None}
    assign(intent, params, "usage")
    _change(world, intent, call)
    _begin(world, intent)
    return _confirm(world, intent, call) if params.get("confirm") else intent


def _change(world: World, intent: Record, call: Call) -> None:
    """Assign what creation, update and confirmation have in common."""
    params = call.params
    for name in NOT_PLAYED:
        if params.get(name):
            raise errors.not_played(f"`{name}` on a setup intent")
    if "payment_method_types" in params:
        set_types(intent, tuple(params["payment_method_types"]))
    assign(intent, params, "description", "metadata", "excluded_payment_method_types")
    if params.get("customer"):
        intent["customer"] = world.get("customer", params["customer"], "customer")["id"]
    _follow(world, intent)
    for kind, options in (params.get("payment_method_options") or {}).items():
        if kind != "card" or set(options) - {"request_three_d_secure"}:
            raise errors.not_played(f"`payment_method_options[{kind}]` on a setup intent")
        intent["payment_method_options"]["card"] |= options
    if "payment_method_data" in params:
        payment_methods.refuse_raw_number(call, params["payment_method_data"])
        method = payment_methods.make(world, params["payment_method_data"])
    elif params.get("payment_method"):
        method = payment_methods.resolve(world, params["payment_method"], "payment_method")
    else:
        return
    check_method(intent, method)
    intent["payment_method"] = method["id"]


def _follow(world: World, intent: Record) -> None:
    world.follow(world.peek(intent["customer"]) or {})


@operation("GET", "/v1/setup_intents")
def list_all(world: World, call: Call) -> dict[str, Any]:
    return page(world, call, "setup_intent")


@operation("GET", "/v1/setup_intents/{intent}", publishable=True)
def retrieve(world: World, call: Call) -> Record:
    return visibility.limit(world, world.get("setup_intent", call.id))


@operation("POST", "/v1/setup_intents/{intent}")
def update(world: World, call: Call) -> Record:
    intent = world.get("setup_intent", call.id)
    if intent["status"] not in CHANGEABLE:
        raise _unexpected(world, intent, "update")
    _change(world, intent, call)
    intent["status"] = "requires_confirmation" if intent["payment_method"] else "requires_payment_method"
    return intent


@operation("POST", "/v1/setup_intents/{intent}/confirm", publishable=True)
def confirm(world: World, call: Call) -> Record:
    intent = world.get("setup_intent", call.id)
    if intent["status"] not in CHANGEABLE:
        raise _unexpected(world, intent, "confirm")
    _change(world, intent, call)
    return _confirm(world, intent, call)


def _confirm(world: World, intent: Record, call: Call) -> Record:
    params = call.params
    automatic = intent["automatic_payment_methods"] or {}
    known = params.get("return_url") or params.get("use_stripe_sdk") or call.publishable
    if automatic.get("allow_redirects") == "always" and not known:
        raise errors.invalid(failures.RETURN_URL_MISSING.replace("PaymentIntent", "SetupIntent"))
    if intent["payment_method"] is None:
        raise StripeError(
            "You cannot confirm this SetupIntent because it's missing a payment method. Update the SetupIntent with "
            "a payment method and then confirm it again.",
            code=CODE,
            setup_intent=world.render(visibility.limit(world, intent)),
        )
    attempt(world, intent, return_url=None if params.get("use_stripe_sdk") else params.get("return_url"))
    if intent["last_setup_error"] is not None:
        raise failures.refusal(world, intent)
    return visibility.limit(world, intent)


@operation("POST", "/v1/setup_intents/{intent}/cancel")
def cancel_one(world: World, call: Call) -> Record:
    intent = world.get("setup_intent", call.id)
    _follow(world, intent)
    return cancel(world, intent, call.params.get("cancellation_reason"))

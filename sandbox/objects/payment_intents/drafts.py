"""Payment intents before money is tried: made, and changed by the parameters that creation, update and confirmation
share.
"""

from __future__ import annotations

from typing import Any

from sandbox import errors, identifiers, skeletons
from sandbox.objects import amounts, payment_methods
from sandbox.parameters import assign
from sandbox.routing import Call
from sandbox.store import Record
from sandbox.world import World

PLAIN = (
    "capture_method",
    "description",
    "metadata",
    "receipt_email",
    "setup_future_usage",
    "shipping",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_group",
)
# Connect, line items, and other rooms of Stripe's that the sandbox does not have.
NOT_PLAYED = (
    "amount_details",
    "amount_to_confirm",
    "application_fee_amount",
    "confirmation_token",
    "customer_account",
    "hooks",
    "on_behalf_of",
    "payment_details",
    "payment_method_configuration",
    "transfer_data",
)
MODES_EXCLUSIVE = (
    "You may only specify one of these parameters: automatic_payment_methods, payment_method_types."
)
FOREIGN_METHOD = (
    "The PaymentMethod provided is attached to a Customer so for security purposes you must provide the customer "
    "in the request."
)


def make(
    world: World,
    *,
    amount: int,
    currency: str,
    types: tuple[str, ...] = ("card",),
    owner: Record | None = None,
    **fields: Any,
) -> Record:
    """Make an intent with its event; `fields` are further fields of it. Nothing is tried.

    `owner`: the invoice or Checkout session that is to be told how it goes (see owners.py).
    """
    intent = _build(world, amount, currency, types, **fields)
    intent["_owner"] = owner["id"] if owner else None
    return _begin(world, intent)


def make_from(world: World, call: Call) -> Record:
    """Make the intent that a call asks for."""
    params = call.params
    automatic = params.get("automatic_payment_methods") or {}
    if automatic.get("enabled") and "payment_method_types" in params:
        raise errors.invalid(MODES_EXCLUSIVE, "payment_method_types", "parameters_exclusive")
    if params.get("customer"):
        world.follow(world.get("customer", params["customer"], "customer"))
    intent = _build(world, params["amount"], params["currency"], ("card",))
    intent["capture_method"] = "automatic_async"
    if "payment_method_types" not in params and automatic.get("enabled", True):
        intent["automatic_payment_methods"] = {"enabled": True, "allow_redirects": "always"} | automatic
        intent["payment_method_configuration_details"] = {"id": "pmc_sandbox", "parent": None}
    assign(intent, params, "confirmation_method")
    change(world, intent, call)
    return _begin(world, intent)


def _build(world: World, amount: int, currency: str, types: tuple[str, ...], **fields: Any) -> Record:
    amounts.check(amount, currency)
    intent = {
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "capture_method": "automatic",
        "confirmation_method": "automatic",
        "metadata": {},
    }
    intent |= fields | {"amount": amount, "currency": currency}
    made = world.new("payment_intent", **intent)
    set_types(made, types)
    return made


def _begin(world: World, intent: Record) -> Record:
    intent["client_secret"] = identifiers.new_secret(intent["id"])
    intent["status"] = "requires_confirmation" if intent["payment_method"] else "requires_payment_method"
    world.emit("payment_intent.created", intent)
    return intent


def set_types(intent: Record, types: tuple[str, ...]) -> None:
    """What it may be paid with, and the options of each."""
    payment_methods.check_types(types)
    intent["payment_method_types"] = list(types)
    held = intent["payment_method_options"] or {}
    intent["payment_method_options"] = {kind: held.get(kind) or _options(kind) for kind in types}


def _options(kind: str) -> Record:
    if kind == "card":
        name = "payment_intent_payment_method_options_card"
        return skeletons.build(name, request_three_d_secure="automatic")
    return {"verification_method": "automatic"} if kind == "us_bank_account" else {}


# -- parameters ----------------------------------------------------------------------------------------------------


def change(world: World, intent: Record, call: Call) -> None:
    """Assign what creation, update and confirmation have in common."""
    params = call.params
    for name in NOT_PLAYED:
        if params.get(name):
            raise errors.not_played(f"`{name}` on a payment intent")
    if "payment_method_types" in params:
        set_types(intent, tuple(params["payment_method_types"]))
    assign(intent, params, *PLAIN, "amount", "currency", "excluded_payment_method_types")
    if intent["shipping"]:
        intent["shipping"] = skeletons.build("shipping", **intent["shipping"])
    if "amount" in params or "currency" in params:
        amounts.check(intent["amount"], intent["currency"])
    if params.get("customer"):
        intent["customer"] = world.get("customer", params["customer"], "customer")["id"]
    if intent["customer"]:
        world.follow(world.get("customer", intent["customer"], "customer"))
    _change_options(intent, params.get("payment_method_options") or {})
    take_method(world, intent, call)


def _change_options(intent: Record, given: dict[str, Any]) -> None:
    for kind, options in given.items():
        if kind not in payment_methods.TYPES:
            raise errors.not_played(f"`payment_method_options[{kind}]`")
        held = intent["payment_method_options"].setdefault(kind, _options(kind))
        held |= {name: value for name, value in (options or {}).items() if name in PLAYED_OPTIONS}
        refused = set(options or ()) - PLAYED_OPTIONS
        if refused:
            raise errors.not_played(f"`payment_method_options[{kind}][{min(refused)}]`")


PLAYED_OPTIONS = frozenset(
    ("request_three_d_secure", "setup_future_usage", "capture_method", "verification_method")
)


def take_method(world: World, intent: Record, call: Call) -> None:
    """Set the payment method that a call names or describes, if it does, and check that the intent may use it."""
    params = call.params
    if "payment_method_data" in params:
        payment_methods.refuse_raw_number(call, params["payment_method_data"])
        method = payment_methods.make(world, params["payment_method_data"])
    elif params.get("payment_method"):
        method = payment_methods.resolve(world, params["payment_method"], "payment_method")
    else:
        if "payment_method" in params:
            intent["payment_method"] = None
        return
    check_method(intent, method)
    intent["payment_method"] = method["id"]


def check_method(intent: Record, method: Record) -> None:
    """Raise if an intent may not use a payment method: of another type, another customer's, used up."""
    if method["type"] not in intent["payment_method_types"]:
        allowed = ", ".join(intent["payment_method_types"])
        raise errors.invalid(
            f"The PaymentMethod provided ({method['type']}) is not allowed for this {_noun(intent)}. Please attach "
            f"a PaymentMethod of one of the following types: {allowed}. Alternatively update the allowed "
            f'payment_method_types for this {_noun(intent)} to include "{method["type"]}".',
            "payment_method",
        )
    if method["customer"] is None and method.get("_used"):
        raise errors.invalid(payment_methods.USED_UP, "payment_method", "payment_method_unexpected_state")
    if method["customer"] and method["customer"] != intent["customer"]:
        if intent["customer"] is None:
            raise errors.invalid(FOREIGN_METHOD, "payment_method")
        raise errors.invalid(
            f"The customer does not have a payment method with the ID {method['id']}. The payment method must be "
            "attached to the customer.",
            "payment_method",
            "resource_missing",
        )


def _noun(intent: Record) -> str:
    return "PaymentIntent" if intent["object"] == "payment_intent" else "SetupIntent"

"""Payment methods: a card or a bank account, by itself or attached to a customer.

https://docs.stripe.com/api/payment_methods
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sandbox import errors, skeletons
from sandbox.errors import StripeError
from sandbox.lists import cut, select
from sandbox.objects import banks, card_numbers, cards
from sandbox.parameters import assign
from sandbox.rendering import Tree
from sandbox.routing import Call, operation
from sandbox.store import Record
from sandbox.world import World

TYPES = ("card", *banks.TYPES)
USED_UP = (
    "This PaymentMethod was previously used without being attached to a Customer or was detached from a "
    "Customer, and may not be used again."
)
RAW_NUMBER = (
    "Sending credit card numbers directly to the Stripe API is generally unsafe. We suggest you use test tokens "
    "that map to the test card you are using, see https://stripe.com/docs/testing. To enable testing raw card "
    "data APIs, see https://support.stripe.com/questions/enabling-access-to-raw-card-data-apis."
)

# -- making and finding, for other objects -------------------------------------------------------------------------


def check_types(types: Iterable[str]) -> None:
    """Raise for a type that the sandbox does not play."""
    for kind in types:
        if kind not in TYPES:
            raise errors.not_played(f"payment methods of the type {kind}")


def make(world: World, data: dict[str, Any]) -> Record:
    """Make a payment method from `payment_method_data`: `type`, `card` or the bank account, `billing_details`.

    Raises the card error that Stripe gives for a number, date or code that cannot be right. There is no event.
    """
    kind = data["type"]
    check_types([kind])
    if kind not in data:
        raise errors.parameter_missing(kind)
    described = (
        card_numbers.describe(data["card"], world.now) if kind == "card" else banks.describe(kind, data[kind])
    )
    method = _new(world, kind, described)
    method["billing_details"] = _owner(method["billing_details"], data.get("billing_details") or {})
    assign(method, data, "allow_redisplay", "metadata")
    return method


def _new(world: World, kind: str, described: Record) -> Record:
    return world.new(
        "payment_method", type=kind, allow_redisplay="unspecified", metadata={}, _set_up=False, **described
    )


def resolve(world: World, name: str, param: str | None = None) -> Record:
    """The payment method with an id, or a new one for a test name such as `pm_card_visa`."""
    if name in banks.BY_NAME:
        data = {"account_number": banks.BY_NAME[name], "routing_number": banks.ROUTING_NUMBER}
        return _new(world, "us_bank_account", banks.describe("us_bank_account", data))
    if name.startswith("pm_card_") and name.removeprefix("pm_card_") in cards.BY_NAME:
        card = cards.BY_NAME[name.removeprefix("pm_card_")]
        return _new(world, "card", card_numbers.fields(card, world.now, with_cvc=True))
    return world.get("payment_method", name, param)


def attach_to(world: World, method: Record, customer_id: str, *, told: bool = True) -> None:
    """Attach, with its event if `told`, unless it is attached there already. Raises for one that was used up."""
    if method["customer"] == customer_id:
        return
    if method["customer"] is not None:
        raise errors.invalid(
            "The payment method you provided has already been attached to a customer.",
            code="payment_method_attached",
        )
    if method.get("_used"):
        raise errors.invalid(USED_UP, "payment_method", "payment_method_unexpected_state")
    method["customer"] = customer_id
    if method["type"] == "card":
        _check(method)
    if told:
        world.emit("payment_method.attached", method)


def refuse_declined(method: Record) -> None:
    """Raise the issuer's refusal of a card that cannot even be attached."""
    if method["type"] == "card":
        card = cards.of(method)
        if card.decline and not card.attachable:
            raise card.decline.error()


def detach_all(world: World, customer: Record) -> None:
    """The customer goes, and his payment methods can never be used again."""
    for method in world.select("payment_method", customer=customer["id"]):
        method |= {"customer": None, "_used": True}
        world.emit("payment_method.detached", method, {"customer": customer["id"]})


def refuse_raw_number(call: Call, data: dict[str, Any]) -> None:
    """Card numbers come from Stripe.js alone, that is, with the publishable key."""
    if "number" in (data.get("card") or {}) and not call.publishable:
        raise StripeError(RAW_NUMBER)


def _check(method: Record) -> None:
    """The checks that the issuer makes of what was given."""
    failing, checks = cards.of(method).failing_checks, method["card"]["checks"]
    address = method["billing_details"]["address"] or {}
    for check, given in (
        (cards.ADDRESS, address.get("line1")),
        (cards.ZIP, address.get("postal_code")),
        (cards.CVC, checks["cvc_check"]),
    ):
        checks[check] = ("fail" if check in failing else "pass") if given else None


def _owner(held: Record, given: dict[str, Any]) -> Record:
    """`billing_details` with what was given over what is held."""
    details = held | given
    if details["address"]:
        details["address"] = skeletons.build("address", **details["address"])
    return details


# -- operations ----------------------------------------------------------------------------------------------------


@operation("POST", "/v1/payment_methods", publishable=True)
def create(world: World, call: Call) -> Record:
    for name in ("customer", "payment_method"):
        if name in call.params:
            raise errors.not_played("cloning a payment method to a connected account")
    if "type" not in call.params:
        raise errors.parameter_missing("type")
    refuse_raw_number(call, call.params)
    return make(world, call.params)


@operation("GET", "/v1/payment_methods")
def list_all(world: World, call: Call) -> Tree:
    """Those of a customer, or without one those of all customers that are attached."""
    if call.params.get("customer"):
        world.get("customer", call.params["customer"], "customer")
    attached = (m for m in world.scan("payment_method", newest_first=True) if m["customer"])
    return cut(call, "payment_method", select(call, attached))


@operation("GET", "/v1/customers/{customer}/payment_methods")
def list_of_customer(world: World, call: Call) -> Tree:
    world.get("customer", call.id)
    own = world.scan("payment_method", newest_first=True, customer=call.id)
    return cut(call, "payment_method", select(call, own))


@operation("GET", "/v1/customers/{customer}/payment_methods/{payment_method}")
def retrieve_of_customer(world: World, call: Call) -> Record:
    method = world.get("payment_method", call.ids["payment_method"])
    if method["customer"] != world.get("customer", call.id)["id"]:
        raise errors.missing("payment_method", method["id"])
    return method


@operation("GET", "/v1/payment_methods/{payment_method}")
def retrieve(world: World, call: Call) -> Record:
    return resolve(world, call.id)


@operation("POST", "/v1/payment_methods/{payment_method}")
def update(world: World, call: Call) -> Record:
    method, params = world.get("payment_method", call.id), call.params
    if method["customer"] is None:
        raise errors.invalid(
            "You must save this PaymentMethod to a customer before you can update it.",
            code="payment_method_unexpected_state",
        )
    for name in ("payto", "us_bank_account"):
        if name in params:
            raise errors.not_played(f"`{name}` on an update of a payment method")
    world.follow(world.get("customer", method["customer"]))
    assign(method, params, "allow_redisplay", "metadata")
    if "billing_details" in params:
        method["billing_details"] = _owner(method["billing_details"], params["billing_details"] or {})
    if "card" in params:
        _redate(world, method, params["card"])
    world.emit("payment_method.updated", method)
    return method


def _redate(world: World, method: Record, given: dict[str, Any]) -> None:
    if "networks" in given:
        raise errors.not_played("`networks` on an update of a card")
    card = method["card"]
    assign(card, given, "exp_month", "exp_year")
    card_numbers.check_expiry(card["exp_month"], card["exp_year"], world.now)


@operation("POST", "/v1/payment_methods/{payment_method}/attach")
def attach(world: World, call: Call) -> Record:
    """https://docs.stripe.com/api/payment_methods/attach. A card that its issuer declines is not attached."""
    if "customer" not in call.params:
        raise errors.parameter_missing("customer")
    method = resolve(world, call.id)
    customer = world.get("customer", call.params["customer"], "customer")
    world.follow(customer)
    refuse_declined(method)
    attach_to(world, method, customer["id"])
    return method


@operation("POST", "/v1/payment_methods/{payment_method}/detach")
def detach(world: World, call: Call) -> Record:
    """It can never be used again, and whatever had it as its default has none."""
    method = world.get("payment_method", call.id)
    if method["customer"] is None:
        raise errors.invalid(
            "The payment method you provided is not attached to a customer so detachment is impossible.",
            "payment_method",
        )
    release(world, method)
    return method


def release(world: World, method: Record) -> None:
    """Detach from its customer, with the events."""
    customer = world.get("customer", method["customer"])
    world.follow(customer)
    method |= {"customer": None, "_used": True}
    world.emit("payment_method.detached", method, {"customer": customer["id"]})
    if customer["invoice_settings"]["default_payment_method"] == method["id"]:
        customer["invoice_settings"]["default_payment_method"] = None
        world.emit("customer.updated", customer)
    for subscription in world.select(
        "subscription", customer=customer["id"], default_payment_method=method["id"]
    ):
        subscription["default_payment_method"] = None
        world.emit("customer.subscription.updated", subscription)

"""Checkout sessions as an application makes them: what is asked for, checked and kept.

https://docs.stripe.com/api/checkout/sessions/create
"""

from __future__ import annotations

from typing import Any

from sandbox import errors, identifiers, skeletons
from sandbox.errors import StripeError
from sandbox.objects import discounts, payment_methods, setup_intents
from sandbox.objects.checkout import checks, custom_fields, invoices, lines
from sandbox.parameters import assign, merge_metadata
from sandbox.store import Record
from sandbox.world import World

PLAIN = (
    "allow_promotion_codes",
    "billing_address_collection",
    "cancel_url",
    "client_reference_id",
    "consent_collection",
    "currency",
    "customer_email",
    "integration_identifier",
    "locale",
    "origin_context",
    "return_url",
    "shipping_address_collection",
    "submit_type",
    "success_url",
)


def make(world: World, params: dict[str, Any]) -> Record:
    """Open a session from the parameters of the API. There is no event for that."""
    checks.check(params)
    customer = world.get("customer", params["customer"], "customer") if "customer" in params else None
    if customer:
        world.follow(customer)
    session = _build(world, params, customer)
    if session["mode"] == "setup":
        _open_setup(world, session)
    else:
        lines.make_all(world, session, params["line_items"])
        _discount(world, session, params)
        lines.count(world, session)
        checks.check_total(session)
    checks.check_tax(session, customer, params)
    world.schedule(session["expires_at"], "checkout.session.expire", session["id"])
    return session


def _build(world: World, params: dict[str, Any], customer: Record | None) -> Record:
    session = world.new(
        "checkout.session",
        **_answers(world, params, customer),
        **_payment(params, customer),
        _customer_update=params.get("customer_update") or {},
        _data=params.get(checks.DATA[params["mode"]]) or {},
        _discount=None,
        _items=[],
        _setup_intent=None,
        _subscription=None,
    )
    assign(session, params, *PLAIN)
    if params.get("name_collection"):
        session["name_collection"] = params["name_collection"]
    if params["mode"] == "payment":
        session["submit_type"] = params.get("submit_type")
    _place(world, session, params)
    email = session["customer_email"] or (customer["email"] if customer else None)
    if email:
        session["customer_details"] = describe_customer(customer, email=email)
    return session


def _answers(world: World, params: dict[str, Any], customer: Record | None) -> dict[str, Any]:
    """What it is, whose, and what it asks of the buyer."""
    return {
        "adaptive_pricing": {"enabled": (params.get("adaptive_pricing") or {}).get("enabled", False)},
        "automatic_tax": _automatic_tax(params),
        "branding_settings": _branding(world, params),
        "custom_fields": custom_fields.build(params),
        "custom_text": skeletons.build(
            "payment_pages_checkout_session_custom_text", **params.get("custom_text", {})
        ),
        "customer": customer["id"] if customer else None,
        "customer_creation": _customer_creation(params),
        "invoice_creation": invoices.describe(params),
        "expires_at": checks.read_expiry(world, params),
        "metadata": merge_metadata({}, params.get("metadata")),
        "mode": params["mode"],
        "phone_number_collection": params.get("phone_number_collection") or {"enabled": False},
        "status": "open",
        "tax_id_collection": {"enabled": False, "required": "never"}
        | (params.get("tax_id_collection") or {}),
        "ui_mode": params.get("ui_mode", "hosted_page"),
    }


def _payment(params: dict[str, Any], customer: Record | None) -> dict[str, Any]:
    """Whether it is paid, and with what it can be."""
    mode = params["mode"]
    collection = "always" if mode != "payment" else None
    return {
        "payment_method_collection": params.get("payment_method_collection", collection),
        "payment_method_options": _options(params),
        "payment_method_types": _types(params),
        "payment_status": "no_payment_required" if mode == "setup" else "unpaid",
        "saved_payment_method_options": _saved(params, customer),
        "wallet_options": None,
    }


def _place(world: World, session: Record, params: dict[str, Any]) -> None:
    """A page of Stripe's, or a frame in the application's."""
    if params.get("ui_mode") == "embedded_page":
        session["redirect_on_completion"] = params.get("redirect_on_completion", "always")
        session["client_secret"] = identifiers.new_secret(session["id"])
    else:
        session["url"] = f"{world.base_url}/c/pay/{session['id']}"


def describe_customer(customer: Record | None, **given: Any) -> Record:
    """`customer_details`: what is known of the buyer, what he typed first."""
    exempt = customer["tax_exempt"] if customer else "none"
    name = "payment_pages_checkout_session_customer_details"
    return skeletons.build(name, **{"tax_exempt": exempt, "tax_ids": []} | given)


def check_open(session: Record) -> None:
    if session["status"] != "open":
        raise StripeError(
            f"This Checkout Session is no longer active; its status is {session['status']}.",
            code="checkout_session_not_open",
        )


# -- parts -----------------------------------------------------------------------------------------------------------


def _automatic_tax(params: dict[str, Any]) -> Record:
    """Stripe Tax. The sandbox's account is registered nowhere, so it finds no tax to collect."""
    name = "payment_pages_checkout_session_automatic_tax"
    if not (params.get("automatic_tax") or {}).get("enabled"):
        return skeletons.build(name, enabled=False)
    return skeletons.build(
        name, enabled=True, liability={"type": "self"}, provider="stripe", status="requires_location_inputs"
    )


def _branding(world: World, params: dict[str, Any]) -> Record:
    account = next(world.scan("account"))
    name = account["settings"]["dashboard"]["display_name"]
    known = {
        "background_color": "#ffffff",
        "border_style": "rounded",
        "button_color": "#0074d4",
        "display_name": name,
        "font_family": "default",
        "icon": None,
        "logo": None,
    }
    return known | {name: value for name, value in (params.get("branding_settings") or {}).items() if value}


def _customer_creation(params: dict[str, Any]) -> str | None:
    if "customer" in params:
        return None
    if params["mode"] == "subscription":
        return "always"
    asked = params.get("customer_creation", "if_required")
    saves = (params.get("payment_intent_data") or {}).get("setup_future_usage")
    return "always" if saves or invoices.is_wanted(params) else asked


def _types(params: dict[str, Any]) -> list[str]:
    types = list(params.get("payment_method_types") or ["card"])
    payment_methods.check_types(types)
    return types


def _options(params: dict[str, Any]) -> Record:
    given = params.get("payment_method_options") or {}
    for kind, options in given.items():
        if kind != "card" or set(options) - {"request_three_d_secure"}:
            raise errors.not_played(f"`payment_method_options[{kind}]` on a Checkout session")
    card = {"request_three_d_secure": "automatic"} | given.get("card", {})
    return {"card": card} if "card" in _types(params) else {}


def _saved(params: dict[str, Any], customer: Record | None) -> Record | None:
    if customer is None and params["mode"] != "subscription":
        return None
    given = params.get("saved_payment_method_options") or {}
    name = "payment_pages_checkout_session_saved_payment_method_options"
    return skeletons.build(name, **{"allow_redisplay_filters": ["always"]} | given)


def _discount(world: World, session: Record, params: dict[str, Any]) -> None:
    given = params.get("discounts") or []
    if len(given) > 1:
        raise errors.invalid("You may only apply one discount to a Checkout session.", "discounts")
    if given:
        apply_discount(world, session, given[0])


def apply_discount(world: World, session: Record, given: dict[str, str]) -> None:
    """Let a coupon or a promotion code count for this session; it is redeemed when the session is completed."""
    discount = discounts.make(
        world, given, redeemed=False, checkout_session=session["id"], customer=session["customer"]
    )
    session["_discount"] = discount["id"]
    chosen = {"coupon": None, "promotion_code": None}
    used = "promotion_code" if discount["promotion_code"] else "coupon"
    session["discounts"] = [chosen | {used: given[used]}]


def _open_setup(world: World, session: Record) -> None:
    data = session["_data"]
    intent = setup_intents.make(
        world,
        customer=session["customer"],
        types=tuple(session["payment_method_types"]),
        owner=session,
        description=data.get("description"),
        metadata=merge_metadata({}, data.get("metadata")),
    )
    session["setup_intent"] = intent["id"]

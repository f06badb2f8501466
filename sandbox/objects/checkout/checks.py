"""What a Checkout session may be made with, and Stripe's refusal of the rest.

https://docs.stripe.com/api/checkout/sessions/create
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from sandbox import errors
from sandbox.errors import StripeError
from sandbox.objects import amounts
from sandbox.objects.payment_intents import drafts
from sandbox.objects.subscriptions import parameters
from sandbox.store import Record
from sandbox.world import World

HOUR = 3600
SHORTEST, LONGEST = HOUR // 2, 24 * HOUR
NOT_PLAYED = (
    "after_expiration",
    "customer_account",
    "excluded_payment_method_types",
    "optional_items",
    "payment_method_configuration",
    "payment_method_data",
    "permissions",
    "shipping_options",
)
UI_MODES = ("elements", "embedded_page", "form", "hosted_page")
DATA = {"payment": "payment_intent_data", "subscription": "subscription_data", "setup": "setup_intent_data"}
ADDRESS_FOR_TAX = (
    "Automatic tax calculation in Checkout requires a valid address on the Customer. Add a valid address to the "
    "Customer or set either `customer_update[address]` to 'auto' or `customer_update[shipping]` to 'auto' to save "
    "the address entered in Checkout to the Customer."
)


def check(params: dict[str, Any]) -> None:
    for name in NOT_PLAYED:
        if params.get(name):
            raise errors.not_played(f"`{name}` on a Checkout session")
    if "mode" not in params:
        raise errors.parameter_missing("mode")
    if (params.get("managed_payments") or {}).get("enabled"):
        raise errors.not_played("managed payments")
    _check_exclusive(params["mode"], params)
    _check_data(params["mode"], params)
    _check_addresses(params)


def _check_exclusive(mode: str, params: dict[str, Any]) -> None:
    """What does not go together."""
    for other, name in DATA.items():
        if other != mode and name in params:
            raise errors.invalid(f"You can not pass `{name}` in `{mode}` mode.", name)
    for one, other in (("customer", "customer_email"), ("allow_promotion_codes", "discounts")):
        if params.get(one) and params.get(other):
            raise StripeError(
                f"You may only specify one of these parameters: {one}, {other}.", code="parameters_exclusive"
            )
    if mode == "setup":
        _check_setup(params)
    elif not params.get("line_items"):
        raise errors.parameter_missing("line_items")
    if params.get("customer_update") and "customer" not in params:
        raise errors.invalid("`customer_update` can only be used with `customer`.", "customer_update")
    if "customer_creation" in params and (mode == "subscription" or "customer" in params):
        raise errors.invalid(
            "`customer_creation` can only be used in `payment` and `setup` mode, without `customer`.",
            "customer_creation",
        )


def _check_setup(params: dict[str, Any]) -> None:
    for name in ("line_items", "discounts", "allow_promotion_codes"):
        if params.get(name):
            raise errors.invalid(f"You can not pass `{name}` in `setup` mode.", name)
    if "currency" not in params and "payment_method_types" not in params:
        raise errors.parameter_missing("currency")


def _check_data(mode: str, params: dict[str, Any]) -> None:
    data = params.get(DATA[mode]) or {}
    if mode == "subscription":
        parameters.refuse_not_played(data)
        if "trial_end" in data and "trial_period_days" in data:
            raise errors.invalid(
                "You may only specify one of these parameters: trial_end, trial_period_days.",
                "subscription_data",
            )
    played = drafts.PLAIN if mode == "payment" else ("description", "metadata")
    refused = set() if mode == "subscription" else set(data) - set(played)
    if refused:
        raise errors.not_played(f"`{DATA[mode]}[{min(refused)}]`")


def _check_addresses(params: dict[str, Any]) -> None:
    """Where the buyer goes afterwards: `success_url` from the hosted page, `return_url` from the embedded one."""
    ui_mode = params.get("ui_mode", "hosted_page")
    if ui_mode not in UI_MODES:
        raise errors.invalid(
            f"Invalid ui_mode: must be one of {', '.join(UI_MODES[:-1])}, or {UI_MODES[-1]}", "ui_mode"
        )
    if ui_mode in ("elements", "form"):
        raise errors.not_played(f"`ui_mode={ui_mode}`")
    if ui_mode == "hosted_page":
        if "success_url" not in params:
            raise errors.parameter_missing("success_url")
        refused = ("return_url", "redirect_on_completion")
    else:
        if "return_url" not in params and params.get("redirect_on_completion") != "never":
            raise errors.parameter_missing("return_url")
        refused = ("success_url", "cancel_url")
    for name in refused:
        if name in params:
            raise errors.invalid(f"You can not pass `{name}` when `ui_mode` is `{ui_mode}`.", name)
    for name in ("success_url", "cancel_url", "return_url"):
        parts = urlsplit(params.get(name) or "http://unset.example")
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise errors.invalid("Not a valid URL", name, "url_invalid")


def read_expiry(world: World, params: dict[str, Any]) -> int:
    expires: int = params.get("expires_at", world.now + LONGEST)
    if expires > world.now + LONGEST:
        raise errors.invalid(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
            "expires_at",
        )
    if expires < world.now + SHORTEST:
        raise errors.invalid(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.",
            "expires_at",
        )
    return expires


def check_total(session: Record) -> None:
    """Nothing, or enough to be charged."""
    total, currency = session["amount_total"], session["currency"]
    least = amounts.SMALLEST.get(currency, 1)
    if 0 < total < least and session["mode"] == "payment":
        raise errors.invalid(
            f"The Checkout Session's total amount due must add up to at least {amounts.write(least, currency)} "
            f"{currency}",
            code="amount_too_small",
        )
    if total:
        amounts.check(max(total, least), currency)


def check_tax(session: Record, customer: Record | None, params: dict[str, Any]) -> None:
    if not session["automatic_tax"]["enabled"]:
        return
    updates = session["_customer_update"]
    saved = "auto" in (updates.get("address"), updates.get("shipping"))
    if customer and not customer["address"] and not saved:
        raise errors.invalid(ADDRESS_FOR_TAX, code="customer_tax_location_invalid")

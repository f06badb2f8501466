"""Fields of the application's own on the Checkout page, and what the buyer put into them.

https://docs.stripe.com/payments/checkout/custom-fields
"""

from __future__ import annotations

import re
from typing import Any

from sandbox import errors, skeletons
from sandbox.store import Record

MOST, MOST_OPTIONS, LONGEST = 3, 200, 255
KINDS = ("dropdown", "numeric", "text")
NAME = "payment_pages_checkout_session_custom_fields"


def build(params: dict[str, Any]) -> list[Record]:
    """The fields that a session asks for, without values."""
    given = params.get("custom_fields") or []
    if given and params["mode"] == "setup":
        raise errors.invalid("You can not pass `custom_fields` in `setup` mode.", "custom_fields")
    if len(given) > MOST:
        raise errors.invalid(f"You can pass at most {MOST} custom fields.", "custom_fields")
    if len({one["key"] for one in given}) < len(given):
        raise errors.invalid("The keys of custom fields must be unique.", "custom_fields")
    return [_build(one, f"custom_fields[{index}]") for index, one in enumerate(given)]


def _build(given: dict[str, Any], param: str) -> Record:
    if not re.fullmatch("[A-Za-z0-9]+", given["key"]):
        raise errors.invalid("The key of a custom field must be alphanumeric.", f"{param}[key]")
    kind = given["type"]
    for other in KINDS:
        if other != kind and other in given:
            raise errors.invalid(f"`{other}` is for fields of that type.", f"{param}[{other}]")
    settings = given.get(kind) or {}
    if kind == "dropdown" and not 1 <= len(settings.get("options") or ()) <= MOST_OPTIONS:
        raise errors.parameter_missing(f"{param}[dropdown][options]")
    return {
        "key": given["key"],
        "label": given["label"],
        "optional": given.get("optional", False),
        "type": kind,
        kind: skeletons.build(f"{NAME}_{kind}", **settings),
    }


def take(session: Record, typed: dict[str, str]) -> None:
    """Keep what the buyer typed. Raises for a field that is missing or does not fit, naming its key."""
    for field in session["custom_fields"]:
        settings, key = field[field["type"]], field["key"]
        value = typed.get(key, settings["default_value"] or "").strip()
        if not value and not field["optional"]:
            raise errors.parameter_missing(f"custom_fields[{key}]")
        if value and not _fits(field, value):
            raise errors.invalid(f"Invalid value for {field['label']['custom']}.", f"custom_fields[{key}]")
        settings["value"] = value or None


def _fits(field: Record, value: str) -> bool:
    settings = field[field["type"]]
    if field["type"] == "dropdown":
        return value in {option["value"] for option in settings["options"]}
    least, most = settings["minimum_length"] or 0, settings["maximum_length"] or LONGEST
    digits = field["type"] == "text" or re.fullmatch("[0-9]+", value)
    return bool(digits) and least <= len(value) <= most

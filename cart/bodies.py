"""What the endpoints read of a body: strictly, and never a price."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError as Invalid
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

LONGEST_EMAIL = 254

# A cart as it was answered may be sent back: what else it says is passed over.
ANSWERED = ("version", "total")


@dataclass(frozen=True, slots=True)
class CartBody:
    """Quantities by item; None if the body names no items."""

    quantities: dict[str, int] | None
    currency: str


def cart(body: Any) -> CartBody:
    """`{"items": {"atlas": {"qty": 2, "price": ...}}, "currency": "eur"}`; a price is passed over."""
    _refuse_others(body, {"items", "currency", *ANSWERED})
    items = body.get("items")
    if items is None and "currency" not in body:
        raise ValidationError({"items": _("Say which items.")})
    if items is not None and not isinstance(items, dict):
        raise ValidationError({"items": _("This must be an object.")})
    quantities = None if items is None else {item: _quantity(item, line) for item, line in items.items()}
    return CartBody(quantities, _text(body, "currency"))


@dataclass(frozen=True, slots=True)
class CheckoutBody:
    """What somebody who is about to pay says of themselves, and what they were shown."""

    email: str
    currency: str
    version: str | None
    total: int | None


def checkout(body: Any) -> CheckoutBody:
    """`{"email": ..., "currency": ..., "version": ..., "total": ...}`, each of which may be left out.

    The card form adds the id of a payment method, with which the browser pays.
    """
    _refuse_others(body, {"email", "currency", "version", "total", "payment_method_id"})
    email = _text(body, "email")
    try:
        if email:
            validate_email(email)
    except Invalid as error:
        raise ValidationError({"email": error.messages}) from error
    if len(email) > LONGEST_EMAIL:
        raise ValidationError({"email": _("This address is too long.")})
    total = body.get("total")
    if total is not None and type(total) is not int:
        raise ValidationError({"total": _("An amount is a whole number, in the smallest unit.")})
    return CheckoutBody(email, _text(body, "currency"), _text(body, "version") or None, total)


def _quantity(item: str, line: Any) -> int:
    """A whole number in JSON's own digits, from 0 on. `true`, `1.0`, `1e1` and `"1"` are none."""
    if not isinstance(line, dict):
        raise ValidationError({f"items.{item}": _("This must be an object.")})
    _refuse_others(line, {"qty", "price"}, f"items.{item}.")
    quantity = line.get("qty")
    if type(quantity) is not int or quantity < 0:
        raise ValidationError({f"items.{item}.qty": _("A quantity is a whole number from 0 on.")})
    return quantity


def _text(body: dict[str, Any], name: str) -> str:
    text = body.get(name, "")
    if not isinstance(text, str):
        raise ValidationError({name: _("This must be a text.")})
    return text.strip()


def _refuse_others(body: dict[str, Any], known: Collection[str], path: str = "") -> None:
    if unknown := sorted(set(body) - set(known)):
        raise ValidationError({f"{path}{unknown[0]}": _("This field is not known.")})

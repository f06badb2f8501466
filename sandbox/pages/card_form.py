"""The fields of a card, as every page shows them and as they come back from a form."""

from __future__ import annotations

import re
from typing import Any

from sandbox.pages.markup import Markup, Templates
from sandbox.pages.words import translate

TEST_CARDS = (
    ("Succeeds", "4242424242424242"),
    ("Needs authentication", "4000002500003155"),
    ("Declined", "4000000000000002"),
    ("Insufficient funds", "4000000000009995"),
    ("Fails later", "4000000000000341"),
)

html = Templates("card_form")


def chooser() -> Markup:
    """Buttons that type a test card."""
    cards = ({"label": translate(label), "number": number} for label, number in TEST_CARDS)
    return html("chooser", cards=html.each("choice", cards))


def fields(*, country: str = "US", postal_code: str = "", with_place: bool = True) -> Markup:
    """Number, expiry and code, and what cards are checked against."""
    place = html("place", country=country, postal_code=postal_code) if with_place else Markup()
    return Markup(html("number_expiry_cvc") + place)


def read(form: dict[str, str]) -> dict[str, Any]:
    """`payment_method_data` of what was typed into the fields."""
    digits = "".join(re.findall("[0-9]", form.get("expiry", "")))
    month, year = digits[:2], digits[-2:]
    address = {
        "country": form.get("country"),
        "postal_code": form.get("postalCode") or form.get("postal_code"),
    }
    return {
        "type": "card",
        "card": {
            "number": form.get("number", "").replace(" ", ""),
            "exp_month": int(month or 0),
            "exp_year": 2000 + int(year or 0),
            "cvc": form.get("cvc", ""),
        },
        "billing_details": {"address": {name: value for name, value in address.items() if value}},
    }

"""The fields of a card, as every page shows them and as they come back from a form."""

from __future__ import annotations

from typing import Any

from sandbox.pages.markup import Markup, each, fill

TEST_CARDS = (
    ("Succeeds", "4242424242424242"),
    ("Needs authentication", "4000002500003155"),
    ("Declined", "4000000000000002"),
    ("Insufficient funds", "4000000000009995"),
    ("Fails later", "4000000000000341"),
)

_CHOOSER = """<details class="double">
<summary><strong>Test double.</strong> This is not Stripe; use a test card.</summary>
<div class="cards">{cards}</div>
</details>"""

_NUMBER = """<div data-field>
<label for="number">Card number</label>
<div class="with-brand">
<input id="number" name="number" inputmode="numeric" autocomplete="cc-number" placeholder="1234 1234 1234 1234">
<span class="brand" data-brand></span>
</div>
<p class="error" data-error="number" aria-live="polite"></p>
</div>"""

_EXPIRY_AND_CVC = """<div class="pair">
<div data-field>
<label for="expiry">Expiration date</label>
<input id="expiry" name="expiry" inputmode="numeric" autocomplete="cc-exp" placeholder="MM / YY">
<p class="error" data-error="expiry" aria-live="polite"></p>
</div>
<div data-field>
<label for="cvc">Security code</label>
<input id="cvc" name="cvc" inputmode="numeric" autocomplete="cc-csc" placeholder="CVC">
<p class="error" data-error="cvc" aria-live="polite"></p>
</div>
</div>"""

_PLACE = """<div class="pair">
<div data-field>
<label for="country">Country</label>
<select id="country" name="country" autocomplete="billing country" data-value="{country}"></select>
<p class="error" data-error="country"></p>
</div>
<div data-field>
<label for="postalCode">ZIP code</label>
<input id="postalCode" name="postalCode" autocomplete="billing postal-code" value="{postal_code}">
<p class="error" data-error="postalCode" aria-live="polite"></p>
</div>
</div>"""


def chooser() -> Markup:
    """Buttons that type a test card."""
    cards = ({"label": label, "number": number} for label, number in TEST_CARDS)
    return fill(_CHOOSER, cards=each('<button type="button" data-card="{number}">{label}</button>', cards))


def fields(*, country: str = "US", postal_code: str = "", with_place: bool = True) -> Markup:
    """Number, expiry and code, and what cards are checked against."""
    place = fill(_PLACE, country=country, postal_code=postal_code) if with_place else ""
    return fill("{number}{rest}{place}", number=Markup(_NUMBER), rest=Markup(_EXPIRY_AND_CVC), place=place)


def read(form: dict[str, str]) -> dict[str, Any]:
    """`payment_method_data` of what was typed into the fields."""
    digits = "".join(filter(str.isdigit, form.get("expiry", "")))
    month, year = digits[:2], digits[-2:]
    address = {"country": form.get("country"), "postal_code": form.get("postalCode")}
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

"""The buyer's half of the Checkout page: the fields that the session asks for, and what was typed into them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.objects.checkout import Buyer, lines
from sandbox.pages import card_form, money, names
from sandbox.pages.checkout import summary
from sandbox.pages.checkout.till import Till
from sandbox.pages.markup import Markup, Templates, flag
from sandbox.pages.words import say, translate
from sandbox.store import Record
from sandbox.world import World

html = Templates("checkout")
BUTTONS = {
    "auto": "Pay {amount}",
    "pay": "Pay {amount}",
    "book": "Book {amount}",
    "donate": "Donate {amount}",
    "subscribe": "Subscribe {amount}",
}
METHODS = {
    "card": "Card",
    "us_bank_account": "US bank account (test; takes four days)",
    "sepa_debit": "SEPA debit (test; takes four days)",
}
TAX_IDS = ("eu_vat", "gb_vat", "us_ein", "ca_gst_hst", "au_abn", "ch_vat", "cn_tin", "in_gst", "jp_trn")
PARTS = ("line1", "line2", "city", "state", "postal_code", "country")


def needs_method(session: Record) -> bool:
    """Whether a card is asked for, though nothing may be due."""
    free = session["mode"] != "setup" and session["amount_total"] == 0
    return not (
        free and (session["mode"] == "payment" or session["payment_method_collection"] == "if_required")
    )


def show(world: World, till: Till, typed: Mapping[str, str]) -> Markup:
    """The form, with what was typed before but for the card."""
    session = till.session
    customer = world.peek(session["customer"])
    return html(
        "form",
        action=till.path(),
        now=till.sandbox.now,
        problem=html("problem", text=till.problem) if till.problem else "",
        contact=_contact(session, customer, typed),
        shipping=_shipping(session, typed),
        custom=_custom(session, typed),
        payment=_payment(world, session, customer, typed) if needs_method(session) else "",
        billing=_billing(session, typed),
        consent=_consent(session, typed),
        button=_button(session),
        terms=_terms(world, session),
        message=((session["custom_text"] or {}).get("submit") or {}).get("message"),
    )


def _contact(session: Record, customer: Record | None, typed: Mapping[str, str]) -> Markup:
    known = session["customer_email"] or (customer or {}).get("email")
    if known:
        parts = [html("known_email", email=known)]
    else:
        parts = [_field("email", "Email", typed, kind="email", required=True, autocomplete="email")]
    if session["phone_number_collection"]["enabled"]:
        parts.append(_field("phone", "Phone number", typed, kind="tel", required=True, autocomplete="tel"))
    return html("fieldset", title=say("Contact information"), body=parts)


def _field(
    name: str,
    label: str,
    typed: Mapping[str, str],
    *,
    kind: str = "text",
    required: bool = False,
    autocomplete: str = "off",
) -> Markup:
    return html(
        "field",
        name=name,
        label=translate(label),
        kind=kind,
        value=typed.get(name, ""),
        required=flag("required", required),
        autocomplete=autocomplete,
    )


def _address(prefix: str, typed: Mapping[str, str], countries: list[str] | None = None) -> list[Markup]:
    country = typed.get(f"{prefix}country") or (countries[0] if countries else "US")
    options = html.each(
        "country",
        ({"code": code, "selected": flag("selected", code == country)} for code in countries or ()),
    )
    return [
        _field(f"{prefix}line1", "Address", typed, required=True),
        _field(f"{prefix}line2", "Address, second line", typed),
        _field(f"{prefix}city", "City", typed, required=True),
        _field(f"{prefix}state", "State or region", typed),
        _field(f"{prefix}postal_code", "Postal code", typed, required=True),
        html("country_select", name=f"{prefix}country", value=country, options=options),
    ]


def _shipping(session: Record, typed: Mapping[str, str]) -> Markup:
    wanted = session["shipping_address_collection"]
    if not wanted:
        return Markup()
    fields = [_field("shipping_name", "Full name", typed, required=True)]
    fields += _address("shipping_", typed, wanted["allowed_countries"])
    return html("fieldset", title=say("Shipping address"), body=fields)


def _custom(session: Record, typed: Mapping[str, str]) -> list[Markup]:
    """The application's own fields, in its own words."""
    shown = []
    for one in session["custom_fields"]:
        settings, name = one[one["type"]], f"custom_{one['key']}"
        value = typed.get(name, settings["default_value"] or "")
        required = flag("required", not one["optional"])
        label = one["label"]["custom"]
        label = say("{label} (optional)", label=label) if one["optional"] else label
        if one["type"] == "dropdown":
            options = html.each(
                "custom_option",
                (
                    {**option, "selected": flag("selected", option["value"] == value)}
                    for option in settings["options"]
                ),
            )
            shown.append(html("custom_choice", name=name, label=label, required=required, options=options))
        else:
            digits = Markup('inputmode="numeric" pattern="[0-9]*"') if one["type"] == "numeric" else ""
            shown.append(
                html("custom_field", name=name, label=label, value=value, required=required, digits=digits)
            )
    return shown


def _saved(world: World, session: Record, customer: Record | None) -> list[Record]:
    """The customer's cards that may be shown again."""
    allowed = (session["saved_payment_method_options"] or {}).get("allow_redisplay_filters") or []
    if customer is None:
        return []
    methods = world.scan("payment_method", newest_first=True, customer=customer["id"], type="card")
    return [method for method in methods if method["allow_redisplay"] in allowed]


def _payment(world: World, session: Record, customer: Record | None, typed: Mapping[str, str]) -> Markup:
    choices = [(method["id"], names.of_method(method)) for method in _saved(world, session, customer)]
    choices += [(kind, translate(METHODS[kind])) for kind in session["payment_method_types"]]
    chosen = typed.get("method") or choices[0][0]
    rows = [
        {"value": value, "label": label, "checked": flag("checked", value == chosen)}
        for value, label in choices
    ]
    return html(
        "payment",
        choices=html("choices", choices=html.each("choice", rows))
        if len(rows) > 1
        else html.each("only", rows),
        name=_field("name", "Name on the card or account", typed, required=True, autocomplete="name"),
        panels=[_panel(session, kind, kind != chosen, typed) for kind in session["payment_method_types"]],
    )


def _panel(session: Record, kind: str, hidden: bool, typed: Mapping[str, str]) -> Markup:
    """The fields of one kind of payment method."""
    by_card = session["billing_address_collection"] != "required"
    place = {"country": typed.get("country") or "US", "postal_code": typed.get("postalCode", "")}
    card = card_form.fields(**place, with_place=by_card)
    return html(kind, hidden=flag("hidden", hidden), card=card, chooser=card_form.chooser())


def _billing(session: Record, typed: Mapping[str, str]) -> Markup:
    parts: list[Markup] = []
    if session["billing_address_collection"] == "required":
        parts += _address("", typed)
    if session["tax_id_collection"]["enabled"]:
        kinds = html.each("tax_kind", ({"kind": kind} for kind in TAX_IDS))
        parts += [_field("business_name", "Business name (optional)", typed), html("tax_id", kinds=kinds)]
    return html("fieldset", title=say("Billing details"), body=parts) if parts else Markup()


def _consent(session: Record, typed: Mapping[str, str]) -> list[Markup]:
    wanted = session["consent_collection"] or {}
    texts = session["custom_text"] or {}
    boxes = []
    if wanted.get("terms_of_service") == "required":
        text = (texts.get("terms_of_service_acceptance") or {}).get("message") or say(
            "I agree to the terms of service."
        )
        boxes.append(html("box", name="terms", text=text, required=flag("required", True)))
    if wanted.get("promotions") == "auto":
        boxes.append(html("box", name="promotions", text=say("Send me news and offers."), required=""))
    return boxes


def _button(session: Record) -> str:
    if session["mode"] == "setup":
        return say("Save")
    if session["mode"] == "subscription":
        return say("Start trial") if lines.has_trial(session) else say("Subscribe")
    amount = money.show(session["amount_total"], session["currency"])
    return say(BUTTONS[session["submit_type"] or "auto"], amount=amount)


def _terms(world: World, session: Record) -> str:
    account = names.of_account(world)
    if session["mode"] == "subscription":
        return say(
            "By confirming, you allow {account} to charge you for this and future payments ({recurring}) until you "
            "cancel.",
            account=account,
            recurring=summary.recurring(world, session),
        )
    if session["mode"] == "setup":
        return say("By saving, you allow {account} to charge you later.", account=account)
    return ""


# -- what was typed ------------------------------------------------------------------------------------------------


def read_method(session: Record, typed: Mapping[str, str]) -> dict[str, Any] | str | None:
    """Data for a new payment method, the id of a saved one, or None where none is asked for."""
    if not needs_method(session):
        return None
    kind = typed.get("method") or session["payment_method_types"][0]
    owner: dict[str, Any] = {"name": typed.get("name", "")} | (
        {"email": typed["email"]} if typed.get("email") else {}
    )
    if kind == "us_bank_account":
        account = {"account_holder_type": "individual", "routing_number": "110000000"}
        data: dict[str, Any] = {
            "type": kind,
            kind: account | {"account_number": typed.get("account_number", "")},
        }
    elif kind == "sepa_debit":
        data = {"type": kind, kind: {"iban": typed.get("iban", "")}}
    elif kind == "card":
        data = card_form.read(dict(typed))
    else:
        return kind
    data["billing_details"] = data.get("billing_details", {}) | owner
    return data


def read_buyer(typed: Mapping[str, str]) -> Buyer:
    address = _read_address(typed, "")
    if typed.get("postalCode"):
        address["postal_code"] = typed["postalCode"]
    shipping = _read_address(typed, "shipping_")
    tax_id = {"type": typed.get("tax_id_type", ""), "value": typed.get("tax_id", "")}
    return Buyer(
        email=typed.get("email") or None,
        name=typed.get("name") or typed.get("shipping_name") or None,
        phone=typed.get("phone") or None,
        address=address or None,
        shipping={"name": typed.get("shipping_name", ""), "address": shipping} if shipping else None,
        business_name=typed.get("business_name") or None,
        tax_id=tax_id if tax_id["value"] else None,
        accepts_terms="terms" in typed,
        wants_promotions="promotions" in typed,
        custom_fields={
            name.removeprefix("custom_"): value for name, value in typed.items() if name.startswith("custom_")
        },
    )


def _read_address(typed: Mapping[str, str], prefix: str) -> dict[str, str]:
    return {part: typed[prefix + part] for part in PARTS if typed.get(prefix + part)}

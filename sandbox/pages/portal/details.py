"""Billing details in the portal: name, e-mail, phone, address, tax ids."""

from __future__ import annotations

from typing import Any

from sandbox.pages.markup import Markup, Templates
from sandbox.pages.portal.visit import Visit, portal_action, portal_page
from sandbox.pages.words import say, translate
from sandbox.routing import Response
from sandbox.store import Record

html = Templates("portal")
FEATURE = "customer_update"
PLAIN = (("name", "Name"), ("email", "Email"), ("phone", "Phone number"))
ADDRESS = (
    ("line1", "Address"),
    ("line2", "Address, second line"),
    ("postal_code", "Postal code"),
    ("city", "City"),
    ("state", "State or region"),
)


TAX_IDS = (
    "eu_vat",
    "gb_vat",
    "us_ein",
    "ca_gst_hst",
    "au_abn",
    "ch_vat",
    "cn_tin",
    "in_gst",
    "jp_trn",
    "no_vat",
)


def _tax_ids(visit: Visit) -> list[Record]:
    held: list[Record] = visit.call("GET", f"/v1/customers/{visit.customer['id']}/tax_ids", {"limit": 100})[
        "data"
    ]
    return held


def overview(visit: Visit) -> Markup:
    customer, address = visit.customer, visit.customer["address"] or {}
    town = " ".join(address[name] for name in ("postal_code", "city", "state") if address.get(name))
    facts = [
        customer["name"],
        customer["email"],
        customer["phone"],
        address.get("line1"),
        address.get("line2"),
        town,
    ]
    rows = [{"text": text} for text in (*facts, address.get("country")) if text]
    rows += [{"text": say("Tax ID {number}", number=tax_id["value"])} for tax_id in _tax_ids(visit)]
    link = html("button_link", path=f"{visit.home}/details", text=say("Update information"))
    body = html(
        "details",
        rows=html.each("detail", rows) or html("none", text=say("Nothing is known yet.")),
        link=link if visit.features[FEATURE]["enabled"] else "",
    )
    return html("section", title=say("Billing information"), body=body)


@portal_page("/details", FEATURE)
def show(visit: Visit) -> Response:
    allowed = visit.features[FEATURE]["allowed_updates"] or []
    customer, address = visit.customer, visit.customer["address"] or {}
    fields = [
        {"name": name, "label": translate(label), "value": customer[name] or ""}
        for name, label in PLAIN
        if name in allowed
    ]
    place = Markup()
    if "address" in allowed:
        rows = [
            {"name": name, "label": translate(label), "value": address.get(name) or ""}
            for name, label in ADDRESS
        ]
        place = html("place", fields=html.each("field", rows), country=address.get("country") or "US")
    tax = html("tax_id", kinds=html.each("tax_kind", ({"kind": kind} for kind in TAX_IDS)))
    body = html(
        "edit_details",
        path=f"{visit.home}/details",
        home=visit.home,
        fields=html.each("field", fields),
        place=place,
        tax=tax if "tax_id" in allowed else "",
    )
    return visit.show(say("Billing information"), body)


@portal_action("/details", show, FEATURE)
def save(visit: Visit) -> str:
    allowed, form = visit.features[FEATURE]["allowed_updates"] or [], visit.form
    params: dict[str, Any] = {name: form[name] for name, _ in PLAIN if name in allowed and name in form}
    if "address" in allowed:
        names = [name for name, _ in ADDRESS] + ["country"]
        params["address"] = {name: form.get(name, "") for name in names}
    customer = f"/v1/customers/{visit.customer['id']}"
    if "tax_id" in allowed and form.get("tax_id"):
        visit.call("POST", f"{customer}/tax_ids", {"type": form["tax_id_type"], "value": form["tax_id"]})
    visit.call("POST", customer, params)
    return visit.finish()

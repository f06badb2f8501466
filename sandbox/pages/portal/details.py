"""Billing details in the portal: name, e-mail, phone, address."""

from __future__ import annotations

from typing import Any

from sandbox.pages.markup import Markup, Templates
from sandbox.pages.portal.visit import Visit, portal_action, portal_page
from sandbox.routing import Response

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
    link = html("button_link", path=f"{visit.home}/details", text="Update information")
    body = html(
        "details",
        rows=html.each("detail", rows) or html("none", text="Nothing is known yet."),
        link=link if visit.features[FEATURE]["enabled"] else "",
    )
    return html("section", title="Billing information", body=body)


@portal_page("/details", FEATURE)
def show(visit: Visit) -> Response:
    allowed = visit.features[FEATURE]["allowed_updates"] or []
    customer, address = visit.customer, visit.customer["address"] or {}
    fields = [
        {"name": name, "label": label, "value": customer[name] or ""}
        for name, label in PLAIN
        if name in allowed
    ]
    place = Markup()
    if "address" in allowed:
        rows = [{"name": name, "label": label, "value": address.get(name) or ""} for name, label in ADDRESS]
        place = html("place", fields=html.each("field", rows), country=address.get("country") or "US")
    body = html(
        "edit_details",
        path=f"{visit.home}/details",
        home=visit.home,
        fields=html.each("field", fields),
        place=place,
    )
    return visit.show("Billing information", body)


@portal_action("/details", show, FEATURE)
def save(visit: Visit) -> str:
    allowed, form = visit.features[FEATURE]["allowed_updates"] or [], visit.form
    params: dict[str, Any] = {name: form[name] for name, _ in PLAIN if name in allowed and name in form}
    if "address" in allowed:
        names = [name for name, _ in ADDRESS] + ["country"]
        params["address"] = {name: form.get(name, "") for name in names}
    visit.call("POST", f"/v1/customers/{visit.customer['id']}", params)
    return visit.finish()

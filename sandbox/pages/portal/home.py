"""The portal's first page: subscriptions, cards, billing details, invoices. A session with a flow goes straight on."""

from __future__ import annotations

from typing import Any

from sandbox.pages import money, names
from sandbox.pages.layout import redirect
from sandbox.pages.markup import Markup, Templates, address
from sandbox.pages.portal import cards, details, subscriptions
from sandbox.pages.portal.visit import Visit, portal_page
from sandbox.pages.words import say, translate
from sandbox.routing import Response

html = Templates("portal")


@portal_page("")
def show(visit: Visit) -> Response:
    kind = visit.flow.get("type")
    if kind and "home" not in visit.form:
        return redirect(visit.home + _deep_path(visit, kind))
    parts = [subscriptions.overview(visit), cards.overview(visit), details.overview(visit), _invoices(visit)]
    return visit.show(say("Manage your plan and payments"), Markup("".join(parts)))


def _deep_path(visit: Visit, kind: str) -> str:
    if kind == "payment_method_update":
        return "/payment-methods/add"
    if kind == "customer_update":
        return "/details"
    subscription = visit.flow[kind]["subscription"]
    return f"/subscriptions/{subscription}/{'cancel' if kind == 'subscription_cancel' else 'update'}"


def _invoices(visit: Visit) -> Markup:
    if not visit.features["invoice_history"]["enabled"]:
        return Markup()
    rows: list[dict[str, Any]] = [
        {
            "date": names.of_day(invoice["created"]),
            "url": address(invoice["hosted_invoice_url"]),
            "pdf": address(invoice["invoice_pdf"]),
            "number": invoice["number"],
            "amount": money.show(invoice["total"], invoice["currency"]),
            "status": translate(invoice["status"].capitalize()),
        }
        for invoice in visit.all("/v1/invoices")
        if invoice["status"] != "draft"
    ]
    table = (
        html("invoices", rows=html.each("invoice", rows))
        if rows
        else html("none", text=say("No invoices yet."))
    )
    return html("section", title=say("Invoice history"), body=table)


@portal_page("/done")
def confirm(visit: Visit) -> Response:
    """A flow is over, and the session says so itself."""
    after = visit.flow.get("after_completion") or {}
    message = (after.get("hosted_confirmation") or {}).get("custom_message")
    return visit.show(say("Done"), html("done", message=message or say("Your change was made.")))

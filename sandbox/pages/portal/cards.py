"""Cards in the portal: add one, make one the default, remove one."""

from __future__ import annotations

from typing import Any

from sandbox.errors import StripeError
from sandbox.pages import card_form, names, words
from sandbox.pages.layout import redirect
from sandbox.pages.markup import Markup, Templates
from sandbox.pages.portal.visit import Visit, portal_action, portal_page
from sandbox.pages.words import say, translate
from sandbox.routing import Response
from sandbox.store import Record

html = Templates("portal")
FEATURE = "payment_method_update"


def overview(visit: Visit) -> Markup:
    if not visit.features[FEATURE]["enabled"]:
        return Markup()
    default = visit.customer["invoice_settings"]["default_payment_method"]
    rows = []
    for method in visit.all("/v1/payment_methods"):
        path = f"{visit.home}/payment-methods/{method['id']}"
        is_default = method["id"] == default
        card = method.get("card")
        rows.append(
            {
                "name": names.of_method(method),
                "expiry": say(
                    "Expires {month}/{year}", month=f"{card['exp_month']:02d}", year=card["exp_year"]
                )
                if card
                else "",
                "default": html("default") if is_default else html("make_default", path=path),
                "remove": "" if is_default else html("remove", path=path),
            }
        )
    body = html(
        "cards",
        rows=html.each("card", rows) or html("none", text=say("No card is saved.")),
        add=html("button_link", path=f"{visit.home}/payment-methods/add", text=say("Add payment method")),
    )
    return html("section", title=say("Payment methods"), body=body)


@portal_page("/payment-methods/add", FEATURE)
def show_add(visit: Visit) -> Response:
    body = html(
        "add_card",
        path=f"{visit.home}/payment-methods/add",
        home=visit.home,
        now=visit.sandbox.now,
        card=card_form.fields(),
        chooser=card_form.chooser(),
    )
    return visit.show(say("Add payment method"), body)


@portal_action("/payment-methods/add", show_add, FEATURE)
def add(visit: Visit) -> str:
    """Set the card up; one that wants authentication leads over its page and back to `added`."""
    method = visit.call("POST", "/v1/payment_methods", card_form.read(visit.form), publishable=True)
    intent = visit.call(
        "POST",
        "/v1/setup_intents",
        {
            "customer": visit.customer["id"],
            "payment_method": method["id"],
            "payment_method_types": ["card"],
            "usage": "off_session",
            "confirm": True,
            "return_url": f"{visit.sandbox.base_url}{visit.home}/payment-methods/added",
        },
    )
    action: dict[str, Any] = (intent["next_action"] or {}).get("redirect_to_url") or {}
    return f"{action['url']}&locale={words.spoken()}" if action else _take(visit, intent)


@portal_page("/payment-methods/added", FEATURE)
def finish_adding(visit: Visit) -> Response:
    """Back from the authentication."""
    intent = visit.call("GET", f"/v1/setup_intents/{visit.form.get('setup_intent', '')}")
    if intent["customer"] == visit.customer["id"] and intent["status"] == "succeeded":
        return redirect(_take(visit, intent))
    visit.problem = translate((intent["last_setup_error"] or {}).get("message", "The card was not saved."))
    return show_add(visit)


def _take(visit: Visit, intent: Record) -> str:
    """A new card becomes the default."""
    make_default(visit, intent["payment_method"])
    return visit.finish()


def make_default(visit: Visit, method_id: str) -> None:
    """For the customer's invoices, and for subscriptions that had a card of their own."""
    customer = visit.customer["id"]
    visit.call(
        "POST", f"/v1/customers/{customer}", {"invoice_settings": {"default_payment_method": method_id}}
    )
    for subscription in visit.all("/v1/subscriptions"):
        if subscription["default_payment_method"] not in (None, method_id):
            visit.call(
                "POST", f"/v1/subscriptions/{subscription['id']}", {"default_payment_method": method_id}
            )


def _own(visit: Visit) -> str:
    method_id = visit.request.ids["method"]
    if method_id not in {method["id"] for method in visit.all("/v1/payment_methods")}:
        raise StripeError("This payment method is not yours.", status=404)
    return method_id


@portal_action("/payment-methods/{method}/default", show_add, FEATURE)
def choose(visit: Visit) -> str:
    make_default(visit, _own(visit))
    return visit.home + "?home"


@portal_action("/payment-methods/{method}/remove", show_add, FEATURE)
def remove(visit: Visit) -> str:
    visit.call("POST", f"/v1/payment_methods/{_own(visit)}/detach")
    return visit.home + "?home"

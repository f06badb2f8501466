"""Subscriptions in the portal: change the plan, cancel, keep."""

from __future__ import annotations

from typing import Any

from sandbox.errors import StripeError
from sandbox.pages import money, names
from sandbox.pages.markup import Markup, Templates, flag
from sandbox.pages.portal.visit import Visit, portal_action, portal_page
from sandbox.routing import Response
from sandbox.store import Record

html = Templates("portal")
SHOWN = ("active", "trialing", "past_due", "unpaid", "paused")
REASONS = {
    "customer_service": "Customer service was less than expected",
    "low_quality": "Quality was less than expected",
    "missing_features": "Some features are missing",
    "switched_service": "I’m switching to a different service",
    "too_complex": "Ease of use was less than expected",
    "too_expensive": "It’s too expensive",
    "unused": "I don’t use the service enough",
    "other": "Other reason",
}


def period_end(subscription: Record) -> int:
    return max(item["current_period_end"] for item in subscription["items"]["data"])


def ends_at(subscription: Record) -> int | None:
    """When it will end because somebody cancelled it."""
    if subscription["cancel_at"]:
        return int(subscription["cancel_at"])
    return period_end(subscription) if subscription["cancel_at_period_end"] else None


def _describe(visit: Visit, subscription: Record) -> list[dict[str, str]]:
    with visit.sandbox.work() as world:
        return [
            {
                "name": names.of_product(world, item["price"]),
                "price": names.of_price(item["price"]),
                "quantity": f"{item['quantity']} × " if (item.get("quantity") or 1) > 1 else "",
            }
            for item in subscription["items"]["data"]
        ]


def _state(subscription: Record) -> str:
    end = ends_at(subscription)
    if end:
        return f"Your subscription will be canceled on {names.of_day(end)}."
    if subscription["status"] == "trialing":
        return f"Your trial ends on {names.of_day(subscription['trial_end'])}."
    if subscription["status"] in ("past_due", "unpaid"):
        return "The last payment failed. Please pay the open invoice below or change your card."
    return f"Your subscription renews on {names.of_day(period_end(subscription))}."


def overview(visit: Visit) -> Markup:
    rows = []
    for subscription in visit.all("/v1/subscriptions", status="all"):
        if subscription["status"] not in SHOWN:
            continue
        path = f"{visit.home}/subscriptions/{subscription['id']}"
        ending = ends_at(subscription)
        may_update = visit.features["subscription_update"]["enabled"] and not ending
        may_cancel = visit.features["subscription_cancel"]["enabled"]
        rows.append(
            {
                "items": html.each("plan", _describe(visit, subscription)),
                "state": _state(subscription),
                "update": html("button_link", path=f"{path}/update", text="Update plan")
                if may_update
                else "",
                "cancel": html("button_link", path=f"{path}/cancel", text="Cancel plan")
                if may_cancel and not ending
                else "",
                "resume": html("resume", path=f"{path}/resume") if may_cancel and ending else "",
            }
        )
    body = html.each("subscription", rows) if rows else html("none", text="No subscription at present.")
    return html("section", title="Current plan", body=body)


def _find(visit: Visit) -> Record:
    subscription: Record = visit.call("GET", f"/v1/subscriptions/{visit.request.ids['subscription']}")
    if subscription["customer"] != visit.customer["id"]:
        raise StripeError("This subscription is not yours.", status=404)
    return subscription


# -- cancel and keep -----------------------------------------------------------------------------------------------


@portal_page("/subscriptions/{subscription}/cancel", "subscription_cancel")
def show_cancel(visit: Visit) -> Response:
    subscription = _find(visit)
    at_end = visit.features["subscription_cancel"]["mode"] == "at_period_end"
    asked = visit.features["subscription_cancel"]["cancellation_reason"]
    reasons = [
        {"value": value, "label": label}
        for value, label in REASONS.items()
        if asked["enabled"] and value in asked["options"]
    ]
    body = html(
        "cancel",
        path=visit.request.path,
        home=visit.home,
        items=html.each("plan", _describe(visit, subscription)),
        when=f"It stays available until {names.of_day(period_end(subscription))}."
        if at_end
        else "It ends at once.",
        reasons=html("reasons", options=html.each("option", reasons)) if reasons else "",
    )
    return visit.show("Cancel your subscription", body)


@portal_action("/subscriptions/{subscription}/cancel", show_cancel, "subscription_cancel")
def cancel(visit: Visit) -> str:
    """At the period's end the portal sets `cancel_at`, and `cancel_at_period_end` stays false."""
    subscription = _find(visit)
    settings = visit.features["subscription_cancel"]
    details = {"feedback": visit.form.get("reason"), "comment": visit.form.get("comment")}
    chosen: dict[str, Any] = {"cancellation_details": {k: v for k, v in details.items() if v}}
    path = f"/v1/subscriptions/{subscription['id']}"
    if settings["mode"] == "at_period_end":
        visit.call("POST", path, {"cancel_at": period_end(subscription), **chosen})
    else:
        prorate = settings["proration_behavior"] != "none"
        now = settings["proration_behavior"] == "always_invoice"
        visit.call("DELETE", path, {"prorate": prorate, "invoice_now": now, **chosen})
    return visit.finish()


@portal_action("/subscriptions/{subscription}/resume", show_cancel, "subscription_cancel")
def resume(visit: Visit) -> str:
    """Take a scheduled cancellation back, whichever way it was scheduled."""
    subscription = _find(visit)
    undone: dict[str, Any] = (
        {"cancel_at": ""} if subscription["cancel_at"] else {"cancel_at_period_end": False}
    )
    visit.call("POST", f"/v1/subscriptions/{subscription['id']}", undone)
    return visit.home


# -- another plan --------------------------------------------------------------------------------------------------


def _choices(visit: Visit, item: Record) -> list[Record]:
    """The prices that the configuration offers, in the subscription's currency."""
    offered = [
        price_id
        for product in visit.features["subscription_update"]["products"] or ()
        for price_id in product["prices"]
    ]
    prices: list[Record] = [visit.call("GET", f"/v1/prices/{price_id}") for price_id in offered]
    return [price for price in prices if price["active"] and price["currency"] == item["price"]["currency"]]


@portal_page("/subscriptions/{subscription}/update", "subscription_update")
def show_update(visit: Visit) -> Response:
    subscription = _find(visit)
    item = subscription["items"]["data"][0]
    preset = _preset(visit)
    chosen = visit.form.get("price") or preset.get("price")
    if chosen:
        return _show_confirmation(
            visit, subscription, chosen, visit.form.get("quantity") or preset.get("quantity")
        )
    allowed = visit.features["subscription_update"]["default_allowed_updates"]
    with visit.sandbox.work() as world:
        rows = [
            {
                "id": price["id"],
                "name": names.of_product(world, price),
                "price": names.of_price(price),
                "checked": flag("checked", price["id"] == item["price"]["id"]),
                "now": " (your plan now)" if price["id"] == item["price"]["id"] else "",
            }
            for price in (_choices(visit, item) if "price" in allowed else [item["price"]])
        ]
    quantity = html("quantity", value=item["quantity"]) if "quantity" in allowed else ""
    body = html(
        "update",
        path=visit.request.path,
        home=visit.home,
        choices=html.each("choice", rows),
        quantity=quantity,
    )
    return visit.show("Update your plan", body)


def _preset(visit: Visit) -> Record:
    """What the flow has chosen already, so that there is only to confirm."""
    if visit.flow.get("type") != "subscription_update_confirm":
        return {}
    items: list[Record] = visit.flow["subscription_update_confirm"]["items"]
    return items[0]


def _change(visit: Visit, subscription: Record, price: str, quantity: Any) -> dict[str, Any]:
    item = {"id": subscription["items"]["data"][0]["id"], "price": price}
    if quantity:
        item["quantity"] = int(quantity)
    behavior = visit.features["subscription_update"]["proration_behavior"]
    return {"items": [item], "proration_behavior": behavior}


def _show_confirmation(visit: Visit, subscription: Record, price_id: str, quantity: Any) -> Response:
    """What it will cost, before it is done."""
    price = visit.call("GET", f"/v1/prices/{price_id}")
    due = ""
    try:
        preview = visit.call(
            "POST",
            "/v1/invoices/create_preview",
            {
                "customer": visit.customer["id"],
                "subscription": subscription["id"],
                "subscription_details": _change(visit, subscription, price_id, quantity),
            },
        )
        due = html("due", amount=money.show(preview["amount_due"], preview["currency"]))
    except StripeError as error:
        visit.problem = visit.problem or str(error)
    with visit.sandbox.work() as world:
        name = names.of_product(world, price)
    body = html(
        "confirm_update",
        path=visit.request.path,
        home=visit.home,
        name=name,
        price=names.of_price(price),
        price_id=price_id,
        quantity=quantity,
        due=due,
    )
    return visit.show("Confirm your updates", body)


@portal_action("/subscriptions/{subscription}/update", show_update, "subscription_update")
def update(visit: Visit) -> str:
    subscription = _find(visit)
    offered = {price["id"] for price in _choices(visit, subscription["items"]["data"][0])}
    offered |= {subscription["items"]["data"][0]["price"]["id"], str(_preset(visit).get("price"))}
    if visit.form["price"] not in offered:
        raise StripeError("This plan is not on offer.")
    change = _change(visit, subscription, visit.form["price"], visit.form.get("quantity"))
    visit.call("POST", f"/v1/subscriptions/{subscription['id']}", change)
    return visit.finish()

"""Changing the plan in the portal: choose, see what it costs, confirm. A downgrade may wait for the period's end.

https://docs.stripe.com/customer-management/configure-portal
"""

from __future__ import annotations

from typing import Any

from sandbox.errors import StripeError
from sandbox.pages import money, names
from sandbox.pages.markup import Templates, flag
from sandbox.pages.portal.visit import Visit, portal_action, portal_page
from sandbox.pages.words import say, translate
from sandbox.routing import Response
from sandbox.store import Record

html = Templates("portal")
FEATURE = "subscription_update"
LENGTHS = {"day": 1, "week": 7, "month": 30, "year": 365}


def find(visit: Visit) -> Record:
    """The customer's own subscription that the path names."""
    subscription: Record = visit.call("GET", f"/v1/subscriptions/{visit.request.ids['subscription']}")
    if subscription["customer"] != visit.customer["id"]:
        raise StripeError("This subscription is not yours.", status=404)
    return subscription


def _allowed(visit: Visit) -> list[str]:
    return visit.features[FEATURE]["default_allowed_updates"] or []


def _preset(visit: Visit) -> Record:
    """What the flow has chosen already, so that there is only to confirm."""
    if visit.flow.get("type") != "subscription_update_confirm":
        return {}
    items: list[Record] = visit.flow["subscription_update_confirm"]["items"]
    return items[0]


def _offered(visit: Visit, item: Record) -> list[Record]:
    """The prices that the configuration offers, in the subscription's currency; else the one that it has."""
    if "price" not in _allowed(visit):
        return [item["price"]]
    listed = [price for product in visit.features[FEATURE]["products"] or () for price in product["prices"]]
    prices: list[Record] = [visit.call("GET", f"/v1/prices/{price}") for price in listed]
    return [price for price in prices if price["active"] and price["currency"] == item["price"]["currency"]]


# -- choosing ------------------------------------------------------------------------------------------------------


@portal_page("/subscriptions/{subscription}/update", FEATURE)
def show(visit: Visit) -> Response:
    """The choice, or once something is chosen what it costs."""
    subscription = find(visit)
    chosen = visit.form.get("price") or _preset(visit).get("price")
    return _show_cost(visit, subscription, chosen) if chosen else _show_choice(visit, subscription)


def _show_choice(visit: Visit, subscription: Record) -> Response:
    item = subscription["items"]["data"][0]
    offered = _offered(visit, item)
    with visit.sandbox.work() as world:
        rows = [
            {
                "id": price["id"],
                "name": names.of_product(world, price),
                "price": names.of_price(price),
                "checked": flag("checked", price["id"] == item["price"]["id"]),
                "now": say(" (your plan now)") if price["id"] == item["price"]["id"] else "",
            }
            for price in offered
        ]
    body = html(
        "update",
        path=visit.request.path,
        home=visit.home,
        choices=html.each("choice", rows),
        quantity=html("quantity", value=item["quantity"]) if "quantity" in _allowed(visit) else "",
        code=html("code") if "promotion_code" in _allowed(visit) else "",
    )
    return visit.show(say("Update your plan"), body)


# -- what it costs -------------------------------------------------------------------------------------------------


def _quantity(visit: Visit, item: Record) -> int:
    preset = _preset(visit).get("quantity") or item.get("quantity") or 1
    return visit.form.whole("quantity", int(preset))


def _change(visit: Visit, subscription: Record, price: str) -> dict[str, Any]:
    item = subscription["items"]["data"][0]
    changed = {"id": item["id"], "price": price, "quantity": _quantity(visit, item)}
    return {"items": [changed], "proration_behavior": visit.features[FEATURE]["proration_behavior"]}


def _discounts(visit: Visit) -> dict[str, Any]:
    """The promotion code that was typed, as a parameter."""
    code = visit.form.get("code", "").strip()
    if not code or "promotion_code" not in _allowed(visit):
        return {}
    found = visit.call("GET", "/v1/promotion_codes", {"code": code, "active": True})["data"]
    if not found:
        raise StripeError("This code is invalid.", param="promotion_code")
    return {"discounts": [{"promotion_code": found[0]["id"]}]}


def _show_cost(visit: Visit, subscription: Record, price_id: str) -> Response:
    """What the change will cost, before it is made."""
    price = visit.call("GET", f"/v1/prices/{price_id}")
    with visit.sandbox.work() as world:
        name = names.of_product(world, price)
    body = html(
        "confirm_update",
        path=visit.request.path,
        home=visit.home,
        name=name,
        price=names.of_price(price),
        price_id=price_id,
        quantity=_quantity(visit, subscription["items"]["data"][0]),
        typed_code=visit.form.get("code", ""),
        due=_preview(visit, subscription, price),
    )
    return visit.show(say("Confirm your updates"), body)


def _preview(visit: Visit, subscription: Record, price: Record) -> str:
    if _waits(visit, subscription, price):
        day = names.of_day(_period_end(subscription))
        return say("Your plan changes on {day}; nothing is due before.", day=day)
    try:
        invoice = visit.call(
            "POST",
            "/v1/invoices/create_preview",
            {
                "customer": visit.customer["id"],
                "subscription": subscription["id"],
                "subscription_details": _change(visit, subscription, price["id"]),
                **_discounts(visit),
            },
        )
    except StripeError as error:
        visit.problem = visit.problem or translate(str(error))
        return ""
    amount = money.show(invoice["amount_due"], invoice["currency"])
    return say("Next invoice with this change: {amount}.", amount=amount)


def _period_end(subscription: Record) -> int:
    return max(item["current_period_end"] for item in subscription["items"]["data"])


def _waits(visit: Visit, subscription: Record, price: Record) -> bool:
    """Whether the configuration lets this change wait for the period's end."""
    wanted = {
        c["type"] for c in (visit.features[FEATURE]["schedule_at_period_end"] or {}).get("conditions") or ()
    }
    item = subscription["items"]["data"][0]
    before, after = item["price"], price
    cheaper = _quantity(visit, item) * (after["unit_amount"] or 0) < item["quantity"] * (
        before["unit_amount"] or 0
    )
    shorter = _length(after) < _length(before)
    return ("decreasing_item_amount" in wanted and cheaper) or ("shortening_interval" in wanted and shorter)


def _length(price: Record) -> int:
    recurring = price["recurring"]
    return LENGTHS[recurring["interval"]] * int(recurring["interval_count"])


# -- making it -----------------------------------------------------------------------------------------------------


@portal_action("/subscriptions/{subscription}/update", show, FEATURE)
def update(visit: Visit) -> str:
    subscription = find(visit)
    item = subscription["items"]["data"][0]
    offered = {price["id"] for price in _offered(visit, item)} | {str(_preset(visit).get("price"))}
    if visit.form["price"] not in offered:
        raise StripeError("This plan is not on offer.")
    price = visit.call("GET", f"/v1/prices/{visit.form['price']}")
    if _waits(visit, subscription, price):
        _schedule(visit, subscription, price)
    else:
        change = _change(visit, subscription, price["id"]) | _discounts(visit)
        visit.call("POST", f"/v1/subscriptions/{subscription['id']}", change)
    return visit.finish()


def _schedule(visit: Visit, subscription: Record, price: Record) -> None:
    """The present phase to its end, then the new price, and then on without a schedule."""
    schedule = visit.call("POST", "/v1/subscription_schedules", {"from_subscription": subscription["id"]})
    present = schedule["phases"][0]
    kept = [{"price": item["price"], "quantity": item["quantity"]} for item in present["items"]]
    new = [{"price": price["id"], "quantity": _quantity(visit, subscription["items"]["data"][0])}]
    recurring = price["recurring"]
    duration = {"interval": recurring["interval"], "interval_count": recurring["interval_count"]}
    phases = [
        {"items": kept, "start_date": present["start_date"], "end_date": present["end_date"]},
        {"items": new, "duration": duration, "proration_behavior": "none"},
    ]
    visit.call(
        "POST", f"/v1/subscription_schedules/{schedule['id']}", {"phases": phases, "end_behavior": "release"}
    )


def planned_change(visit: Visit, subscription: Record) -> str:
    """What a schedule will change, in a sentence; nothing if there is none."""
    if not subscription["schedule"]:
        return ""
    schedule = visit.call("GET", f"/v1/subscription_schedules/{subscription['schedule']}")
    coming = [phase for phase in schedule["phases"] if phase["start_date"] > visit.sandbox.now]
    if not coming:
        return ""
    price = visit.call("GET", f"/v1/prices/{coming[0]['items'][0]['price']}")
    with visit.sandbox.work() as world:
        name = names.of_product(world, price)
    day = names.of_day(coming[0]["start_date"])
    return say(
        "Your plan changes to {name}, {price}, on {day}.", name=name, price=names.of_price(price), day=day
    )


@portal_action("/subscriptions/{subscription}/keep", show, FEATURE)
def keep(visit: Visit) -> str:
    """Take a planned change back."""
    subscription = find(visit)
    visit.call("POST", f"/v1/subscription_schedules/{subscription['schedule']}/release")
    return f"{visit.home}?home"

"""Subscriptions in the portal: what one has, cancel, keep. Changing the plan is in plans.py."""

from __future__ import annotations

from typing import Any

from sandbox.pages import names
from sandbox.pages.markup import Markup, Templates
from sandbox.pages.portal import plans
from sandbox.pages.portal.visit import Visit, portal_action, portal_page
from sandbox.pages.words import say, translate
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


def describe(visit: Visit, subscription: Record) -> list[dict[str, str]]:
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
        return say("Your subscription will be canceled on {day}.", day=names.of_day(end))
    if subscription["status"] == "trialing":
        return say("Your trial ends on {day}.", day=names.of_day(subscription["trial_end"]))
    if subscription["status"] in ("past_due", "unpaid"):
        return say("The last payment failed. Please pay the open invoice below or change your card.")
    return say("Your subscription renews on {day}.", day=names.of_day(period_end(subscription)))


def overview(visit: Visit) -> Markup:
    held = visit.all("/v1/subscriptions", status="all")
    rows = [_row(visit, subscription) for subscription in held if subscription["status"] in SHOWN]
    body = html.each("subscription", rows) if rows else html("none", text=say("No subscription at present."))
    return html("section", title=say("Current plan"), body=body)


def _row(visit: Visit, subscription: Record) -> dict[str, Any]:
    """A subscription with the buttons that its state and the configuration allow."""
    path = f"{visit.home}/subscriptions/{subscription['id']}"
    ending, planned = ends_at(subscription), plans.planned_change(visit, subscription)
    may_update = visit.features["subscription_update"]["enabled"] and not ending and not planned
    may_cancel = visit.features["subscription_cancel"]["enabled"]
    keep = ""
    if planned:
        keep = html("resume", path=f"{path}/keep", text=say("Don’t update plan"))
    elif ending and may_cancel:
        keep = html("resume", path=f"{path}/resume", text=say("Don’t cancel plan"))
    return {
        "items": html.each("plan", describe(visit, subscription)),
        "state": planned or _state(subscription),
        "method": _card(visit, subscription),
        "update": html("button_link", path=f"{path}/update", text=say("Update plan")) if may_update else "",
        "cancel": html("button_link", path=f"{path}/cancel", text=say("Cancel plan"))
        if may_cancel and not ending
        else "",
        "resume": keep,
    }


def _card(visit: Visit, subscription: Record) -> str:
    """What the next invoice is charged to."""
    default = visit.customer["invoice_settings"]["default_payment_method"]
    with visit.sandbox.work() as world:
        return names.of_method(world.peek(subscription["default_payment_method"] or default))


# -- cancel and keep -----------------------------------------------------------------------------------------------


@portal_page("/subscriptions/{subscription}/cancel", "subscription_cancel")
def show_cancel(visit: Visit) -> Response:
    subscription = plans.find(visit)
    at_end = visit.features["subscription_cancel"]["mode"] == "at_period_end"
    asked = visit.features["subscription_cancel"]["cancellation_reason"]
    reasons = [
        {"value": value, "label": translate(label)}
        for value, label in REASONS.items()
        if asked["enabled"] and value in asked["options"]
    ]
    body = html(
        "cancel",
        path=visit.request.path,
        home=visit.home,
        items=html.each("plan", describe(visit, subscription)),
        when=say("It stays available until {day}.", day=names.of_day(period_end(subscription)))
        if at_end
        else say("It ends at once."),
        reasons=html("reasons", options=html.each("option", reasons)) if reasons else "",
    )
    return visit.show(say("Cancel your subscription"), body)


@portal_action("/subscriptions/{subscription}/cancel", show_cancel, "subscription_cancel")
def cancel(visit: Visit) -> str:
    """At the period's end the portal sets `cancel_at`, and `cancel_at_period_end` stays false."""
    subscription = plans.find(visit)
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
    subscription = plans.find(visit)
    undone: dict[str, Any] = (
        {"cancel_at": ""} if subscription["cancel_at"] else {"cancel_at_period_end": False}
    )
    visit.call("POST", f"/v1/subscriptions/{subscription['id']}", undone)
    return visit.home

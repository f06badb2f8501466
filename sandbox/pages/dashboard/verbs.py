"""What can be done with each kind of object on its page: calls of the API, in the states that allow them."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.pages.dashboard.actions import Action, Field
from sandbox.store import Record
from sandbox.world import World


def _status(*allowed: str) -> Callable[[Record], bool]:
    return lambda record: record.get("status") in allowed


def _active(on: bool) -> Callable[[Record], bool]:
    return lambda record: record["active"] == on


def _is_ending(record: Record) -> bool:
    return _status("active", "trialing", "past_due")(record) and bool(
        record["cancel_at"] or record["cancel_at_period_end"]
    )


def _is_running(record: Record) -> bool:
    return _status("active", "trialing", "past_due")(record) and not _is_ending(record)


ALIVE = _status("active", "trialing", "past_due", "unpaid", "incomplete", "paused")
CHANGEABLE = _status("active", "trialing", "past_due", "unpaid", "paused")
UNPAID = _status("requires_payment_method", "requires_confirmation", "requires_action", "requires_capture")
PERSON = (
    Field("name", "Name", held="name"),
    Field("email", "Email", "email", held="email"),
    Field("description", "Description", held="description"),
)
AMOUNT = Field("amount", "Amount (empty: all that is left)", "money")

ACTIONS = (
    Action("customer", "update", "Save", "POST", "/v1/customers/{id}", fields=PERSON),
    Action(
        "customer",
        "portal",
        "Open the customer portal",
        "POST",
        "/v1/billing_portal/sessions",
        {"customer": "{id}"},
        follow=True,
    ),
    Action("customer", "delete", "Delete", "DELETE", "/v1/customers/{id}", danger=True),
    Action(
        "subscription_item",
        "quantity",
        "Change the quantity",
        "POST",
        "/v1/subscription_items/{id}",
        fields=(Field("quantity", "Quantity of {title}", "whole", held="quantity"),),
        back="subscription",
    ),
    Action(
        "subscription",
        "cancel_at_end",
        "Cancel at the period's end",
        "POST",
        "/v1/subscriptions/{id}",
        {"cancel_at_period_end": True},
        when=_is_running,
    ),
    Action(
        "subscription",
        "resume",
        "Keep: do not cancel",
        "POST",
        "/v1/subscriptions/{id}",
        {"cancel_at_period_end": False},
        when=_is_ending,
    ),
    Action(
        "subscription", "cancel", "Cancel now", "DELETE", "/v1/subscriptions/{id}", when=ALIVE, danger=True
    ),
    Action(
        "payment_intent",
        "refund",
        "Refund",
        "POST",
        "/v1/refunds",
        {"payment_intent": "{id}"},
        (AMOUNT,),
        _status("succeeded"),
        danger=True,
    ),
    Action(
        "payment_intent",
        "capture",
        "Capture",
        "POST",
        "/v1/payment_intents/{id}/capture",
        when=_status("requires_capture"),
    ),
    Action(
        "payment_intent",
        "cancel",
        "Cancel",
        "POST",
        "/v1/payment_intents/{id}/cancel",
        when=UNPAID,
        danger=True,
    ),
    Action(
        "charge",
        "refund",
        "Refund",
        "POST",
        "/v1/refunds",
        {"charge": "{id}"},
        (AMOUNT,),
        lambda record: record["paid"] and not record["refunded"],
        danger=True,
    ),
    Action("invoice", "finalize", "Finalize", "POST", "/v1/invoices/{id}/finalize", when=_status("draft")),
    Action("invoice", "pay", "Charge the customer", "POST", "/v1/invoices/{id}/pay", when=_status("open")),
    Action(
        "invoice",
        "paid_otherwise",
        "Mark as paid",
        "POST",
        "/v1/invoices/{id}/pay",
        {"paid_out_of_band": True},
        when=_status("open"),
    ),
    Action(
        "invoice",
        "uncollectible",
        "Mark uncollectible",
        "POST",
        "/v1/invoices/{id}/mark_uncollectible",
        when=_status("open"),
    ),
    Action(
        "invoice",
        "void",
        "Void",
        "POST",
        "/v1/invoices/{id}/void",
        when=_status("open", "uncollectible"),
        danger=True,
    ),
    Action(
        "payment_method",
        "detach",
        "Detach",
        "POST",
        "/v1/payment_methods/{id}/detach",
        when=lambda record: bool(record["customer"]),
        danger=True,
    ),
    Action(
        "checkout.session",
        "expire",
        "Expire",
        "POST",
        "/v1/checkout/sessions/{id}/expire",
        when=_status("open"),
        danger=True,
    ),
    Action(
        "product",
        "rename",
        "Rename",
        "POST",
        "/v1/products/{id}",
        fields=(Field("name", "Name", held="name", required=True),),
    ),
    *(
        Action(kind, name, label, "POST", f"/v1/{kind}s/{{id}}", {"active": on}, when=_active(not on))
        for kind in ("product", "price", "promotion_code")
        for name, label, on in (("archive", "Archive", False), ("restore", "Restore", True))
    ),
    Action(
        "subscription_schedule",
        "release",
        "Release",
        "POST",
        "/v1/subscription_schedules/{id}/release",
        when=_status("active", "not_started"),
    ),
    Action(
        "test_helpers.test_clock",
        "advance",
        "Move on",
        "POST",
        "/v1/test_helpers/test_clocks/{id}/advance",
        fields=(Field("frozen_time", "Days", "days"),),
        when=_status("ready"),
    ),
    Action(
        "dispute",
        "close",
        "Accept the dispute",
        "POST",
        "/v1/disputes/{id}/close",
        when=_status("needs_response", "warning_needs_response"),
        danger=True,
    ),
    *(
        Action(
            "webhook_endpoint",
            name,
            label,
            "POST",
            "/v1/webhook_endpoints/{id}",
            {"disabled": off},
            when=_status("enabled" if off else "disabled"),
        )
        for name, label, off in (("disable", "Disable", True), ("enable", "Enable", False))
    ),
)


def offered(record: Record) -> list[Action]:
    if record.get("deleted"):
        return []
    return [action for action in ACTIONS if action.kind == record["object"] and action.when(record)]


def find(record: Record, name: str) -> Action | None:
    return next((action for action in offered(record) if action.name == name), None)


def parts(world: World, record: Record) -> list[Record]:
    """What is changed on the object's page too, as it has hardly a page of its own: a subscription's items."""
    if record["object"] != "subscription" or not CHANGEABLE(record):
        return []
    return [world.get("subscription_item", item_id) for item_id in record["_items"]]

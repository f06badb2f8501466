"""What can be done with an object on its page: each is one call of the API, offered in the states that allow it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.pages import money
from sandbox.pages.markup import Markup, Templates
from sandbox.store import Record

html = Templates("dashboard")
DAY = 86_400


@dataclass(frozen=True)
class Field:
    """Something to type. `money` is typed in the currency's main unit, `days` moves the record's time of that name on.
    `held` is the record's field that it begins with.
    """

    name: str
    label: str
    kind: str = "text"
    held: str = ""


@dataclass(frozen=True)
class Action:
    """`params` are sent as they are, with `{id}` filled in; `follow`: go to the `url` that is answered."""

    kind: str
    name: str
    label: str
    method: str
    path: str
    params: dict[str, Any] = field(default_factory=dict)
    fields: tuple[Field, ...] = ()
    when: Callable[[Record], bool] = lambda record: True
    danger: bool = False
    follow: bool = False

    def read(self, record: Record, form: dict[str, str]) -> dict[str, Any]:
        """The parameters of the call, with what was typed."""
        params = {
            name: value.format(id=record["id"]) if isinstance(value, str) else value
            for name, value in self.params.items()
        }
        for one in self.fields:
            typed = form.get(one.name, "").strip()
            if one.kind == "days":
                params[one.name] = record[one.name] + DAY * int(typed)
            elif one.kind != "money":
                params[one.name] = typed
            elif typed:
                params[one.name] = money.parse(typed, record["currency"])
        return params


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


def forms(record: Record, path: str) -> Markup:
    """A form per action that the object's state allows, below the path of the object's page."""
    rows = [
        {
            "action_path": f"{path}/{action.name}",
            "label": action.label,
            "tone": "danger" if action.danger else "",
            "fields": html.each("action_field", [_field(record, action, one) for one in action.fields]),
        }
        for action in offered(record)
    ]
    return html.each("action", rows)


def _field(record: Record, action: Action, one: Field) -> dict[str, str]:
    kind = {"money": "text", "days": "number"}.get(one.kind, one.kind)
    value = str(record.get(one.held) or "") if one.held else ""
    return {
        "id": f"{action.name}_{one.name}",
        "name": one.name,
        "label": one.label,
        "type": kind,
        "value": value,
    }

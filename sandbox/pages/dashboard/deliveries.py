"""Events with their deliveries to webhook endpoints: what was answered, sending again, and holding back."""

from __future__ import annotations

from collections.abc import Iterable

from sandbox.engine import Sandbox
from sandbox.pages import names
from sandbox.pages.dashboard import frame, kinds
from sandbox.pages.markup import Markup, Templates
from sandbox.routing import Request
from sandbox.store import Record
from sandbox.world import World

html = Templates("dashboard")
ACTIONS = ("hold", "release", "drop", "duplicate", "shuffle")


def state_of(world: World, event: Record) -> str:
    """Of all deliveries of an event together."""
    states = {(world.peek(delivery) or {}).get("state") for delivery in event.get("_deliveries", ())}
    return next(
        (state for state in ("failed", "dropped", "held", "pending", "delivered") if state in states), ""
    )


def table(world: World, events: Iterable[Record]) -> Markup:
    """Events as rows, with what they are about and whether they arrived."""
    rows = [
        {
            "path": kinds.path_of(event),
            "type": event["type"],
            "about": kinds.link(world, event["data"]["object"].get("id")),
            "state": kinds.badge(state_of(world, event)),
            "created": names.of_moment(event["created"]),
        }
        for event in events
    ]
    return html("events", rows=html.each("event", rows)) if rows else html("empty", text="No events.")


def switches(sandbox: Sandbox) -> Markup:
    """Hold back, let go, lose."""
    hold = sandbox.store.records.get("_hold")
    return html(
        "switches",
        pending=len(sandbox.deliveries.pending()),
        held=len(sandbox.deliveries.pending(held=True)),
        holding=f"Held back from now on: {hold['pattern']}" if hold else "Nothing is held back.",
    )


def of_event(world: World, event: Record) -> Markup:
    """Each delivery of an event with its attempts."""
    parts = []
    for delivery_id in event.get("_deliveries", ()):
        delivery = world.peek(delivery_id)
        if delivery is None:
            continue
        endpoint = world.peek(delivery["endpoint"]) or {}
        attempts = [
            {
                "at": names.of_moment(attempt["at"]),
                "status": attempt["status"] or "no answer",
                "tone": "good" if 200 <= attempt["status"] < 300 else "bad",
                "body": attempt["body"],
            }
            for attempt in delivery["attempts"]
        ]
        parts.append(
            html(
                "delivery",
                url=endpoint.get("url", "an endpoint that is gone"),
                endpoint=delivery["endpoint"],
                event=event["id"],
                state=kinds.badge(delivery["state"]),
                attempts=html.each("attempt", attempts) or html("empty", text="Not tried yet."),
            )
        )
    return Markup("".join(parts)) or html("empty", text="No webhook endpoint wanted this event.")


@frame.action("/dashboard/events/{event}/resend")
def resend(sandbox: Sandbox, request: Request) -> str:
    """To one endpoint, or to all that want it."""
    sandbox.deliveries.resend(request.ids["event"], request.form.get("endpoint") or None)
    return f"/dashboard/events/{request.ids['event']}"


@frame.action("/dashboard/deliveries/{action}")
def meddle(sandbox: Sandbox, request: Request) -> str:
    name = request.ids["action"]
    if name not in ACTIONS:
        raise ValueError(f"The dashboard cannot {name} deliveries.")
    pattern = request.form.get("pattern") or "*"
    if name in ("release", "shuffle"):
        getattr(sandbox.deliveries, name)()
    else:
        getattr(sandbox.deliveries, name)(pattern)
    return "/dashboard/events"

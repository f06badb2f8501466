"""The clock: move the whole sandbox on, and see what happened since."""

from __future__ import annotations

from sandbox.engine import Sandbox
from sandbox.pages import names
from sandbox.pages.dashboard import deliveries, frame
from sandbox.pages.markup import Markup, Templates
from sandbox.routing import Request, Response, page
from sandbox.store import Record

html = Templates("dashboard")
HOUR, DAY = 3600, 86_400
STEPS = (
    ("+1 hour", HOUR),
    ("+1 day", DAY),
    ("+3 days", 3 * DAY),
    ("+1 week", 7 * DAY),
    ("+1 month", 31 * DAY),
    ("+1 year", 366 * DAY),
)


def buttons() -> Markup:
    return html("clock_form", buttons=html.each("step", ({"label": t, "seconds": s} for t, s in STEPS)))


@page("GET", "/dashboard/clock")
def show(sandbox: Sandbox, request: Request) -> Response:
    begun, since = request.form.get("from"), request.form.get("after")
    with sandbox.work() as world:
        happened = _after(list(world.scan("event")), since)
        body = html(
            "clock",
            now=names.of_moment(sandbox.now),
            buttons=buttons(),
            heading=f"Since {names.of_moment(int(begun))}"
            if begun and begun.isdecimal()
            else "Everything so far",
            count=len(happened),
            events=deliveries.table(world, happened),
            due=html.each("due", _due(sandbox)),
        )
    return frame.show(sandbox, "Clock", body, "clock")


def _after(events: list[Record], event_id: str | None) -> list[Record]:
    """The events behind the one with this id, in the order in which they happened; all without an id."""
    ids = [event["id"] for event in events]
    return events[ids.index(event_id) + 1 :] if event_id in ids else events


def _due(sandbox: Sandbox) -> list[dict[str, str]]:
    """What the sandbox will do by itself next."""
    entries = [sandbox.store.records[entry_id] for entry_id in sandbox.store.kinds.get("_due", ())]
    entries.sort(key=lambda entry: entry["at"])
    return [
        {"at": names.of_moment(e["at"]), "verb": e["verb"], "target": e["target"], "clock": e["clock"]}
        for e in entries[:20]
    ]


@frame.action("/dashboard/clock")
def advance(sandbox: Sandbox, request: Request) -> str:
    """Move on, and show what that brought about."""
    seconds = int(request.form["seconds"])
    with sandbox.store.lock:
        before = sandbox.now
        last = next(reversed(sandbox.store.kinds.get("event", {})), "")
        sandbox.advance(seconds)
    return f"/dashboard/clock?from={before}&after={last}"

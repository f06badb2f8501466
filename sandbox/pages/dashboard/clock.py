"""The clock: move the whole sandbox on, and see what happened since."""

from __future__ import annotations

from sandbox.engine import LATEST, Sandbox
from sandbox.pages import names
from sandbox.pages.dashboard import deliveries, frame, kinds
from sandbox.pages.markup import Markup, Templates
from sandbox.routing import Request, Response, page
from sandbox.world import World

html = Templates("dashboard")
HOUR, DAY = 3600, 86_400
MOST = 20
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
    with sandbox.work() as world:
        body = html(
            "clock",
            now=names.of_moment(sandbox.now),
            buttons=buttons(),
            happened=_happened(world, request),
            due=html.each("due", _due(world, sandbox)),
        )
    return frame.show(sandbox, "Clock", body, "clock")


def _happened(world: World, request: Request) -> Markup:
    """After the clock was moved here: the events since, in the order in which they happened."""
    begun, last = request.form.whole("from", 0), request.form.get("after")
    if not 0 < begun <= LATEST:
        return Markup()
    events = list(world.scan("event"))
    ids = [event["id"] for event in events]
    since = events[ids.index(last) + 1 :] if last in ids else events
    return html(
        "happened", since=names.of_moment(begun), count=len(since), events=deliveries.table(world, since)
    )


def _due(world: World, sandbox: Sandbox) -> list[dict[str, str]]:
    """What the sandbox will do by itself next."""
    entries = [sandbox.store.records[entry_id] for entry_id in sandbox.store.kinds.get("_due", ())]
    entries.sort(key=lambda entry: entry["at"])
    return [
        {
            "at": names.of_moment(entry["at"]),
            "verb": entry["verb"],
            "target": kinds.link(world, entry["target"]),
        }
        for entry in entries[:MOST]
    ]


@frame.action("/dashboard/clock")
def advance(sandbox: Sandbox, request: Request) -> str:
    """Move on, and show what that brought about."""
    seconds = request.form.whole("seconds", 0)
    with sandbox.store.lock:
        before = sandbox.now
        last = next(reversed(sandbox.store.kinds.get("event", {})), "")
        sandbox.advance(seconds)
    return f"/dashboard/clock?from={before}&after={last}"

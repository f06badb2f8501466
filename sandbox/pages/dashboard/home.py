"""The overview: where time is, what there is, what happened last, what is not delivered yet."""

from __future__ import annotations

from sandbox.engine import Sandbox
from sandbox.pages import names
from sandbox.pages.dashboard import clock, deliveries, frame, kinds
from sandbox.pages.layout import redirect
from sandbox.pages.markup import Templates
from sandbox.routing import Request, Response, page

html = Templates("dashboard")
RECENT = 15


@page("GET", "/")
def begin(sandbox: Sandbox, request: Request) -> Response:
    return redirect("/dashboard")


@page("GET", "/dashboard")
def show(sandbox: Sandbox, request: Request) -> Response:
    counts = [
        {
            "path": f"/dashboard/{kind.slug}",
            "text": kind.title,
            "count": len(sandbox.store.kinds.get(kind.kind, ())),
        }
        for kind in kinds.MAIN
    ]
    with sandbox.work() as world:
        recent = [
            event for event, _ in zip(world.scan("event", newest_first=True), range(RECENT), strict=False)
        ]
        body = html(
            "home",
            account=names.of_account(world),
            url=sandbox.base_url,
            counts=html.each("count", counts),
            clock=clock.buttons(),
            events=deliveries.table(world, recent),
        )
    return frame.show(sandbox, "Overview", body)


@page("GET", "/dashboard/search")
def search(sandbox: Sandbox, request: Request) -> Response:
    """Go to what was looked for."""
    text = request.form.get("q", "").strip()
    path = kinds.find(sandbox, text)
    return redirect(path) if path else frame.missing(sandbox, f"object or customer “{text}”")

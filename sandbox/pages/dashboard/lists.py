"""The list of one kind of object, newest first, in pages."""

from __future__ import annotations

from itertools import islice

from sandbox.engine import Sandbox
from sandbox.pages.dashboard import deliveries, frame, kinds
from sandbox.pages.markup import Markup, Templates
from sandbox.routing import Request, Response, page

html = Templates("dashboard")
ROWS = 50


@page("GET", "/dashboard/{slug}")
def show(sandbox: Sandbox, request: Request) -> Response:
    kind = kinds.BY_SLUG.get(request.ids["slug"])
    if kind is None:
        return frame.missing(sandbox, f"page “{request.ids['slug']}”")
    number = max(request.form.whole("page", 1), 1)
    with sandbox.work() as world:
        found = world.scan(kind.kind, newest_first=True)
        records = list(islice(found, (number - 1) * ROWS, number * ROWS + 1))
        shown = records[:ROWS]
        if kind.kind == "event":
            rows = Markup(deliveries.switches(sandbox) + deliveries.table(world, shown))
        elif shown:
            rows = kinds.table(world, shown)
        else:
            rows = html("empty", text=f"No {kind.title.lower()} yet.")
    pages = html(
        "pages",
        newer=_page_link(kind.slug, number - 1, "Newer") if number > 1 else "",
        older=_page_link(kind.slug, number + 1, "Older") if len(records) > ROWS else "",
    )
    return frame.show(sandbox, kind.title, Markup(rows + pages), kind.slug)


def _page_link(slug: str, number: int, text: str) -> Markup:
    return html("link", path=f"/dashboard/{slug}?page={number}", text=text)

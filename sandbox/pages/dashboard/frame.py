"""What is around every page of the dashboard: the navigation, the clock, and the guard of its forms."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from sandbox.engine import Sandbox
from sandbox.errors import StripeError
from sandbox.pages import layout, names
from sandbox.pages.dashboard.kinds import MAIN, MORE
from sandbox.pages.markup import Markup, Templates, flag
from sandbox.routing import Page, Request, Response, page

html = Templates("dashboard")
TOOLS = (("", "Overview"), ("clock", "Clock"), ("faults", "Faults"), ("webhooks", "Webhooks"))

# A form's action: does something and says where to go next.
Action = Callable[[Sandbox, Request], str]


def show(sandbox: Sandbox, title: str, body: Markup, here: str = "", status: int = 200) -> Response:
    """A page of the dashboard; `here` is the part of its path that the navigation marks."""
    held = len(sandbox.deliveries.pending(held=True))
    links = [(kind.slug, kind.title) for kind in MAIN]
    framed = html(
        "frame",
        title=title,
        body=body,
        notice=layout.NOTICE,
        now=names.of_moment(sandbox.now),
        pending=len(sandbox.deliveries.pending()) + held,
        faults=len(sandbox.faults.list()),
        tools=_links(TOOLS, here),
        main=_links(links, here),
        more=_links([(kind.slug, kind.title) for kind in MORE if kind.slug != "webhooks"], here),
        open=flag("open", here in {kind.slug for kind in MORE}),
    )
    return layout.document(
        framed,
        title=f"{title} · Sandbox dashboard",
        styles=("fields.css", "pages/pages.css", "pages/dashboard.css"),
        kind="dashboard",
        status=status,
    )


def _links(links: list[tuple[str, str]] | tuple[tuple[str, str], ...], here: str) -> Markup:
    rows = (
        {"path": f"/dashboard/{slug}".rstrip("/"), "text": title, "current": _current(slug == here)}
        for slug, title in links
    )
    return html.each("nav_link", rows)


def _current(on: bool) -> Markup:
    return Markup('aria-current="page"') if on else Markup()


def missing(sandbox: Sandbox, what: str) -> Response:
    return show(sandbox, "Not here", html("message", text=f"There is no {what} in this sandbox."), status=404)


def is_same_origin(request: Request) -> bool:
    """Not a form of some other site's page in the same browser."""
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def action(path: str) -> Callable[[Action], Page]:
    """Register what a form of the dashboard does. A refusal of the sandbox is shown as what it says."""

    def register(act: Action) -> Page:
        @page("POST", path)
        def answer(sandbox: Sandbox, request: Request) -> Response:
            if not is_same_origin(request):
                return show(
                    sandbox, "Refused", html("message", text="This form came from another site."), status=403
                )
            try:
                return layout.redirect(act(sandbox, request))
            except (StripeError, ValueError) as error:
                return show(sandbox, "Refused", html("message", text=str(error)), status=400)

        return answer

    return register

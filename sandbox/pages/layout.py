"""The documents that pages are: head, notice, and the headers that keep a browser strict."""

from __future__ import annotations

from sandbox.pages import words
from sandbox.pages.markup import Markup, Templates
from sandbox.routing import Response

NOTICE = "Test double: this is not Stripe, no money moves."
html = Templates("layout")


def notice() -> str:
    """What stands above every page."""
    return words.translate(NOTICE)


def title_of_double(title: str) -> str:
    """A page's title, which says so too."""
    return words.say("{title} (test double)", title=title)


def policy(frame_ancestors: str) -> str:
    """A form may lead elsewhere: Chromium applies `form-action` to the redirect back to the application too."""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "frame-src 'self'; base-uri 'none'; form-action 'self' http: https:; "
        f"frame-ancestors {frame_ancestors}"
    )


def document(
    body: Markup,
    *,
    title: str,
    styles: tuple[str, ...],
    scripts: tuple[str, ...] = (),
    kind: str = "",
    status: int = 200,
    framed: bool = False,
) -> Response:
    """A whole document; `framed` ones may stand in a frame of any application, others in none."""
    text = html(
        "document",
        language=words.spoken(),
        words=html("words", json=words.for_scripts()) if words.for_scripts() else "",
        title=title,
        kind=kind,
        body=body,
        styles=html.each("style", ({"name": name} for name in styles)),
        scripts=html.each("script", ({"name": name} for name in scripts)),
    )
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": policy("*" if framed else "'none'"),
        "Cache-Control": "no-store",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(status, headers, text.encode())


def redirect(url: str) -> Response:
    """See other. A line break in an address would begin a header of its own."""
    location = "".join(url.splitlines())
    return Response(303, {"Location": location, "Cache-Control": "no-store"}, b"")

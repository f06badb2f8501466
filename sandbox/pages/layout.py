"""The documents that pages are: head, the notice that this is a test double, and the headers that keep a browser strict."""

from __future__ import annotations

from sandbox.pages.markup import Markup, each, fill
from sandbox.routing import Response

NOTICE = "Test double: this is not Stripe, no money moves."

_DOCUMENT = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title}</title>
<link rel="icon" href="/static/icon.svg">
{styles}{scripts}</head>
<body class="{kind}">
{body}
</body>
</html>
"""


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
    text = fill(
        _DOCUMENT,
        title=title,
        kind=kind,
        body=body,
        styles=each('<link rel="stylesheet" href="/static/{name}">\n', ({"name": name} for name in styles)),
        scripts=each(
            '<script type="module" src="/static/{name}"></script>\n', ({"name": name} for name in scripts)
        ),
    )
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": policy("*" if framed else "'none'"),
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(status, headers, text.encode())


def redirect(url: str) -> Response:
    """See other."""
    return Response(303, {"Location": url, "Cache-Control": "no-store"}, b"")

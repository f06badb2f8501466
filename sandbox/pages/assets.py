"""Files of the pages, and the Stripe.js stand-in at the paths where Stripe has it: /dahlia/stripe.js, /v3/."""

from __future__ import annotations

from pathlib import Path

from sandbox.engine import Sandbox
from sandbox.routing import Request, Response, page

STATIC = Path(__file__).parent.parent / "static"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
# The parts of Stripe.js in the order in which they need each other.
PARTS = ("frame", "element", "elements", "dialog", "intents", "embedded", "stripe")
HEAD = "/* Stripe.js stand-in of a local test double. This is not Stripe; no money moves. */\n"


def _send(body: bytes, kind: str) -> Response:
    headers = {
        "Content-Type": kind,
        "Cache-Control": "no-cache",
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(200, headers, body)


@page("GET", "/static/{name...}")
def serve(sandbox: Sandbox, request: Request) -> Response:
    """A file below static/, and nothing above it."""
    path = (STATIC / request.ids["name"]).resolve()
    if STATIC not in path.parents or path.suffix not in TYPES or not path.is_file():
        return Response(404, {"Content-Type": "text/plain"}, b"No such file.")
    return _send(path.read_bytes(), TYPES[path.suffix])


@page("GET", "/favicon.ico")
def serve_icon(sandbox: Sandbox, request: Request) -> Response:
    return _send((STATIC / "icon.svg").read_bytes(), TYPES[".svg"])


def assemble() -> str:
    """The parts as one classic script that adds nothing to the page but `Stripe`."""
    parts = "\n".join((STATIC / "stripe" / f"{name}.js").read_text() for name in PARTS)
    origin = "const ORIGIN = new URL(document.currentScript.src).origin;"
    return f'{HEAD}(() => {{\n"use strict";\n{origin}\n{parts}}})();\n'


@page("GET", "/{release}/stripe.js")
def script(sandbox: Sandbox, request: Request) -> Response:
    return _send(assemble().encode(), TYPES[".js"])


@page("GET", "/v3")
def script_v3(sandbox: Sandbox, request: Request) -> Response:
    return script(sandbox, request)


@page("GET", "/v3/")
def script_v3_slash(sandbox: Sandbox, request: Request) -> Response:
    return script(sandbox, request)

"""Faults on demand: what the product's next calls run into."""

from __future__ import annotations

from sandbox.engine import Sandbox
from sandbox.pages.dashboard import frame
from sandbox.pages.markup import Templates
from sandbox.routing import Request, Response, page

html = Templates("dashboard")
CHOICES = (
    ("error-500", "answers 500"),
    ("error-429", "answers 429 (rate limit)"),
    ("error-409", "answers 409 (locked)"),
    ("hang", "hangs for 30 seconds"),
    ("cut", "is cut before anything is done"),
    ("lost", "is carried out, and its answer lost"),
)
LABELS = dict(CHOICES)


@page("GET", "/dashboard/faults")
def show(sandbox: Sandbox, request: Request) -> Response:
    rows = [
        {**fault, "what": LABELS.get(_name(fault["kind"], fault["status"]), fault["kind"])}
        for fault in sandbox.faults.list()
    ]
    choices = ({"value": value, "label": label} for value, label in CHOICES)
    body = html(
        "faults",
        choices=html.each("option", choices),
        rows=html.each("fault", rows) or html("empty", text="No fault is set."),
    )
    return frame.show(sandbox, "Faults", body, "faults")


def _name(kind: str, status: int) -> str:
    return f"error-{status}" if kind == "error" else kind


@frame.action("/dashboard/faults")
def add(sandbox: Sandbox, request: Request) -> str:
    form = request.form
    kind, _, status = form["fault"].partition("-")
    settings = {
        "method": form.get("method") or "*",
        "path": form.get("path") or "*",
        "times": form.whole("times", 1),
    }
    sandbox.faults.add(kind, **settings, **({"status": int(status)} if status else {}))
    return "/dashboard/faults"


@frame.action("/dashboard/faults/clear")
def clear(sandbox: Sandbox, request: Request) -> str:
    sandbox.faults.clear()
    return "/dashboard/faults"

"""The till: one Checkout session at one address, hosted or in a frame of the application's page."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from sandbox.engine import Sandbox
from sandbox.pages import layout
from sandbox.pages.markup import Markup, Templates
from sandbox.routing import Request, Response
from sandbox.store import Record

html = Templates("checkout")


@dataclass
class Till:
    """`name` is how the path names the session: by its id, or embedded by its client secret."""

    sandbox: Sandbox
    request: Request
    name: str
    session_id: str
    embedded: bool
    problem: str = ""

    @property
    def session(self) -> Record:
        """The session as it is now, to look at."""
        return self.sandbox.store.records[self.session_id]

    def path(self, below: str = "") -> str:
        """A path of this till, which remembers the page that holds the frame."""
        parent = self.request.form.get("parent")
        query = f"?{urlencode({'parent': parent})}" if parent else ""
        return f"/{'embedded' if self.embedded else 'c'}/pay/{self.name}{below}{query}"

    def respond(self, body: Markup, title: str, status: int = 200) -> Response:
        return document(body, title, embedded=self.embedded, status=status)


def document(body: Markup, title: str, *, embedded: bool, status: int = 200) -> Response:
    scripts = ("pages/card-page.js", "pages/embedded-page.js") if embedded else ("pages/card-page.js",)
    return layout.document(
        html("frame", notice=layout.notice(), body=body),
        title=layout.title_of_double(title),
        styles=("fields.css", "pages/pages.css", "pages/checkout.css"),
        scripts=scripts,
        kind="checkout embedded" if embedded else "checkout",
        status=status,
        framed=embedded,
    )


def find(sandbox: Sandbox, request: Request, *, embedded: bool) -> Till | None:
    """The till that a path means. Embedded ones open by the client secret alone."""
    name = request.ids["session"]
    session_id = name.partition("_secret_")[0]
    session = sandbox.store.records.get(session_id)
    if session is None or session["object"] != "checkout.session":
        return None
    if embedded and session["status"] == "open" and session["client_secret"] != name:
        return None
    if embedded != (session["ui_mode"] != "hosted_page"):
        return None
    return Till(sandbox, request, name, session_id, embedded)

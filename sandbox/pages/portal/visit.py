"""A visit of the customer portal: the session that the path opens, whose it is, what it may do, and where it ends."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from sandbox.engine import Sandbox
from sandbox.errors import StripeError
from sandbox.pages import layout, names, words
from sandbox.pages.markup import Markup, Templates, address
from sandbox.pages.operations import perform
from sandbox.pages.words import say, translate
from sandbox.routing import Form, Request, Response, page
from sandbox.store import Record

html = Templates("portal")


@dataclass
class Visit:
    """`session`, `customer` and `features` as the API shows them."""

    sandbox: Sandbox
    request: Request
    session: Record
    customer: Record
    features: Record
    account: str
    problem: str = ""

    @property
    def home(self) -> str:
        return f"/p/session/{self.session['id']}"

    @property
    def form(self) -> Form:
        return self.request.form

    @property
    def flow(self) -> Record:
        """The one thing that the session is for, if it is for one."""
        return self.session["flow"] or {}

    def call(self, method: str, path: str, params: dict[str, Any] | None = None, **options: Any) -> Any:
        return perform(self.sandbox, method, path, params, **options)

    def all(self, path: str, **params: Any) -> list[Record]:
        """Every object of a list of this customer."""
        data: list[Record] = self.call(
            "GET", path, {"customer": self.customer["id"], "limit": 100, **params}
        )["data"]
        return data

    def show(self, title: str, body: Markup, status: int = 200) -> Response:
        framed = html(
            "frame",
            notice=layout.notice(),
            account=self.account,
            back=html("return", url=address(self.session["return_url"]), account=self.account)
            if self.session["return_url"]
            else "",
            problem=html("problem", text=self.problem) if self.problem else "",
            title=title,
            body=body,
        )
        return document(framed, title, status)

    def finish(self) -> str:
        """Where somebody goes who is done: as the flow says, or home."""
        after = self.flow.get("after_completion") or {}
        if after.get("type") == "redirect":
            return str(after["redirect"]["return_url"])
        return f"{self.home}/done" if after.get("type") == "hosted_confirmation" else f"{self.home}?home"


def document(framed: Markup, title: str, status: int = 200) -> Response:
    return layout.document(
        framed,
        title=layout.title_of_double(title),
        styles=("fields.css", "pages/pages.css", "pages/checkout.css"),
        scripts=("pages/card-page.js",),
        kind="portal",
        status=status,
    )


Show = Callable[[Visit], Response]
Act = Callable[[Visit], str]


def _open(sandbox: Sandbox, request: Request) -> Visit | None:
    with sandbox.work() as world:
        session = world.peek(request.ids["session"])
        if session is None or session["object"] != "billing_portal.session":
            return None
        customer = world.peek(session["customer"])
        configuration = world.peek(session["configuration"])
        if customer is None or customer.get("deleted") or configuration is None:
            return None
        shown = world.render(configuration)["features"]
        return Visit(
            sandbox, request, world.render(session), world.render(customer), shown, names.of_account(world)
        )


def _speaking(visit: Visit | None, request: Request) -> AbstractContextManager[None]:
    locale = visit.session["locale"] if visit else "auto"
    return words.speaking(locale, request.headers.get("accept-language", ""))


def portal_page(path: str, feature: str = "") -> Callable[[Show], Show]:
    """Register a page below a session's; `feature` must be enabled in its configuration."""

    def register(show: Show) -> Show:
        @page("GET", f"/p/session/{{session}}{path}")
        def answer(sandbox: Sandbox, request: Request) -> Response:
            visit = _open(sandbox, request)
            with _speaking(visit, request):
                return _refuse(visit, feature) or _show(visit, show) if visit else _gone()

        return show

    return register


def portal_action(path: str, show: Show, feature: str = "") -> Callable[[Act], Act]:
    """Register what a form does; it returns where to go. A refusal is said on the page that `show` shows."""

    def register(act: Act) -> Act:
        @page("POST", f"/p/session/{{session}}{path}")
        def answer(sandbox: Sandbox, request: Request) -> Response:
            visit = _open(sandbox, request)
            with _speaking(visit, request):
                return _refuse(visit, feature) or _act(visit, act, show) if visit else _gone()

        return act

    return register


def _act(visit: Visit, act: Act, show: Show) -> Response:
    try:
        return layout.redirect(act(visit))
    except StripeError as error:
        again = _open(visit.sandbox, visit.request) or visit
        again.problem = translate(str(error))
        return _show(again, show)


def _show(visit: Visit, show: Show) -> Response:
    """The page, or what speaks against showing it."""
    try:
        return show(visit)
    except StripeError as error:
        return visit.show(
            say("Not here"), html("not_here", text=translate(str(error)), home=visit.home), error.status
        )


def _refuse(visit: Visit, feature: str) -> Response | None:
    """A feature that the configuration does not enable."""
    if not feature or visit.features[feature]["enabled"]:
        return None
    return visit.show(say("Not available"), html("not_available", home=visit.home), status=403)


def _gone() -> Response:
    return document(html("gone", notice=layout.notice()), say("No such session"), 404)

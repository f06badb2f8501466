"""Who answers what: API operations by the path of the shapes, pages by a path of their own.

A handler is a function of the world and the call that returns the record to show:

    @operation("POST", "/v1/customers/{customer}")
    def update(world: World, call: Call) -> Record: ...
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from sandbox import errors
from sandbox.shapes import Operation, Shapes

if TYPE_CHECKING:
    from sandbox.engine import Sandbox
    from sandbox.world import World

Handler = Callable[["World", "Call"], Any]


class Form(dict[str, str]):
    """A page's form. Raises StripeError, by name, for what is missing or no whole number."""

    def __missing__(self, name: str) -> str:
        raise errors.parameter_missing(name)

    def whole(self, name: str, default: int) -> int:
        """A whole number; `default` where nothing was typed."""
        typed = self.get(name, "").strip()
        if typed and not re.fullmatch(r"-?[0-9]{1,12}", typed):
            raise errors.invalid(f"Invalid integer: {typed}", name)
        return int(typed) if typed else default


@dataclass
class Request:
    """An HTTP request: header names in lower case; `client` is the address it came from, empty in process."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes = b""
    client: str = ""
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> str:
        return urlsplit(self.target).query

    @property
    def form(self) -> Form:
        """A page's form, the last value of each name; the query string's first."""
        pairs = parse_qs(self.query, True) | parse_qs(self.body.decode("utf-8", "replace"), True)
        return Form({name: values[-1] for name, values in pairs.items()})

    @property
    def json(self) -> Any:
        return json.loads(self.body or b"{}")


@dataclass
class Response:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @classmethod
    def of(cls, value: Any, status: int = 200) -> Response:
        """A JSON answer."""
        return cls(
            status, {"Content-Type": "application/json"}, json.dumps(value, separators=(",", ":")).encode()
        )


@dataclass
class Call:
    """One API call, checked: `params` are typed and without `expand`, `ids` are those in the path."""

    operation: Operation
    ids: dict[str, str]
    params: dict[str, Any]
    expand: dict[str, Any]
    request_id: str
    idempotency_key: str | None = None
    publishable: bool = False
    path: str = ""

    @property
    def id(self) -> str:
        """The first id in the path."""
        return next(iter(self.ids.values()))


@dataclass(frozen=True)
class Route:
    handler: Handler
    publishable: bool


HANDLERS: dict[str, Route] = {}


def operation(method: str, path: str, publishable: bool = False) -> Callable[[Handler], Handler]:
    """Register the handler of an operation of the shapes; a path that the shapes do not know is a mistake.

    `publishable` ones also take a publishable key; where there is an object in the path, only with its client
    secret.
    """

    def register(handler: Handler) -> Handler:
        name = f"{method} {path}"
        if name not in Shapes.load().operations:
            raise LookupError(f"{name} is no operation of this API version")
        if name in HANDLERS:
            raise LookupError(f"{name} has a handler already")
        HANDLERS[name] = Route(handler, publishable)
        return handler

    return register


Page = Callable[["Sandbox", Request], Response]

PAGES: list[tuple[str, re.Pattern[str], Page]] = []


def page(method: str, path: str) -> Callable[[Page], Page]:
    """Register a page outside Stripe's API: `@page("GET", "/c/pay/{session}")`. `{name...}` takes the rest of
    a path.

    The page gets the sandbox and the request, with the path's parts in `request.ids`, and returns a Response.
    """
    pattern = re.sub(r"\{(\w+)\.\.\.\}", r"(?P<\1>.+)", path)
    pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern)

    def register(handler: Page) -> Page:
        PAGES.append((method, re.compile(pattern), handler))
        return handler

    return register


def find_page(request: Request) -> Page | None:
    for method, pattern, handler in PAGES:
        match = pattern.fullmatch(request.path) if method == request.method else None
        if match:
            request.ids = match.groupdict()
            return handler
    return None

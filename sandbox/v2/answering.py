"""How a call of API v2 is answered: JSON in and out, pages with addresses of their own, idempotent DELETE too.

A failed call may be tried again with its key: only success is kept. https://docs.stripe.com/api-v2-overview
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from sandbox import errors, faults, forms, identifiers, keys
from sandbox.answering import headers, refusal
from sandbox.errors import StripeError
from sandbox.faults import ConnectionLost, Fault
from sandbox.routing import Request, Response
from sandbox.store import Record
from sandbox.world import World

if TYPE_CHECKING:
    from sandbox.engine import Sandbox

DEFAULT_LIMIT, MOST = 20, 100


@dataclass
class Call:
    """`params` are those of the body and of the query string; of the latter all are text or lists of text."""

    id: str
    params: dict[str, Any]
    request_id: str
    idempotency_key: str | None
    path: str

    def refuse_unknown(self, *known: str) -> None:
        for name in self.params:
            if name not in known:
                raise errors.parameter_unknown([name])

    def want(self, name: str, kind: type, required: bool = False) -> Any:
        """A parameter of a kind; None if it was not sent. Raises Stripe's 400."""
        value = self.params.get(name)
        if value is None and required:
            raise errors.parameter_missing(name)
        if value is not None and not isinstance(value, kind):
            raise errors.invalid(f"Invalid value for {name}.", name)
        return value


Handler = Callable[[World, Call], Record]
ROUTES: list[tuple[str, re.Pattern[str], Handler]] = []


def operation(method: str, path: str) -> Callable[[Handler], Handler]:
    """Register who answers a method and path of v2."""
    pattern = re.compile(path.replace("{id}", "(?P<id>[^/]+)"))

    def register(handler: Handler) -> Handler:
        ROUTES.append((method, pattern, handler))
        return handler

    return register


def answer(sandbox: Sandbox, request: Request, pause: Callable[[float], None]) -> Response:
    """Raises ConnectionLost when a fault wants the caller to get no answer."""
    request_id = "req_" + identifiers.random_text(14)
    try:
        fault = sandbox.faults.take(request.method, request.path)
        if sandbox.keys.check(request.headers.get("authorization", "")):
            raise keys.secret_required()
        faults.refuse_early(fault)
        handler, call = _read(request, request_id)
        if fault and fault.kind == "hang":
            pause(fault.seconds)
        answered = _perform(sandbox, handler, call, fault)
    except StripeError as error:
        return refusal(sandbox, error, request_id)
    if fault and fault.kind == "lost":
        raise ConnectionLost("the answer was lost after the call was carried out")
    return answered


def _read(request: Request, request_id: str) -> tuple[Handler, Call]:
    for method, pattern, handler in ROUTES:
        match = pattern.fullmatch(request.path) if method == request.method else None
        if match:
            key = request.headers.get("idempotency-key") if method != "GET" else None
            found = match.groupdict().get("id", "")
            return handler, Call(found, _params(request), request_id, key or None, request.path)
    raise errors.unrecognized_url(request.method, request.path)


def _params(request: Request) -> dict[str, Any]:
    query = forms.nest(forms.parse(request.query, b""))
    asked = {name: list(value.values()) if _is_list(value) else value for name, value in query.items()}
    try:
        body = json.loads(request.body or b"{}")
    except (ValueError, RecursionError) as error:
        raise errors.invalid("Invalid JSON in the request's body.") from error
    if not isinstance(body, dict):
        raise errors.invalid("The request's body must be a JSON object.")
    return asked | body


def _is_list(value: Any) -> bool:
    return isinstance(value, dict) and all(key.isdecimal() for key in value)


def _perform(sandbox: Sandbox, handler: Handler, call: Call, fault: Fault | None) -> Response:
    pairs = forms.flatten(call.params)
    with sandbox.store.lock:
        sandbox.run_due()
        with sandbox.work() as world:
            key = call.idempotency_key
            kept = sandbox.answers.find(world, key, call.path, pairs) if key else None
            if kept:
                return kept
            faults.refuse_late(fault)
            answered = Response.of(handler(world, call))
            answered.headers |= headers(sandbox, call.request_id)
            if key:
                answered.headers["Idempotency-Key"] = key
                sandbox.answers.store(world, key, call.path, pairs, answered)
            return answered


def page(call: Call, rows: list[Record]) -> Record:
    """A page of a list, with where the next and the previous one are."""
    limit, start = _whole(call, "limit", DEFAULT_LIMIT), _whole(call, "page", 0)
    if not 1 <= limit <= MOST:
        raise errors.invalid(f"Invalid value for limit: it must be from 1 to {MOST}.", "limit")

    def address(begin: int) -> str:
        rest = {name: value for name, value in call.params.items() if name not in ("limit", "page")}
        return f"{call.path}?{urlencode([('page', begin), ('limit', limit), *forms.flatten(rest)])}"

    return {
        "data": rows[start : start + limit],
        "next_page_url": address(start + limit) if len(rows) > start + limit else None,
        "previous_page_url": address(max(start - limit, 0)) if start else None,
    }


def _whole(call: Call, name: str, default: int) -> int:
    given = str(call.params.get(name, default))
    if not re.fullmatch("[0-9]{1,9}", given):
        raise errors.invalid(f"Invalid value for {name}.", name)
    return int(given)


def not_found(what: str) -> StripeError:
    return StripeError(f"{what} not found.", status=404, code="not_found")

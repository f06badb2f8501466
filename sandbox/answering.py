"""How one API call is answered, from its bytes to the stored answer.

A call walks: key -> faults -> version -> operation -> parameters and expand -> idempotency -> due work ->
handler -> answer. Everything up to the parameters is refused without a trace; from there on the answer belongs
to the idempotency key.
"""

from __future__ import annotations

import email.utils
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from sandbox import errors, expansions, faults, forms, identifiers, keys, parameters, routing
from sandbox.errors import StripeError
from sandbox.faults import ConnectionLost, Fault
from sandbox.forms import Pairs
from sandbox.routing import Call, Request, Response
from sandbox.shapes import API_VERSION, Shapes
from sandbox.store import Record
from sandbox.world import World

if TYPE_CHECKING:
    from sandbox.engine import Sandbox

VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(\.[a-z]+)?")
Pause = Callable[[float], None]


def answer(sandbox: Sandbox, request: Request, pause: Pause) -> Response:
    """Answer a call to Stripe's API. Raises ConnectionLost when a fault wants the caller to get no answer."""
    request_id = "req_" + identifiers.random_text(14)
    try:
        return _answer(sandbox, request, request_id, pause)
    except StripeError as error:
        return refusal(sandbox, error, request_id)


def _answer(sandbox: Sandbox, request: Request, request_id: str, pause: Pause) -> Response:
    fault = sandbox.faults.take(request.method, request.path)
    pairs = forms.parse(request.query, request.body)
    publishable = sandbox.keys.check(request.headers.get("authorization") or keys.take(pairs))
    faults.refuse_early(fault)
    version = request.headers.get("stripe-version", API_VERSION)
    if not VERSION.fullmatch(version):
        raise StripeError(f"Invalid Stripe API version: {version}")
    call = read(request, pairs, request_id, publishable)
    key = call.idempotency_key
    if key is None:
        return _carry_out(sandbox, call, pairs, fault, pause)
    sandbox.answers.claim(key)
    try:
        return _carry_out(sandbox, call, pairs, fault, pause)
    finally:
        sandbox.answers.release(key)


def read(request: Request, pairs: Pairs, request_id: str, publishable: bool) -> Call:
    """The request as a checked call."""
    found = Shapes.load().match(request.method, request.path)
    if found is None:
        if Shapes.load().is_beyond(request.method, request.path):
            raise errors.not_played(f"{request.method} {request.path}")
        raise errors.unrecognized_url(request.method, request.path)
    operation, ids = found
    route = routing.HANDLERS.get(operation.name)
    if publishable and not (route and route.publishable):
        raise keys.secret_required()
    params = parameters.type_parameters(operation, forms.nest(pairs))
    expand = expansions.tree(operation, params.pop("expand", None) or [])
    key = request.headers.get("idempotency-key") if request.method == "POST" else None
    return Call(operation, ids, params, expand, request_id, key or None, publishable, request.path)


def _carry_out(sandbox: Sandbox, call: Call, pairs: Pairs, fault: Fault | None, pause: Pause) -> Response:
    if fault and fault.kind == "hang":
        pause(fault.seconds)
    with sandbox.store.lock:
        sandbox.run_due()
        answer = _replay(sandbox, call, pairs) or _perform(sandbox, call, pairs, fault)
    if fault and fault.kind == "lost":
        raise ConnectionLost("the answer was lost after the call was carried out", answer)
    return answer


def _replay(sandbox: Sandbox, call: Call, pairs: Pairs) -> Response | None:
    if call.idempotency_key is None:
        return None
    with sandbox.work() as world:
        return sandbox.answers.find(world, call.idempotency_key, call.path, pairs)


def _perform(sandbox: Sandbox, call: Call, pairs: Pairs, fault: Fault | None) -> Response:
    """Run the handler in a unit; the answer is stored with it, or by itself when the unit was rolled back."""
    try:
        with sandbox.work(call) as world:
            answer = _run(sandbox, world, call, fault)
            _store(sandbox, world, call, pairs, answer)
    except StripeError as error:
        answer = refusal(sandbox, error, call.request_id)
        _mark(call, answer)
        with sandbox.work() as world:
            _store(sandbox, world, call, pairs, answer)
    return answer


def _run(sandbox: Sandbox, world: World, call: Call, fault: Fault | None) -> Response:
    faults.refuse_late(fault)
    route = routing.HANDLERS.get(call.operation.name)
    if route is None:
        raise errors.not_played(call.operation.name)
    if call.publishable and call.ids:
        _check_client_secret(world, call)
    answer = Response.of(world.render(route.handler(world, call), call.expand))
    answer.headers |= headers(sandbox, call.request_id)
    _mark(call, answer)
    return answer


def _check_client_secret(world: World, call: Call) -> None:
    secret = call.params.get("client_secret")
    record: Record = world.peek(call.id) or {}
    if not secret:
        raise errors.parameter_missing("client_secret")
    if record.get("client_secret") != secret:
        raise errors.missing(record.get("object", "object"), call.id)


def _store(sandbox: Sandbox, world: World, call: Call, pairs: Pairs, answer: Response) -> None:
    if call.idempotency_key is not None:
        sandbox.answers.store(world, call.idempotency_key, call.path, pairs, answer)


def _mark(call: Call, answer: Response) -> None:
    if call.idempotency_key is not None:
        answer.headers["Idempotency-Key"] = call.idempotency_key


def refusal(sandbox: Sandbox, error: StripeError, request_id: str) -> Response:
    """The answer that an error is."""
    answer = Response.of(error.body(request_id, sandbox.account_id), error.status)
    answer.headers |= headers(sandbox, request_id) | error.headers
    return answer


def headers(sandbox: Sandbox, request_id: str) -> dict[str, str]:
    """What every answer of the API bears."""
    return {
        "Request-Id": request_id,
        "Stripe-Version": API_VERSION,
        "Date": email.utils.formatdate(sandbox.now, usegmt=True),
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": "Request-Id, Stripe-Manage-Version",
        "Cache-Control": "no-cache, no-store",
    }

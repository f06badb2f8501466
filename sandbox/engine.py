"""One simulated Stripe account: `Sandbox` takes a request and gives an answer, holds the time, and is what
tests turn.

A call walks: page or API? -> key -> operation -> faults -> parameters and expand -> idempotency -> due work
-> handler -> answer. Everything up to the parameters is refused without a trace; from there on the answer
belongs to the idempotency key.
"""

from __future__ import annotations

import email.utils
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sandbox import errors, expansions, faults, forms, identifiers, keys, objects, parameters, routing
from sandbox.clock import MAIN, VERBS, Agenda, Clock
from sandbox.deliveries import Deliveries, Order, Post
from sandbox.errors import StripeError
from sandbox.faults import ConnectionLost, Fault, Faults
from sandbox.forms import Pairs
from sandbox.idempotency import Answers
from sandbox.keys import Keys
from sandbox.routing import Call, Request, Response
from sandbox.shapes import API_VERSION, Shapes
from sandbox.store import Record, Snapshot, Store
from sandbox.world import World

VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(\.[a-z]+)?")
Observer = Callable[[Request, Response], None]


class Sandbox:
    """`path`: the file that keeps the state; `frozen_at`: stand still at this time until moved; `keys`:
    accept only these.
    """

    def __init__(
        self, path: str | Path | None = None, *, frozen_at: int | None = None, keys: set[str] | None = None
    ) -> None:
        objects.load()
        self.store = Store(path)
        self.clock = Clock(self.store, frozen_at)
        self.agenda = Agenda(self.store)
        self.deliveries = Deliveries(self)
        self.faults = Faults()
        self.keys = Keys(keys or set())
        self.answers = Answers()
        self.observers: list[Observer] = []
        if not self.store.kinds.get("account"):
            with self.work() as world:
                objects.open_account(world)

    # -- units of work ---------------------------------------------------------------------------------------

    @contextmanager
    def work(self, call: Call | None = None) -> Iterator[World]:
        """A unit of work: committed at the end, rolled back on an exception, unless it is a StripeError with
        `keep`.
        """
        with self._unit(self.clock.now(), call) as world:
            yield world

    @contextmanager
    def _unit(self, now: int, call: Call | None = None, test_clock: str | None = None) -> Iterator[World]:
        with self.store.lock:
            unit = self.store.unit()
            try:
                yield World(unit, now, call, test_clock)
            except StripeError as error:
                if error.keep:
                    unit.commit()
                raise
            unit.commit()

    @property
    def base_url(self) -> str:
        """Where it is served; the server sets it."""
        return self.store.base_url

    @base_url.setter
    def base_url(self, url: str) -> None:
        self.store.base_url = url

    @property
    def account_id(self) -> str:
        return next(iter(self.store.kinds["account"]))

    # -- time ------------------------------------------------------------------------------------------------

    @property
    def now(self) -> int:
        return self.clock.now()

    def advance(self, seconds: int = 0, *, to: int | None = None) -> int:
        """Move the clock forward by seconds or to a time, doing what falls due on the way, in order. Returns
        the new time.
        """
        with self.store.lock:
            target = self.now + seconds if to is None else to
            if target < self.now:
                raise ValueError("time moves forward only")
            self.run_due(target)
            self.clock.set(target)
        return target

    def run_due(self, until: int | None = None, test_clock: str = MAIN) -> int:
        """Do what is due by `until` (by now), each piece as a unit of its own at its own time. Returns how
        many. A piece that fails is dropped, so that it fails once only, and its failure is raised.
        """
        done = 0
        with self.store.lock:
            until = self.now if until is None else until
            while entry := self.agenda.next(until, test_clock):
                self._do(entry)
                done += 1
        return done

    def _do(self, entry: Record) -> None:
        try:
            with self._unit(entry["at"], test_clock=entry["clock"] or None) as world:
                world.unit.delete(entry)
                VERBS[entry["verb"]](world, entry["target"])
        except Exception as error:
            if not (isinstance(error, StripeError) and error.keep):
                with self.work() as world:
                    world.unit.delete(entry)
                raise

    # -- webhooks, snapshots ---------------------------------------------------------------------------------

    def deliver(self, post: Post, order: Order | None = None, pattern: str = "*") -> list[Record]:
        """Drain the pending deliveries through `post(url, body, headers) -> (status, text)`; see
        Deliveries.deliver.
        """
        return self.deliveries.deliver(post, order, pattern)

    def snapshot(self) -> Snapshot:
        """The whole state, cheaply; give it to `restore`."""
        return self.store.snapshot()

    def restore(self, snapshot: Snapshot) -> None:
        with self.store.lock:
            self.store.restore(snapshot)
            self.agenda.refill()
            self.deliveries.refill()

    def reset(self) -> None:
        """An empty account at the time it began: only the account itself and its webhook endpoints stay."""
        with self.store.lock:
            self.faults.clear()
            self.keys.revoked.clear()
            kept = [r for r in self.store.records.values() if r["object"] in ("account", "webhook_endpoint")]
            ids: dict[str, dict[str, None]] = {}
            for record in kept:
                if not record.get("deleted"):
                    ids.setdefault(record["object"], {})[record["id"]] = None
            self.restore(({record["id"]: record for record in kept}, ids))
            self.clock.reset()

    def close(self) -> None:
        self.store.close()

    # -- answering -------------------------------------------------------------------------------------------

    def handle(
        self,
        method: str,
        target: str,
        headers: dict[str, str],
        body: bytes = b"",
        *,
        client: str = "",
        pause: Callable[[float], None] = time.sleep,
    ) -> Response:
        """Answer one request. Raises ConnectionLost when a fault wants the caller to get no answer."""
        request = Request(method.upper(), target, {k.lower(): v for k, v in headers.items()}, body, client)
        page = None if request.path.startswith("/v1/") else routing.find_page(request)
        if page:
            return page(self, request)
        request_id = "req_" + identifiers.random_text(14)
        try:
            answer = self._answer(request, request_id, pause)
        except StripeError as error:
            answer = self._refusal(error, request_id)
        for observer in self.observers:
            observer(request, answer)
        return answer

    def _answer(self, request: Request, request_id: str, pause: Callable[[float], None]) -> Response:
        fault = self.faults.take(request.method, request.path)
        pairs = forms.parse(request.query, request.body.decode("utf-8", "replace"))
        publishable = self.keys.check(request.headers.get("authorization") or keys.take(pairs))
        faults.refuse_early(fault)
        version = request.headers.get("stripe-version", API_VERSION)
        if not VERSION.fullmatch(version):
            raise StripeError(f"Invalid Stripe API version: {version}")
        call = self._read(request, pairs, request_id, publishable)
        key = call.idempotency_key
        if key is None:
            return self._carry_out(call, pairs, fault, pause)
        self.answers.claim(key)
        try:
            return self._carry_out(call, pairs, fault, pause)
        finally:
            self.answers.release(key)

    def _read(self, request: Request, pairs: Pairs, request_id: str, publishable: bool) -> Call:
        """The request as a checked call."""
        found = Shapes.load().match(request.method, request.path)
        if found is None:
            raise errors.unrecognized_url(request.method, request.path)
        operation, ids = found
        route = routing.HANDLERS.get(operation.name)
        if publishable and not (route and route.publishable):
            raise keys.secret_required()
        params = parameters.type_parameters(operation, forms.nest(pairs))
        expand = expansions.tree(operation, params.pop("expand", None) or [])
        key = request.headers.get("idempotency-key") if request.method == "POST" else None
        return Call(operation, ids, params, expand, request_id, key or None, publishable, request.path)

    def _carry_out(
        self, call: Call, pairs: Pairs, fault: Fault | None, pause: Callable[[float], None]
    ) -> Response:
        if fault and fault.kind == "hang":
            pause(fault.seconds)
        with self.store.lock:
            self.run_due()
            answer = self._replay(call, pairs) or self._perform(call, pairs, fault)
        if fault and fault.kind == "lost":
            raise ConnectionLost("the answer was lost after the call was carried out")
        return answer

    def _replay(self, call: Call, pairs: Pairs) -> Response | None:
        if call.idempotency_key is None:
            return None
        with self.work() as world:
            return self.answers.find(world, call.idempotency_key, call.path, pairs)

    def _perform(self, call: Call, pairs: Pairs, fault: Fault | None) -> Response:
        """Run the handler in a unit; the answer is stored with it, or by itself when the unit was rolled
        back.
        """
        try:
            with self.work(call) as world:
                answer = self._run(world, call, fault)
                self._store(world, call, pairs, answer)
        except StripeError as error:
            answer = self._refusal(error, call.request_id)
            self._mark(call, answer)
            with self.work() as world:
                self._store(world, call, pairs, answer)
        return answer

    def _run(self, world: World, call: Call, fault: Fault | None) -> Response:
        faults.refuse_late(fault)
        route = routing.HANDLERS.get(call.operation.name)
        if route is None:
            raise errors.not_played(call.operation.name)
        if call.publishable and call.ids:
            self._check_client_secret(world, call)
        answer = Response.of(world.render(route.handler(world, call), call.expand))
        answer.headers |= self._headers(call.request_id)
        self._mark(call, answer)
        return answer

    def _check_client_secret(self, world: World, call: Call) -> None:
        secret = call.params.get("client_secret")
        record: Record = world.peek(call.id) or {}
        if not secret:
            raise errors.parameter_missing("client_secret")
        if record.get("client_secret") != secret:
            raise errors.missing(record.get("object", "object"), call.id)

    def _store(self, world: World, call: Call, pairs: Pairs, answer: Response) -> None:
        if call.idempotency_key is not None:
            self.answers.store(world, call.idempotency_key, call.path, pairs, answer)

    def _mark(self, call: Call, answer: Response) -> None:
        if call.idempotency_key is not None:
            answer.headers["Idempotency-Key"] = call.idempotency_key

    def _refusal(self, error: StripeError, request_id: str) -> Response:
        answer = Response.of(error.body(request_id, self.account_id), error.status)
        answer.headers |= self._headers(request_id) | error.headers
        return answer

    def _headers(self, request_id: str) -> dict[str, Any]:
        return {
            "Request-Id": request_id,
            "Stripe-Version": API_VERSION,
            "Date": email.utils.formatdate(self.now, usegmt=True),
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Expose-Headers": "Request-Id, Stripe-Manage-Version",
            "Cache-Control": "no-cache, no-store",
        }

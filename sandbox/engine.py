"""One simulated Stripe account: `Sandbox` takes a request and gives an answer, holds the time, and is what tests turn.

How a call of Stripe's API is answered is in answering.py, of its second version in v2/.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox import answering, objects, recording, routing, v2
from sandbox.clock import MAIN, VERBS, Agenda, Clock
from sandbox.deliveries import Deliveries, Order, Post
from sandbox.errors import StripeError
from sandbox.faults import ConnectionLost, Faults
from sandbox.idempotency import Answers
from sandbox.keys import Keys
from sandbox.routing import Call, Request, Response
from sandbox.store import Record, Snapshot, Store
from sandbox.world import World

# Calls that the shapes do not hold; see pages/beyond.py.
BEYOND = re.compile(r"/v1/(accounts|customers/[^/]+/sources|payment_pages/.+)")

LATEST = 4_102_444_799  # seconds since 1970; beyond it not every date can be written
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
        # Told of every call that was answered, even if the answer was lost.
        self.observers: list[Observer] = []
        self.restorations = 0  # how often it went back to a snapshot
        recording.begin(self)
        if not self.store.kinds.get("account"):
            with self.work() as world:
                objects.open_account(world)

    # -- units of work ---------------------------------------------------------------------------------------

    @contextmanager
    def work(self, call: Call | None = None) -> Iterator[World]:
        """A unit of work: committed at the end, rolled back on an exception, unless it is a StripeError with `keep`."""
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
            if target > LATEST:
                raise ValueError("time ends with the year 2099")
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
        """Drain the pending deliveries through `post(url, body, headers) -> (status, text)`; see Deliveries.deliver."""
        return self.deliveries.deliver(post, order, pattern)

    def snapshot(self) -> Snapshot:
        """The whole state, cheaply; give it to `restore`."""
        return self.store.snapshot()

    def restore(self, snapshot: Snapshot) -> None:
        with self.store.lock:
            self.restorations += 1
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

    def _show(self, page: routing.Page, request: Request) -> Response:
        try:
            return page(self, request)
        except StripeError as error:
            return Response.of({"error": error.error}, error.status)

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
        shaped = request.path.startswith("/v1/") and not BEYOND.fullmatch(request.path)
        page = None if shaped else routing.find_page(request)
        if page:
            return self._show(page, request)
        answer = v2.answering.answer if request.path.startswith("/v2/") else answering.answer
        try:
            response = answer(self, request, pause)
        except ConnectionLost as lost:
            if lost.answer:
                self._tell(request, lost.answer)
            raise
        self._tell(request, response)
        return response

    def _tell(self, request: Request, response: Response) -> None:
        for observer in tuple(self.observers):
            observer(request, response)

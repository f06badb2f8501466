"""The sandbox's time and the work that is due in it.

Time is real time plus an offset, or frozen for tests; it moves with `Sandbox.advance`. An object that will
change by itself schedules a verb: `world.schedule(at, "subscription.renew", subscription["id"])`. Verbs are
registered with `@due`. The agenda is kept in the store, so it survives a restart and rolls back with its
unit. A test clock has an agenda of its own.
"""

from __future__ import annotations

import heapq
import itertools
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from sandbox.store import Record, Store

if TYPE_CHECKING:
    from sandbox.world import World

Verb = Callable[["World", str], None]

VERBS: dict[str, Verb] = {}
MAIN = ""  # the agenda of the sandbox's own clock; others are named by their test clock's id


def due(name: str) -> Callable[[Verb], Verb]:
    """Register what `world.schedule(at, name, object_id)` will do: a function of the world and the object's id."""

    def register(verb: Verb) -> Verb:
        VERBS[name] = verb
        return verb

    return register


class Clock:
    """Seconds since 1970, UTC. Kept as one record, so that a restarted sandbox is where it was."""

    ID = "_clock"

    def __init__(self, store: Store, frozen_at: int | None = None) -> None:
        self._store = store
        self._frozen_at = frozen_at
        if self.ID not in store.records:
            self.reset()

    def reset(self) -> None:
        """Back to real time, or to where a frozen clock began."""
        self._store.apply([{"id": self.ID, "object": self.ID, "offset": 0, "frozen": self._frozen_at}])

    def now(self) -> int:
        record = self._store.records[self.ID]
        return record["frozen"] if record["frozen"] is not None else int(time.time()) + record["offset"]

    def set(self, to: int) -> None:
        """Put the clock at a time not before the present one."""
        record = dict(self._store.records[self.ID])
        if record["frozen"] is not None:
            record["frozen"] = to
        else:
            record["offset"] = to - int(time.time())
        self._store.apply([record])


def due_id(verb: str, target: str) -> str:
    return f"_due:{verb}:{target}"


class Agenda:
    """What is due when, in order of time and then of scheduling; a heap per clock over the `_due` records."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._count = itertools.count()
        self._heaps: dict[str, list[tuple[int, int, str]]] = {}
        store.listeners.append(self._listen)
        self.refill()

    def refill(self) -> None:
        """Start afresh from the store, after it was loaded or restored."""
        self._heaps = {}
        for record_id in self._store.kinds.get("_due", ()):
            self._listen(self._store.records[record_id])

    def next(self, until: int, clock: str = MAIN) -> Record | None:
        """The first entry due at `until` or before, or None. It stays until its unit deletes it."""
        heap = self._heaps.get(clock, [])
        while heap and heap[0][0] <= until:
            at, _, entry_id = heap[0]
            entry = self._store.records.get(entry_id)
            if entry is not None and entry["at"] == at and entry["clock"] == clock:
                return entry
            heapq.heappop(heap)
        return None

    def _listen(self, record: Record) -> None:
        if record["object"] == "_due" and not record.get("deleted"):
            heap = self._heaps.setdefault(record["clock"], [])
            heapq.heappush(heap, (record["at"], next(self._count), record["id"]))

"""Where everything is kept: records by id, per kind in the order of their making, in memory and, given a
path, in SQLite.

A record is a dict with "id" and "object" (its kind). Kinds that begin with an underscore are the sandbox's
own: stored answers, due work, deliveries. Committed records are never changed in place, so a snapshot is a
copy of two dicts.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sandbox.skeletons import copy

Record = dict[str, Any]
Snapshot = tuple[dict[str, Record], dict[str, dict[str, None]]]


class Store:
    """The committed records. Hold `lock` for as long as a unit is open."""

    def __init__(self, path: str | Path | None = None) -> None:
        self.lock = threading.RLock()
        self.records: dict[str, Record] = {}
        self.kinds: dict[str, dict[str, None]] = {}
        self.listeners: list[Callable[[Record], None]] = []
        self.base_url = "http://localhost"
        self._file = File(path) if path else None
        for record in self._file.read() if self._file else ():
            self._place(record)

    def unit(self) -> Unit:
        return Unit(self)

    def apply(self, changed: list[Record]) -> None:
        """Take over the changed records of a unit; on disk first, so that nothing is answered that a kill
        could lose.
        """
        if self._file:
            self._file.write(changed)
        for record in changed:
            self._place(record)
            for listener in self.listeners:
                listener(record)

    def _place(self, record: Record) -> None:
        kind = self.kinds.setdefault(record["object"], {})
        if record.get("deleted"):
            kind.pop(record["id"], None)
        else:
            kind.setdefault(record["id"])
        if record.get("deleted") and record["object"].startswith("_"):
            self.records.pop(record["id"], None)
        else:
            self.records[record["id"]] = record

    def snapshot(self) -> Snapshot:
        with self.lock:
            return dict(self.records), {kind: dict(ids) for kind, ids in self.kinds.items()}

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a snapshot. Whoever listens must start afresh afterwards (Sandbox.restore does that)."""
        with self.lock:
            records, kinds = snapshot
            self.records = dict(records)
            self.kinds = {kind: dict(ids) for kind, ids in kinds.items()}
            if self._file:
                self._file.replace(list(self.records.values()))

    def close(self) -> None:
        if self._file:
            self._file.close()


class Unit:
    """One unit of change: working copies over the committed records, kept together or not at all."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._work: dict[str, Record] = {}
        self._added: dict[str, dict[str, None]] = {}

    def peek(self, record_id: str) -> Record | None:
        """The record as this unit sees it; not to be changed."""
        return self._work.get(record_id) or self.store.records.get(record_id)

    def base(self, record_id: str) -> Record | None:
        """The record as it was before this unit."""
        return self.store.records.get(record_id)

    def get(self, record_id: str) -> Record | None:
        """The record to change: whatever is done to it is committed with the unit."""
        if record_id not in self._work and record_id in self.store.records:
            self._work[record_id] = copy(self.store.records[record_id])
        return self._work.get(record_id)

    def add(self, record: Record) -> None:
        self._work[record["id"]] = record
        if record["id"] not in self.store.kinds.get(record["object"], ()):
            self._added.setdefault(record["object"], {})[record["id"]] = None

    def delete(self, record: Record) -> None:
        """Leave a tombstone: {"id", "object", "deleted": true}."""
        tombstone = {"id": record["id"], "object": record["object"], "deleted": True}
        self._work[record["id"]] = tombstone
        self._added.get(record["object"], {}).pop(record["id"], None)

    def scan(self, kind: str, newest_first: bool = False) -> Iterator[Record]:
        """The records of a kind in the order of their making; not to be changed."""
        committed, added = list(self.store.kinds.get(kind, ())), list(self._added.get(kind, ()))
        ids = [*reversed(added), *reversed(committed)] if newest_first else [*committed, *added]
        for record_id in ids:
            record = self.peek(record_id)
            if record is not None and not record.get("deleted"):
                yield record

    def commit(self) -> None:
        changed = [record for key, record in self._work.items() if record != self.store.records.get(key)]
        self._work, self._added = {}, {}
        if changed:
            self.store.apply(changed)


class File:
    """The records in one SQLite table. Write-ahead logging: what was committed survives the death of the process."""

    def __init__(self, path: str | Path) -> None:
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=OFF")
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS records (place INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, body "
            "TEXT NOT NULL)"
        )

    def read(self) -> Iterator[Record]:
        for (body,) in self._connection.execute("SELECT body FROM records ORDER BY place"):
            yield json.loads(body)

    def write(self, records: list[Record]) -> None:
        gone = [(r["id"],) for r in records if r.get("deleted") and r["object"].startswith("_")]
        kept = [
            (r["id"], json.dumps(r))
            for r in records
            if not (r.get("deleted") and r["object"].startswith("_"))
        ]
        self._connection.execute("BEGIN")
        self._connection.executemany("DELETE FROM records WHERE id = ?", gone)
        self._connection.executemany(
            "INSERT INTO records (id, body) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = "
            "excluded.body",
            kept,
        )
        self._connection.execute("COMMIT")

    def replace(self, records: list[Record]) -> None:
        self._connection.execute("DELETE FROM records")
        self.write(records)

    def close(self) -> None:
        self._connection.close()

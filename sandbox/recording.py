"""Traffic as lines of JSON, one per call and one per event: what the conformance check reads, and what one greps.

With SANDBOX_TRAFFIC=directory every sandbox writes there, into a file per process. Keys are cut to their kind.
"""

from __future__ import annotations

import atexit
import json
import os
import re
import secrets
import threading
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO
from urllib.parse import parse_qsl

from sandbox import keys
from sandbox.routing import Request, Response
from sandbox.world import World

if TYPE_CHECKING:
    from sandbox.engine import Sandbox
    from sandbox.store import Record

KEPT = ("stripe-version", "idempotency-key", "content-type", "user-agent")
ANSWERED = ("Request-Id", "Original-Request", "Stripe-Version", "Idempotent-Replayed", "Content-Type")


class Recorder:
    """Watches one Sandbox and writes what it is asked, what it answers and the events that it makes."""

    def __init__(self, sandbox: Sandbox, directory: str | Path) -> None:
        self._sandbox = sandbox
        self._directory = str(directory)
        self._name = secrets.token_hex(6)
        self._told: set[str] = set()
        sandbox.observers.append(self.note_call)
        sandbox.store.listeners.append(self.note_event)

    def note_call(self, request: Request, answer: Response) -> None:
        """Not of API v2, of which Stripe publishes no shapes to check it by."""
        if not request.path.startswith("/v2/"):
            self._write(describe(request, answer))

    def note_event(self, record: Record) -> None:
        """Of every record that is committed the events, each once."""
        if record["object"] == "event" and record["id"] not in self._told:
            self._told.add(record["id"])
            shown = World(self._sandbox.store.unit(), self._sandbox.now).render(record)
            self._write({"kind": "webhook", "event": shown})

    def _write(self, entry: dict[str, Any]) -> None:
        """With the account, as calls of different sandboxes, or before and after a return to a snapshot, have
        nothing to do with each other; of a fork too, and numbers of processes are given again."""
        account = f"{os.getpid()}-{self._name}-{self._sandbox.restorations}"
        test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]
        line = json.dumps({"account": account, "test": test, "now": self._sandbox.now} | entry)
        file, lock = _open(self._directory, os.getpid())
        with lock:
            file.write(line + "\n")


def begin(sandbox: Sandbox) -> None:
    """Record a sandbox where SANDBOX_TRAFFIC says."""
    if directory := os.environ.get("SANDBOX_TRAFFIC"):
        Recorder(sandbox, directory)


def describe(request: Request, answer: Response) -> dict[str, Any]:
    """One call as a plain dict."""
    headers = {name: request.headers[name] for name in KEPT if name in request.headers}
    form = parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)
    authorization = request.headers.get("authorization") or keys.take(form)
    headers["authorization"] = re.sub(r"((?:sk|rk|pk)_[a-z]+_).*", r"\1...", authorization)
    return {
        "kind": "http",
        "method": request.method,
        "path": request.path,
        "query": parse_qsl(request.query, keep_blank_values=True),
        "form": form,
        "status": answer.status,
        "request_headers": headers,
        "response_headers": {n.lower(): answer.headers[n] for n in ANSWERED if n in answer.headers},
        "response": answer.json,
    }


@lru_cache(maxsize=8)
def _open(directory: str, process: int) -> tuple[TextIO, threading.Lock]:
    Path(directory).mkdir(parents=True, exist_ok=True)
    file = (Path(directory) / f"{process}.jsonl").open("a", buffering=1, encoding="utf-8")
    atexit.register(file.close)
    return file, threading.Lock()

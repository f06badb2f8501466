"""Traffic as lines of JSON, one per call: what the conformance test reads, and what a developer greps.

    sandbox.observers.append(Recorder(path))

Keys are cut to their kind.
"""

from __future__ import annotations

import json
import re
import threading
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from sandbox.routing import Request, Response

KEPT = ("stripe-version", "idempotency-key", "content-type", "user-agent")
ANSWERED = ("Request-Id", "Stripe-Version", "Idempotent-Replayed", "Content-Type")


class Recorder:
    """An observer of a Sandbox that appends to a file."""

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        self._lock = threading.Lock()

    def __call__(self, request: Request, answer: Response) -> None:
        line = json.dumps(entry(request, answer))
        with self._lock, self._path.open("a") as file:
            file.write(line + "\n")


def entry(request: Request, answer: Response) -> dict[str, Any]:
    """One call as a plain dict."""
    headers = {name: request.headers[name] for name in KEPT if name in request.headers}
    authorization = request.headers.get("authorization", "")
    headers["authorization"] = re.sub(r"((?:sk|rk|pk)_[a-z]+_).*", r"\1...", authorization)
    return {
        "kind": "http",
        "method": request.method,
        "path": request.path,
        "query": parse_qsl(request.query, keep_blank_values=True),
        "form": parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True),
        "status": answer.status,
        "request_headers": headers,
        "response_headers": {n.lower(): answer.headers[n] for n in ANSWERED if n in answer.headers},
        "response": answer.json,
    }

"""Where an event's time goes: seconds of CPU, Python's and PostgreSQL's, in one process and without a server.

python -m benchmarks.costs PATH, with one event a line on standard input, prints microseconds per event as JSON
"""

import functools
import io
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import django
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import connection  # noqa: E402

from benchmarks import events  # noqa: E402

WARM = 0.2  # of the events; they are not measured
REST = "Django, and what is not listed"

_spent: Counter[str] = Counter()
# Of each part that is going on, from the outermost in: what the parts within it have taken.
_within: list[int] = []


def timed(part: str, act: Callable[..., Any]) -> Callable[..., Any]:
    """What it takes by itself: the time of the parts within it is theirs."""

    @functools.wraps(act)
    def measured(*arguments: Any, **named: Any) -> Any:
        began = time.thread_time_ns()
        _within.append(0)
        try:
            return act(*arguments, **named)
        finally:
            took = time.thread_time_ns() - began
            _spent[part] += took - _within.pop()
            if _within:
                _within[-1] += took

    return measured


def take_apart() -> None:
    """Time the parts of Turnpike's path; what is left is Django's, and what lies between them."""
    from billing.mirror import guards, hearing, statements
    from billing.webhooks import inbox, notices, process, registry, signatures
    from config.statements import sending

    parts: list[tuple[str, Any, str]] = [
        ("round trips to PostgreSQL", sending, "_execute_by"),
        ("signature", signatures, "is_good"),
        ("JSON", notices, "read"),
        ("guard, locked and read", guards, "lock"),
        ("digest of the facts", statements, "digest_of"),
        ("rows, items and access", hearing, "_write"),
        ("guard, written", guards, "keep"),
        ("handlers", registry, "react"),
        ("inbox", inbox, "store"),
        ("inbox", inbox, "store_done"),
        ("the transaction around them", process, "_quickly"),
    ]
    for part, owner, name in parts:
        setattr(owner, name, timed(part, getattr(owner, name)))


def request(path: str, body: bytes) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "HTTP_HOST": "127.0.0.1",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_STRIPE_SIGNATURE": events.signature(body),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
    }


def database_ns() -> int:
    """Nanoseconds for which our backend has run; 0 where that cannot be seen."""
    with suppress(OSError, AttributeError):
        pid = connection.connection.info.backend_pid
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])
    return 0


def main(path: str) -> None:
    if os.environ["DJANGO_SETTINGS_MODULE"] == "config.settings":
        take_apart()
    application = get_wsgi_application()

    def start(status: str, headers: Any) -> None:
        assert status.startswith("200"), status

    def answer(environ: dict[str, Any]) -> None:
        response = application(environ, start)
        b"".join(response)
        response.close()

    waiting = [request(path, line.rstrip(b"\n")) for line in sys.stdin.buffer]
    measured = waiting[int(len(waiting) * WARM) :]
    for environ in waiting[: -len(measured)]:
        answer(environ)
    _spent.clear()
    whole, before = timed(REST, answer), database_ns()
    for environ in measured:
        whole(environ)
    _spent["Python"] = sum(_spent.values())
    _spent["PostgreSQL"] = database_ns() - before
    print(json.dumps({part: spent / len(measured) / 1000 for part, spent in _spent.items()}))


if __name__ == "__main__":
    main(sys.argv[1])

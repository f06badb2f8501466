"""One deadline over all calls to Stripe that a request makes, retries and pauses included.

A web request starts it when it begins (`apps.py`); a worker wraps each event in `within`. Elsewhere, in a command,
each call has the whole time for itself.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

SECONDS = 12.0
# A try that has less than this left is not begun.
TOO_LATE = 0.05
# One try may not eat all of it: a retry after a hanging one must still fit in.
TRY = 8.0
CONNECT = 2.0

_ends: ContextVar[float | None] = ContextVar("stripe_deadline", default=None)


def start(**signal: object) -> None:
    """From now on, in this context, all calls together have twelve seconds."""
    _ends.set(time.monotonic() + SECONDS)


def clear(**signal: object) -> None:
    _ends.set(None)


@contextmanager
def within(seconds: float = SECONDS) -> Iterator[None]:
    """All calls inside have so many seconds together, or what is left of an outer deadline if that is less."""
    outer = _ends.get()
    ends = time.monotonic() + seconds
    token = _ends.set(ends if outer is None else min(outer, ends))
    try:
        yield
    finally:
        _ends.reset(token)


def left() -> float:
    """Seconds until the deadline, never negative."""
    ends = _ends.get()
    return SECONDS if ends is None else max(0.0, ends - time.monotonic())


def timeout() -> tuple[float, float]:
    """For the next try: seconds to connect in, and to wait for an answer in."""
    remaining = left()
    connect = min(CONNECT, remaining / 2)
    return connect, min(TRY, remaining - connect)

"""How many calls to Stripe a long piece of work makes per second, so that customers keep their share of the limit.

Stripe allows 100 reads a second in live mode and 25 in test mode. https://docs.stripe.com/rate-limits
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Pace:
    """At most so many calls per second, evenly."""

    def __init__(self, per_second: float) -> None:
        self._pause = 1 / per_second
        self._last = float("-inf")

    def wait(self) -> None:
        remaining = self._last + self._pause - time.monotonic()
        if remaining > 0:
            time.sleep(remaining)
        self._last = time.monotonic()


_pace: ContextVar[Pace | None] = ContextVar("stripe_pace", default=None)


@contextmanager
def limited(per_second: float) -> Iterator[None]:
    """Calls inside, retries included, are made at this pace. Outside nothing is slowed down."""
    token = _pace.set(Pace(per_second))
    try:
        yield
    finally:
        _pace.reset(token)


def wait() -> None:
    """Wait until the next call may be made; at once where no pace is set."""
    if pace := _pace.get():
        pace.wait()

"""The wire between the application and the local Stripe, which a test can cut, or on which it can do something
else meanwhile.

No transaction is open while Stripe is called, so what is done inside a call, in the same thread, is exactly what
another process might do there. That makes interleavings of processes out of plain nested calls, and repeatable.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import stripe

from billing.gateway import deadline
from sandbox.faults import Faults
from sandbox.transport import InProcessClient


class Died(BaseException):
    """The process that did this is dead. No `except Exception` survives it; what was not committed is rolled back."""


@dataclass
class Interruption:
    """At the `call`-th call from now on, `before` it is carried out or after, do this."""

    call: int
    before: bool
    act: Callable[[], object]


class Wire(stripe.HTTPClient):
    """An HTTP client of the SDK that remembers each call of the application, and may be interrupted."""

    name = "wire"

    def __init__(self, below: InProcessClient) -> None:
        super().__init__()
        self.below = below
        self.calls: list[tuple[str, str]] = []
        self.faults = Faults()  # the dashboard does not run into them
        self._interruption: Interruption | None = None

    def interrupt(self, interruption: Interruption | None) -> None:
        """Arm it; it happens once. None: disarm."""
        self._interruption = interruption

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **options: Any
    ) -> tuple[str, int, Mapping[str, str]]:
        self.calls.append((method.upper(), urlsplit(url).path))
        act, before = self._due()
        if act and before:
            act()
        answer = self._ask(method, url, headers, post_data, **options)
        if act and not before:
            act()
        return answer

    def _ask(self, *request: Any, **options: Any) -> tuple[str, int, Mapping[str, str]]:
        sandbox = self.below.sandbox
        before, sandbox.faults = sandbox.faults, self.faults
        try:
            return self.below.request(*request, **options)
        finally:
            sandbox.faults = before

    def _due(self) -> tuple[Callable[[], object] | None, bool]:
        """What is to be done at this call."""
        due = self._interruption
        if due is None:
            return None, False
        due.call -= 1
        if due.call > 0:
            return None, False
        self._interruption = None
        return due.act, due.before

    def _sleep_time_seconds(self, num_retries: int) -> float:
        return 0.0

    def close(self) -> None:
        """Nothing is open."""


def die() -> None:
    """For an interruption: the process ends here."""
    raise Died


def restart() -> None:
    """What a new process begins with: no deadline is running."""
    deadline.clear()

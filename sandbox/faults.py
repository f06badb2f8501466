"""Faults on demand: what the next calls that match a pattern run into instead of, before or after being carried out."""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Any

from sandbox.errors import StripeError
from sandbox.routing import Response

KINDS = ("error", "hang", "cut", "lost")


class ConnectionLost(Exception):  # noqa: N818 - an event, not a mistake
    """The caller gets no answer: the connection is closed (server) or stripe.APIConnectionError is raised (in
    process). `answer`: the one that was lost, of a call that was carried out.
    """

    def __init__(self, reason: str, answer: Response | None = None) -> None:
        super().__init__(reason)
        self.answer = answer


@dataclass
class Fault:
    """`kind`: "error" answers `status` (500, 429 or 409), of 429 with `code` "rate_limit" or "lock_timeout"; "hang"
    waits `seconds`, then carries out the call; "cut" closes the connection with nothing done; "lost" carries it out
    and closes the connection. Patterns are shell patterns.
    """

    kind: str = "error"
    method: str = "*"
    path: str = "*"
    status: int = 500
    code: str = ""
    seconds: float = 30.0
    times: int = 1

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}")
        if self.kind == "error" and self.status not in _ERRORS:
            raise ValueError(f"status must be one of {', '.join(map(str, _ERRORS))}")
        if self.code and (self.status, self.code) not in ((429, "rate_limit"), (429, "lock_timeout")):
            raise ValueError("code must be rate_limit or lock_timeout, of status 429")


# status: (message, type, code)
_ERRORS: dict[int, tuple[str, str, str | None]] = {
    429: (
        "Request rate limit exceeded. You can learn more about rate limits here "
        "https://stripe.com/docs/rate-limits.",
        "invalid_request_error",
        "rate_limit",
    ),
    409: (
        "This object cannot be accessed right now because another API request or Stripe process is "
        "currently accessing it. If you see this error intermittently, retry the request. If you see this "
        "error frequently and are making multiple concurrent requests to a single object, make your "
        "requests serially or at a lower rate. For more details, see "
        "https://stripe.com/docs/rate-limits#object-lock-timeouts.",
        "invalid_request_error",
        "lock_timeout",
    ),
    500: (
        "An unknown error occurred with your request. If you continue to see this error, let us know at "
        "https://support.stripe.com/.",
        "api_error",
        None,
    ),
}


def _refusal(fault: Fault) -> StripeError:
    """A lock is tried again by clients, as Stripe bids them; https://github.com/stripe/stripe-php/pull/718."""
    if fault.code == "lock_timeout":
        message, kind, code = _ERRORS[409]
        return StripeError(message, status=429, kind=kind, code=code, headers={"Stripe-Should-Retry": "true"})
    message, kind, code = _ERRORS[fault.status]
    return StripeError(message, status=fault.status, kind=kind, code=code)


class Faults:
    """The faults that are set. A fault is used up after `times` matching calls."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, kind: str = "error", **settings: Any) -> Fault:
        """Set a fault; see Fault for the settings."""
        fault = Fault(kind, **settings)
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def list(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(fault) for fault in self._faults]

    def take(self, method: str, path: str) -> Fault | None:
        """The first fault for this call, counted down."""
        with self._lock:
            for fault in self._faults:
                if fnmatchcase(method, fault.method) and fnmatchcase(path, fault.path):
                    fault.times -= 1
                    if fault.times <= 0:
                        self._faults.remove(fault)
                    return fault
        return None


def refuse_early(fault: Fault | None) -> None:
    """What is decided before the idempotency key is looked at: the rate limit, a lock, a broken connection."""
    if fault and fault.kind == "cut":
        raise ConnectionLost("cut before the call was carried out")
    if fault and fault.kind == "error" and fault.status != 500:
        raise _refusal(fault)


def refuse_late(fault: Fault | None) -> None:
    """A 500 in the middle of the work: its answer is stored under the idempotency key, as Stripe does."""
    if fault and fault.kind == "error" and fault.status == 500:
        raise _refusal(fault)

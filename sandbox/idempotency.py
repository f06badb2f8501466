"""Idempotency keys, as Stripe keeps them: the first answer is stored for 24 hours, errors of the execution included.

https://docs.stripe.com/api/idempotent_requests
"""

from __future__ import annotations

import hashlib
import json
import threading
from typing import TYPE_CHECKING

from sandbox.errors import StripeError
from sandbox.forms import Pairs
from sandbox.routing import Response
from sandbox.store import Record

if TYPE_CHECKING:
    from sandbox.world import World

KEPT_SECONDS = 24 * 3600
LONGEST = 255


class Answers:
    """Stored answers by key, and which keys are in use at this moment."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._in_use: set[str] = set()

    def claim(self, key: str) -> None:
        """Mark a key as in use. Raises Stripe's 409 if it is; its 400 if the key is too long."""
        if len(key) > LONGEST:
            raise StripeError(
                f"Idempotency key is too long ({len(key)} characters): it can have up to {LONGEST} "
                "characters.",
                kind="idempotency_error",
            )
        with self._lock:
            if key in self._in_use:
                raise StripeError(
                    "There is currently another in-progress request using this Idempotent Key (that "
                    "probably means you submitted twice, and the other request is still going through): "
                    f"{key}. Please try again later.",
                    status=409,
                    kind="idempotency_error",
                    code="idempotency_key_in_use",
                )
            self._in_use.add(key)

    def release(self, key: str) -> None:
        with self._lock:
            self._in_use.discard(key)

    def find(self, world: World, key: str, path: str, pairs: Pairs) -> Response | None:
        """The stored answer. Raises `idempotency_error` if it was given to another path or other parameters."""
        stored = world.peek(_record_id(key))
        if stored is None or stored["at"] + KEPT_SECONDS <= world.now:
            return None
        if stored["path"] != path:
            raise StripeError(
                "Keys for idempotent requests can only be used for the same endpoint they were first used "
                f"for ('{path}' vs '{stored['path']}'). Try using a key other than '{key}' if you meant to "
                "execute a different request.",
                kind="idempotency_error",
            )
        if stored["fingerprint"] != _fingerprint(pairs):
            raise StripeError(
                "Keys for idempotent requests can only be used with the same parameters they were first "
                f"used with. Try using a key other than '{key}' if you meant to execute a different request.",
                kind="idempotency_error",
            )
        headers = stored["headers"] | {
            "Idempotent-Replayed": "true",
            "Original-Request": stored["headers"]["Request-Id"],
        }
        return Response(stored["status"], headers, stored["body"].encode())

    def store(self, world: World, key: str, path: str, pairs: Pairs, answer: Response) -> None:
        record: Record = {
            "id": _record_id(key),
            "object": "_answer",
            "at": world.now,
            "path": path,
            "fingerprint": _fingerprint(pairs),
            "status": answer.status,
            "headers": answer.headers,
            "body": answer.body.decode(),
        }
        world.unit.add(record)


def _record_id(key: str) -> str:
    return f"_answer:{key}"


def _fingerprint(pairs: Pairs) -> str:
    return hashlib.sha256(json.dumps(sorted(pairs)).encode()).hexdigest()

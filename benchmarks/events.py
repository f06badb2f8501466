"""The events that are sent: five kinds about objects that exist, each newer than the last, signed as by Stripe."""

import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Iterator
from typing import Any

TYPES = {
    "subscription": "customer.subscription.updated",
    "invoice": "invoice.updated",
    "customer": "customer.updated",
    "product": "product.updated",
    "payment_intent": "payment_intent.processing",
}
# So many seconds lie between two events of an object at Stripe: enough that the newer one is so beyond doubt.
STEP = 10
SECRET = "whsec_" + "b" * 32
API_VERSION = "2026-08-26.dahlia"

_numbers = itertools.count(1)
_began = int(time.time()) + STEP


class Source:
    """The events of one client: in turn about each of its objects, every time with something that has changed."""

    def __init__(self, objects: list[dict[str, Any]]) -> None:
        self._turns = itertools.cycle(objects)
        self._size = len(objects)
        self._sent = 0

    def take(self, count: int) -> list[bytes]:
        return [self._event(data) for data in itertools.islice(self._turns, count)]

    def _event(self, data: dict[str, Any]) -> bytes:
        self._sent += 1
        event = {
            "id": f"evt_bench{next(_numbers):012d}",
            "object": "event",
            "api_version": API_VERSION,
            "created": _began + self._sent // self._size * STEP,
            "data": {"object": {**data, **_change(data, self._sent)}},
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "type": TYPES[data["object"]],
        }
        return json.dumps(event).encode()


def _change(data: dict[str, Any], number: int) -> dict[str, Any]:
    """A fact that the mirror keeps."""
    if data["object"] == "subscription":
        items = data["items"]
        return {"items": {**items, "data": [{**item, "quantity": number} for item in items["data"]]}}
    return {
        "invoice": {"attempt_count": number},
        "customer": {"balance": -number},
        "product": {"name": f"Name {number}"},
        "payment_intent": {"amount": number + 50},
    }[data["object"]]


def signature(body: bytes) -> str:
    at = int(time.time())
    return f"t={at},v1={hmac.new(SECRET.encode(), f'{at}.'.encode() + body, hashlib.sha256).hexdigest()}"


def requests(path: str, bodies: list[bytes]) -> Iterator[bytes]:
    """As they go over the wire."""
    for body in bodies:
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nConnection: close\r\n"
            f"Content-Length: {len(body)}\r\nStripe-Signature: {signature(body)}\r\n\r\n"
        )
        yield head.encode() + body

"""Deliveries of events to webhook endpoints: signed, tried until answered with 2xx, and at a tester's mercy.

In the server a thread tries what is due; in process a test drains them with its own `post`. Signatures carry
real time, whatever the sandbox's clock says.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import random
import time
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from sandbox import events, identifiers
from sandbox.store import Record
from sandbox.world import World

if TYPE_CHECKING:
    from sandbox.engine import Sandbox

# Posts a body to a URL with headers: status and text of the answer; raises OSError when there was none.
Post = Callable[[str, bytes, dict[str, str]], tuple[int, str]]
Order = Callable[[list[Record]], list[Record]]

BACK_OFF = (5, 15, 60, 300, 1800, 3600, 7200, 14400, 28800, 43200, 86400, 86400)  # seconds; three days in all
ROLL_SECONDS = 24 * 3600
EXCERPT = 500  # characters of an answer that are kept


def sign(secret: str, body: bytes, timestamp: int) -> str:
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


class Deliveries:
    """The queue, and what a tester can do to it. Methods that take `pattern` mean event types: `invoice.*`."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._open: dict[str, None] = {}
        sandbox.store.listeners.append(self._listen)
        self.refill()

    def refill(self) -> None:
        """Start afresh from the store, after it was loaded or restored."""
        self._open = {}
        for record_id in self._sandbox.store.kinds.get("_delivery", ()):
            self._listen(self._sandbox.store.records[record_id])

    def _listen(self, record: Record) -> None:
        if record["object"] == "_delivery":
            if record.get("state") in events.OPEN:
                self._open.setdefault(record["id"])
            else:
                self._open.pop(record["id"], None)

    # -- looking ---------------------------------------------------------------------------------------------

    def all(self, event_id: str | None = None) -> list[Record]:
        """Every delivery there was, oldest first."""
        with self._sandbox.store.lock:
            records = [
                self._sandbox.store.records[record_id]
                for record_id in self._sandbox.store.kinds.get("_delivery", ())
            ]
        return [record for record in records if event_id in (None, record["event"])]

    def pending(self, pattern: str = "*", held: bool = False) -> list[Record]:
        """What waits to be delivered, in the order of the events; with `held`, what is held back instead."""
        state = "held" if held else "pending"
        with self._sandbox.store.lock:
            records = [self._sandbox.store.records[record_id] for record_id in self._open]
        return [r for r in records if r["state"] == state and fnmatchcase(r["type"], pattern)]

    # -- delivering ------------------------------------------------------------------------------------------

    def deliver(self, post: Post, order: Order | None = None, pattern: str = "*") -> list[Record]:
        """Deliver all that is pending, whatever its back-off, and what that brings about; each once, failed
        ones stay.

        `order` gets the list and returns the one to post: reversed, shuffled, doubled, with some left out
        (they stay). Returns the deliveries as tried.
        """
        tried: list[Record] = []
        seen: set[str] = set()
        while batch := [d for d in self.pending(pattern) if d["id"] not in seen]:
            seen |= {delivery["id"] for delivery in batch}
            for delivery in order(batch) if order else batch:
                tried.append(self.attempt(delivery["id"], post))
        return tried

    def deliver_due(self, post: Post) -> int:
        """One round of what is due by real time; the number tried."""
        now = time.time()
        batch = [delivery for delivery in self.pending() if delivery["next_at"] <= now]
        for delivery in batch:
            for _ in range(delivery.get("copies", 1)):
                self.attempt(delivery["id"], post)
        return len(batch)

    def attempt(self, delivery_id: str, post: Post) -> Record:
        """Post one delivery now and keep what was answered."""
        with self._sandbox.work() as world:
            delivery = world.peek(delivery_id)
            endpoint = world.peek(delivery["endpoint"]) if delivery else None
            event = world.peek(delivery["event"]) if delivery else None
            if delivery is None or endpoint is None or event is None or endpoint.get("deleted"):
                return self._close(world, delivery_id, "dropped")
            body = self._payload(world, event, endpoint)
        timestamp = int(time.time())
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
            "Stripe-Signature": self._signature(endpoint, body, timestamp),
        }
        try:
            status, text = post(endpoint["url"], body, headers)
        except OSError as error:
            status, text = 0, str(error)
        return self._note(delivery_id, timestamp, status, text)

    def _payload(self, world: World, event: Record, endpoint: Record) -> bytes:
        if event["object"] == "v2.core.event":  # a ping
            return json.dumps({k: v for k, v in event.items() if not k.startswith("_")}, indent=2).encode()
        if endpoint.get("_thin"):
            return json.dumps(events.thin(event), indent=2).encode()
        shown = world.render(event)
        if endpoint["api_version"]:
            shown["api_version"] = endpoint["api_version"]
        return json.dumps(shown, indent=2).encode()

    def _signature(self, endpoint: Record, body: bytes, timestamp: int) -> str:
        secrets = [s["secret"] for s in endpoint["_secrets"] if not s["until"] or s["until"] > time.time()]
        return ",".join([f"t={timestamp}", *(f"v1={sign(secret, body, timestamp)}" for secret in secrets)])

    def _note(self, delivery_id: str, at: int, status: int, text: str) -> Record:
        with self._sandbox.work() as world:
            delivery = world.find(delivery_id)
            if delivery is None:
                return {"id": delivery_id, "object": "_delivery", "deleted": True}
            delivery["attempts"].append({"at": at, "status": status, "body": text[:EXCERPT]})
            tries = len(delivery["attempts"])
            if 200 <= status < 300:
                delivery["state"] = "delivered"
            elif delivery["state"] == "pending" and tries > len(BACK_OFF):
                delivery["state"] = "failed"
            elif delivery["state"] == "pending":
                delivery["next_at"] = time.time() + BACK_OFF[tries - 1]
            return delivery

    def _close(self, world: World, delivery_id: str, state: str) -> Record:
        delivery = world.find(delivery_id) or {"id": delivery_id, "object": "_delivery"}
        delivery["state"] = state
        return delivery

    # -- meddling --------------------------------------------------------------------------------------------

    def hold(self, pattern: str = "*") -> None:
        """From now on keep deliveries of these types back, and those that wait already."""
        with self._sandbox.work() as world:
            world.unit.add({"id": "_hold", "object": "_hold", "pattern": pattern})
            for record in self.pending(pattern):
                self._close(world, record["id"], "held")

    def release(self) -> int:
        """Stop holding back, and let go what was held."""
        with self._sandbox.work() as world:
            if hold := world.peek("_hold"):
                world.unit.delete(hold)
            held = self.pending(held=True)
            for record in held:
                self._close(world, record["id"], "pending")
        return len(held)

    def _waiting(self, world: World, pattern: str) -> list[Record]:
        waiting = self.pending(pattern) + self.pending(pattern, held=True)
        return [delivery for record in waiting if (delivery := world.find(record["id"]))]

    def drop(self, pattern: str = "*") -> int:
        """Lose what waits or is held, for good."""
        with self._sandbox.work() as world:
            waiting = self._waiting(world, pattern)
            for delivery in waiting:
                delivery["state"] = "dropped"
        return len(waiting)

    def delay(self, seconds: float, pattern: str = "*") -> int:
        """Let what waits or is held go out only after so many real seconds."""
        with self._sandbox.work() as world:
            waiting = self._waiting(world, pattern)
            for delivery in waiting:
                delivery["next_at"] = time.time() + seconds
        return len(waiting)

    def duplicate(self, pattern: str = "*", copies: int = 2) -> int:
        """Post what waits or is held so many times at its next attempt."""
        with self._sandbox.work() as world:
            waiting = self._waiting(world, pattern)
            for delivery in waiting:
                delivery["copies"] = copies
        return len(waiting)

    def shuffle(self, seed: int | None = None) -> int:
        """Put what waits or is held into another order."""
        with self._sandbox.store.lock:
            ids = list(self._open)
            random.Random(seed).shuffle(ids)
            self._open = dict.fromkeys(ids)
        return len(ids)

    def resend(self, event_id: str, endpoint_id: str | None = None) -> int:
        """Queue an event again, for one endpoint or for all that want it, whether it was delivered or not."""
        with self._sandbox.work() as world:
            event = world.get("event", event_id)
            wanting = [
                endpoint
                for endpoint in world.scan("webhook_endpoint", status="enabled")
                if events.wants(endpoint, event["type"]) and endpoint_id in (None, endpoint["id"])
            ]
            for endpoint in wanting:
                events.queue(world, event, endpoint)
        return len(wanting)

    def tell_only(self, endpoint_id: str) -> None:
        """From now on an endpoint gets thin events. An event destination of API v2 begins so."""
        with self._sandbox.work() as world:
            world.get("webhook_endpoint", endpoint_id)["_thin"] = True

    def roll_secret(
        self, endpoint_id: str, keep_seconds: int = ROLL_SECONDS, secret: str | None = None
    ) -> str:
        """Give an endpoint a new signing secret; the old one signs too for so many real seconds. Returns the
        new one.
        """
        secret = secret or "whsec_" + identifiers.random_text(32)
        with self._sandbox.work() as world:
            endpoint = world.get("webhook_endpoint", endpoint_id)
            until = time.time() + keep_seconds
            kept = [{"secret": s["secret"], "until": s["until"] or until} for s in endpoint["_secrets"]]
            endpoint["_secrets"] = [{"secret": secret, "until": None}, *kept]
        return secret

"""For tests, of anybody's application: a local Stripe in process with a clock that stands still, and its
usual furniture.

    stage = Stage()
    customer = stage.client.v1.customers.create({"email": "alice@example.com"})
    stage.advance(days=31)
    stage.deliver(post)

Nothing here needs pytest; fixtures.py has fixtures for it. docs/sandbox.md explains both.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import stripe

from sandbox.deliveries import Order, Post
from sandbox.engine import Sandbox
from sandbox.furniture import ASKS_FIRST, CHARGE_FAILS, DAY, DECLINED, VISA, Furniture
from sandbox.store import Record
from sandbox.transport import InProcessClient

SECRET_KEY = "sk_test_" + "turnpikesandbox" * 2
PUBLISHABLE_KEY = "pk_test_" + "turnpikesandbox" * 2
START = 1_798_761_600  # 1 January 2027, 00:00 UTC

__all__ = [
    "ASKS_FIRST",
    "CHARGE_FAILS",
    "DAY",
    "DECLINED",
    "PUBLISHABLE_KEY",
    "SECRET_KEY",
    "START",
    "VISA",
    "Stage",
]


class Stage(Furniture):
    """A Sandbox with a client of the official SDK on it, its clock, its webhooks, and Furniture."""

    def __init__(self, *, frozen_at: int = START, secret_key: str = SECRET_KEY) -> None:
        self.sandbox = Sandbox(frozen_at=frozen_at)
        self.http_client = InProcessClient(self.sandbox)
        self.client = self.connect(secret_key)

    def connect(self, key: str, **options: Any) -> stripe.StripeClient:
        """Another client, with another key or other options of the SDK (`max_network_retries`)."""
        return stripe.StripeClient(key, http_client=self.http_client, **options)

    @contextmanager
    def installed(self, key: str = SECRET_KEY) -> Iterator[Stage]:
        """Stand below the SDK's module globals too, for code such as dj-stripe's that uses them."""
        before = (stripe.api_key, stripe.default_http_client)
        stripe.api_key, stripe.default_http_client = key, self.http_client
        try:
            yield self
        finally:
            stripe.api_key, stripe.default_http_client = before

    # -- time and webhooks -----------------------------------------------------------------------------------

    @property
    def now(self) -> int:
        return self.sandbox.now

    def advance(self, *, days: float = 0, seconds: int = 0) -> int:
        """Move the sandbox's clock; what falls due happens. The new time."""
        return self.sandbox.advance(seconds + int(days * DAY))

    def endpoint(self, url: str = "http://testserver/webhook", events: list[str] | None = None) -> Any:
        """A webhook endpoint; its `secret` is on it."""
        params: Any = {"url": url, "enabled_events": events or ["*"]}
        return self.client.v1.webhook_endpoints.create(params)

    def deliver(self, post: Post, order: Order | None = None, pattern: str = "*") -> list[Record]:
        """Deliver what is pending through `post`; see Deliveries.deliver."""
        return self.sandbox.deliver(post, order, pattern)

    def event_types(self) -> list[str]:
        """The types of all events so far, oldest first."""
        with self.sandbox.work() as world:
            return [event["type"] for event in world.scan("event")]

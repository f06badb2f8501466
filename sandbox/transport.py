"""The sandbox below the official SDK, in process: no socket, no thread.

Give it to one client, `stripe.StripeClient(key, http_client=InProcessClient(sandbox))`, or to the module's
globals, which dj-stripe uses: `stripe.default_http_client = InProcessClient(sandbox)`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import stripe

from sandbox.engine import Sandbox
from sandbox.faults import ConnectionLost


class Headers(dict[str, str]):
    """Header names as they come, found in any case, as the SDK expects of an answer."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        super().__init__(headers)
        self._lower = {name.lower(): name for name in headers}

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._lower

    def __getitem__(self, name: str) -> str:
        return super().__getitem__(self._lower[name.lower()])

    def get(self, name: str, default: Any = None) -> Any:
        return super().get(self._lower.get(name.lower(), name), default)


class InProcessClient(stripe.HTTPClient):
    """An HTTP client of the SDK that asks a Sandbox. `timeout`: a hang longer than this is a timeout, at once."""

    name = "sandbox"

    def __init__(self, sandbox: Sandbox, timeout: float = 80, retry_delay: float = 0.0) -> None:
        super().__init__()
        self.sandbox = sandbox
        self._timeout = timeout
        self._retry_delay = retry_delay

    def _sleep_time_seconds(self, num_retries: int) -> float:
        """The SDK's pause between retries: none by default, as nobody else uses the sandbox meanwhile."""
        return self._retry_delay

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **_: Any
    ) -> tuple[str, int, Mapping[str, str]]:
        parts = urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        body = post_data.encode() if isinstance(post_data, str) else post_data or b""
        try:
            answer = self.sandbox.handle(method, target, dict(headers or {}), body, pause=self._pause)
        except ConnectionLost as lost:
            raise stripe.APIConnectionError(
                f"Unexpected error communicating with Stripe: {lost}", should_retry=True
            ) from lost
        return answer.body.decode(), answer.status, Headers(answer.headers)

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: Any = None, **_: Any
    ) -> tuple[bytes, int, Mapping[str, str]]:
        """The same for `await client.v1.customers.create_async(...)`; there is nothing to wait for."""
        text, status, answered = self.request(method, url, headers, post_data)
        return text.encode(), status, answered

    async def sleep_async(self, secs: float) -> None:
        """Between the retries of an awaited call: see _sleep_time_seconds."""
        await asyncio.sleep(secs)

    def _pause(self, seconds: float) -> None:
        if seconds >= self._timeout:
            raise ConnectionLost(f"timed out after {self._timeout} s")

    def close(self) -> None:
        """Nothing is open."""

    async def close_async(self) -> None:
        """Nothing is open."""

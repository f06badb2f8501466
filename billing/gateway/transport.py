"""How bytes get to Stripe: under the deadline, with retries as far as it allows. Below is the network, or a test."""

from collections.abc import Mapping
from typing import Any

import stripe

from billing.gateway import deadline, pace

RETRIES = 3
TOO_MANY_REQUESTS = 429


class Network(stripe.RequestsClient):
    """The SDK's client over `requests`, with a time-out of its own for each try."""

    @property
    def _timeout(self) -> tuple[float, float]:
        return deadline.timeout()

    @_timeout.setter
    def _timeout(self, value: Any) -> None:
        """The SDK sets a fixed one when it makes the client; ours depends on the time left."""


class Transport(stripe.HTTPClient):
    """Asks another client, and decides whether there is time to ask again.

    It signs with our key whatever the caller signed with, so that dj-stripe need not know the key.
    """

    name = "turnpike"

    def __init__(self, below: stripe.HTTPClient, key: str) -> None:
        super().__init__()
        self.below = below
        self._key = key

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **options: Any
    ) -> tuple[str, int, Mapping[str, str]]:
        if deadline.left() <= deadline.TOO_LATE:
            raise stripe.APIConnectionError("no time left to ask Stripe", should_retry=False)
        pace.wait()
        signed = {**(headers or {}), "Authorization": f"Bearer {self._key}"}
        return self.below.request(method, url, signed, post_data, **options)

    def _should_retry(
        self, response: Any, api_connection_error: Any, num_retries: int, max_network_retries: int | None
    ) -> bool:
        """As the SDK, within the deadline; and after a 429, which Stripe decides before it looks at the key."""
        if num_retries >= (max_network_retries or 0) or deadline.left() <= self._pause(num_retries + 1):
            return False
        if response is not None and response[1] == TOO_MANY_REQUESTS:
            return True
        return super()._should_retry(response, api_connection_error, num_retries, max_network_retries)

    def _sleep_time_seconds(self, num_retries: int) -> float:
        return self._pause(num_retries)

    def _pause(self, num_retries: int) -> float:
        return self.below._sleep_time_seconds(num_retries)

    def close(self) -> None:
        self.below.close()

"""The local Stripe as an API of a given latency: what was asked once is answered from memory, so that a peer that
asks for every object is not measured by the speed of ours.

python -m benchmarks.stripe_api PORT
"""

import sys
import threading
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sandbox.engine import Sandbox
from sandbox.routing import Response
from sandbox.server import Server

CONTROL = "/benchmark"


class Remembering(Sandbox):
    """Its reads are remembered, counted, and slowed down by `latency` seconds."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.latency, self.calls, self.remembering = 0.0, 0, False
        self._answers: dict[str, Response] = {}

    def handle(self, method: str, target: str, headers: Any, body: bytes = b"", **options: Any) -> Response:
        if target.startswith(CONTROL):
            return self._control(target)
        self.calls += 1
        time.sleep(self.latency)
        if method != "GET" or not self.remembering:
            return super().handle(method, target, headers, body, **options)
        if target not in self._answers:
            self._answers[target] = super().handle(method, target, headers, body, **options)
        return self._answers[target]

    def _control(self, target: str) -> Response:
        """`?latency=0.1`: from now on, and remember from now on. Answers with the number of calls so far."""
        if wanted := parse_qs(urlsplit(target).query).get("latency"):
            self.latency, self.remembering = float(wanted[0]), True
        return Response.of({"calls": self.calls})


def main(port: int) -> None:
    with Server(Remembering(), port):
        threading.Event().wait()


if __name__ == "__main__":
    main(int(sys.argv[1]))

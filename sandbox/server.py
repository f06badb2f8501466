"""The sandbox over HTTP, as a process of its own: a thread per connection, one that delivers, and does what
falls due.
"""

from __future__ import annotations

import http.client
import logging
import re
import socket
import sys
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from sandbox import errors
from sandbox.engine import Sandbox
from sandbox.errors import StripeError
from sandbox.faults import ConnectionLost
from sandbox.routing import Response

logger = logging.getLogger("sandbox")

TICK_SECONDS = 0.2
PATIENCE_SECONDS = 60  # with a client that sends nothing
POST_SECONDS = 20
LARGEST_BODY = 4 * 1024 * 1024
MOST_SKIPPED = 16 * LARGEST_BODY
LINGER_SECONDS = 1


class Handler(BaseHTTPRequestHandler):
    """Carries bytes between a socket and `Sandbox.handle`."""

    protocol_version = "HTTP/1.1"
    server_version = "TurnpikeSandbox"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = PATIENCE_SECONDS
    sandbox: Sandbox

    def answer(self) -> None:
        try:
            self._check_target()
            body = self._read_body()
        except StripeError as error:
            return self._refuse(error)
        headers = dict(self.headers.items())
        try:
            response = self.sandbox.handle(
                self.command, self.path, headers, body, client=self.client_address[0]
            )
        except ConnectionLost:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return None
        except Exception:
            logger.exception(
                "a call failed inside the sandbox: %s %s", self.command, urlsplit(self.path).path
            )
            message = "The sandbox itself failed; its log has the reason."
            response = Response.of({"error": {"type": "api_error", "message": message}}, 500)
        return self._send(response)

    def _check_target(self) -> None:
        try:
            urlsplit(self.path)
        except ValueError as error:
            raise StripeError("Invalid URL.") from error

    def _read_body(self) -> bytes:
        """The whole body. Raises StripeError for one of which nobody can say where it ends."""
        if "Transfer-Encoding" in self.headers:
            raise StripeError("Send a Content-Length: the sandbox reads no chunked bodies.", status=411)
        length = _read_length(self.headers.get_all("Content-Length", ["0"]))
        if length > LARGEST_BODY:
            raise StripeError(f"Request too large: at most {LARGEST_BODY} bytes.", status=413)
        body = self.rfile.read(length)
        if len(body) < length:
            raise StripeError("The body ended before its Content-Length.")
        return body

    def _refuse(self, error: StripeError) -> None:
        """Answer what could not be read as a request, and hang up; a client that is still sending gets to read it."""
        self.close_connection = True
        self._send(Response.of({"error": error.error}, error.status))
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_WR)
        self.connection.settimeout(LINGER_SECONDS)
        left = MOST_SKIPPED
        while left > 0 and (piece := self.rfile.read1(LARGEST_BODY)):
            left -= len(piece)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What http.server refuses by itself, in Stripe's shape: an unreadable line, an unknown method."""
        self.request_version = self.protocol_version
        if code == HTTPStatus.NOT_IMPLEMENTED:
            return self._refuse(errors.unrecognized_url(self.command, self.path))
        return self._refuse(StripeError(f"{message or HTTPStatus(code).phrase}.", status=code))

    do_GET = do_POST = do_DELETE = do_PUT = do_PATCH = do_HEAD = answer  # noqa: N815 - http.server's names

    def do_OPTIONS(self) -> None:
        """The browser's question before Stripe.js may call from a page of another origin."""
        headers = {
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Allow-Methods": "GET, POST, HEAD, OPTIONS, DELETE",
            "Access-Control-Allow-Headers": self.headers.get("Access-Control-Request-Headers", ""),
            "Access-Control-Max-Age": "300",
        }
        self._send(Response(204, headers, b""))

    def _send(self, response: Response) -> None:
        self.send_response_only(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if "Date" not in response.headers:
            self.send_header("Date", self.date_time_string())
        self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)

    def log_message(self, *args: object) -> None:
        """Silence: the dashboard shows what happened."""


class Server(ThreadingHTTPServer):
    """Serves a Sandbox on this machine. `start` and `stop`, or as a context manager."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, sandbox: Sandbox, port: int = 0, host: str = "127.0.0.1", url: str = "") -> None:
        handler = type("BoundHandler", (Handler,), {"sandbox": sandbox})
        super().__init__((host, port), handler)
        self.sandbox = sandbox
        self.url = url.rstrip("/") or f"http://{host}:{self.server_address[1]}"
        sandbox.base_url = self.url
        self._stopping = threading.Event()
        self._workers = [
            threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True),
            threading.Thread(target=self._tick, daemon=True),
        ]

    def start(self) -> Server:
        for thread in self._workers:
            thread.start()
        return self

    def stop(self) -> None:
        """Stop taking calls, let the present delivery finish, close the state."""
        self._stopping.set()
        self.shutdown()
        for thread in self._workers:
            thread.join(timeout=POST_SECONDS)
        self.server_close()

    def __enter__(self) -> Server:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away in the middle is no failure; anything else is logged."""
        if not isinstance(sys.exception(), ConnectionError):
            logger.exception("a connection failed inside the sandbox")

    def _tick(self) -> None:
        """Deliver and do what falls due, until stopped. A failure is logged and tried again at the next tick."""
        while not self._stopping.wait(TICK_SECONDS):
            try:
                self.sandbox.run_due()
                self.sandbox.deliveries.deliver_due(post)
            except Exception:
                logger.exception("due work or a delivery failed inside the sandbox")


def _read_length(given: list[str]) -> int:
    """The Content-Length, which may be repeated but not contradict itself. Raises StripeError."""
    if len(set(given)) > 1 or not re.fullmatch(r"[0-9]{1,18}", given[0].strip()):
        raise StripeError("Invalid Content-Length.")
    return int(given[0])


def post(url: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
    """POST without following redirects, as Stripe does: (status, text). Raises OSError without an answer."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.netloc, timeout=POST_SECONDS)
    try:
        connection.request("POST", parts.path + (f"?{parts.query}" if parts.query else ""), body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read(10_000).decode("utf-8", "replace")
    except http.client.HTTPException as error:
        raise OSError(f"{type(error).__name__}: {error}") from error
    finally:
        connection.close()

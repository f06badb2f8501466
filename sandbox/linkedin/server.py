"""The provider over HTTP; on this machine only unless told otherwise."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from sandbox.linkedin.provider import LinkedIn


class Handler(BaseHTTPRequestHandler):
    """Carries a request to the provider, and its answer back."""

    protocol_version = "HTTP/1.1"
    server_version = "PretendLinkedIn"
    disable_nagle_algorithm = True
    linkedin: LinkedIn

    def handle_any(self) -> None:
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        params = dict(parse_qsl(url.query) + parse_qsl(body, keep_blank_values=True))
        bearer = self.headers.get("Authorization", "").removeprefix("Bearer ")
        answer = self.linkedin.answer(self.command, url.path, params, bearer)
        html = isinstance(answer.body, str)
        content = answer.body.encode() if html else json.dumps(answer.body).encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", "text/html; charset=utf-8" if html else "application/json")
        self.send_header("Content-Length", str(len(content)))
        if answer.location:
            self.send_header("Location", answer.location)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = handle_any  # noqa: N815 - http.server's names

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
        """Quiet: the terminal belongs to the application."""


def listen(linkedin: LinkedIn, port: int, host: str = "127.0.0.1") -> ThreadingHTTPServer:
    handler = type("BoundHandler", (Handler,), {"linkedin": linkedin})
    server = ThreadingHTTPServer((host, port), handler)
    linkedin.url = f"http://127.0.0.1:{server.server_address[1]}"
    return server


@contextmanager
def serve(
    client_id: str,
    client_secret: str,
    port: int = 0,
    hosts: tuple[str, ...] = (),
    listening_at: str = "127.0.0.1",
) -> Iterator[LinkedIn]:
    """The provider in a thread; port 0 takes a free one. `hosts`: to where else it sends people back."""
    linkedin = LinkedIn(client_id, client_secret, frozenset({"127.0.0.1", "localhost", *hosts}))
    server = listen(linkedin, port, listening_at)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield linkedin
    finally:
        server.shutdown()
        server.server_close()

"""A pretend application for browser tests: one page under the strict policy of a real one, at an origin of its own."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sandbox.testing import PUBLISHABLE_KEY

PAGE = """<!doctype html>
<html lang="en"><head><title>Shop</title>
<script src="{stripe}/dahlia/stripe.js"></script><script src="/shop.js"></script>
</head><body><h1>Shop</h1><div id="payment"></div><div id="address"></div></body></html>
"""
SCRIPT = "window.stripe = Stripe('{key}');"


class Shop:
    """Serves the page at every path, so that return URLs lead back to it. `url` is its origin."""

    def __init__(self, stripe_url: str) -> None:
        policy = (
            f"default-src 'none'; script-src 'self' {stripe_url}; style-src 'self'; img-src 'self' data:; "
            f"connect-src 'self' {stripe_url}; frame-src {stripe_url}; form-action 'self' {stripe_url}; base-uri 'none'"
        )
        files = {"/shop.js": ("text/javascript", SCRIPT.replace("{key}", PUBLISHABLE_KEY))}
        page = ("text/html", PAGE.replace("{stripe}", stripe_url))

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                kind, text = files.get(self.path, page)
                body = text.encode()
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Content-Security-Policy", policy)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                """Silence."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Shop:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

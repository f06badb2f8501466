"""`python -m sandbox --port 12111 --state var/sandbox.sqlite3`: the local Stripe as a process."""

from __future__ import annotations

import argparse
import logging
import signal
import threading

from sandbox.engine import Sandbox
from sandbox.objects import webhook_endpoints
from sandbox.server import Server


def main(arguments: list[str] | None = None) -> int:
    options = _parse(arguments)
    logging.basicConfig(level=logging.INFO, format="sandbox: %(message)s")
    sandbox = Sandbox(options.state, keys=set(options.key))
    if options.webhook:
        with sandbox.work() as world:
            webhook_endpoints.serve(world, options.webhook, options.webhook_secret)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with Server(sandbox, options.port, options.host, options.url) as server:
        print(f"The local Stripe is at {server.url}", flush=True)
        stop.wait()
    sandbox.close()
    return 0


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="sandbox", description="A local Stripe for development and tests.")
    parser.add_argument("--port", type=int, default=12111)
    parser.add_argument(
        "--host", default="127.0.0.1", help="the address to listen at; in a container 0.0.0.0"
    )
    parser.add_argument("--url", default="", help="where browsers find it (default: that host and port)")
    parser.add_argument(
        "--state", metavar="FILE", help="keep the state in this SQLite file (default: in memory)"
    )
    parser.add_argument("--webhook", metavar="URL", help="deliver every event to this address")
    parser.add_argument(
        "--webhook-secret", metavar="whsec_...", help="sign those deliveries with this secret"
    )
    parser.add_argument(
        "--key", action="append", default=[], help="accept this API key only (may be repeated)"
    )
    options = parser.parse_args(arguments)
    if options.webhook and not options.webhook_secret:
        parser.error("--webhook needs --webhook-secret")
    return options


if __name__ == "__main__":
    raise SystemExit(main())

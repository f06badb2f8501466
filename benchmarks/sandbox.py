"""The local Stripe's speed: calls a second on one core, in process and over HTTP, and how soon it answers once started.

python -m benchmarks.sandbox
"""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import stripe

from sandbox.server import Server
from sandbox.testing import SECRET_KEY, Stage

SECONDS = 2.0
AT_LEAST = 300  # calls a second
AT_MOST = 1.0  # seconds until the first answer

Act = Callable[[], int]


def measure_rate(act: Act) -> float:
    """Calls a second of this process's time: `act` returns how many it made."""
    act()
    calls, began, used = 0, time.perf_counter(), time.process_time()
    while time.perf_counter() - began < SECONDS:
        calls += act()
    return calls / (time.process_time() - used)


def mix(v1: Any, price: str) -> Act:
    """What an application's test does: a customer subscribes, is looked at, and cancels; a payment is made."""

    def act() -> int:
        customer = v1.customers.create(
            {
                "email": "alice@example.com",
                "payment_method": "pm_card_visa",
                "invoice_settings": {"default_payment_method": "pm_card_visa"},
            }
        )
        subscription = v1.subscriptions.create({"customer": customer.id, "items": [{"price": price}]})
        v1.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice", "customer"]})
        v1.invoices.list({"customer": customer.id, "limit": 10})
        v1.customers.update(customer.id, {"name": "Alice"})
        v1.payment_intents.create({"amount": 1500, "currency": "usd", "customer": customer.id})
        v1.subscriptions.cancel(subscription.id)
        v1.customers.retrieve(customer.id)
        return 8

    return act


def measure_start() -> float:
    """Seconds from the start of the process until it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", "--port", str(port)], stdout=subprocess.DEVNULL, env=os.environ
    )
    try:
        while not _answers(f"http://127.0.0.1:{port}/_sandbox/"):
            time.sleep(0.005)
        return time.perf_counter() - began
    finally:
        process.terminate()
        process.wait(10)


def _answers(url: str) -> bool:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=5)
    try:
        connection.request("GET", parts.path)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def main() -> int:
    """Prints the table; 1 if a bound is not kept."""
    stage = Stage()
    price = stage.price()["id"]
    in_process = measure_rate(mix(stage.client.v1, price))
    with Server(stage.sandbox) as server:
        client = stripe.StripeClient(SECRET_KEY, base_addresses={"api": server.url})
        over_http = measure_rate(mix(client.v1, price))
    start = min(measure_start() for _ in range(3))
    print("The local Stripe, with the SDK's own share on the same core")
    print(f"  calls a second in process    {in_process:8.0f}   at least {AT_LEAST}")
    print(f"  calls a second over HTTP     {over_http:8.0f}")
    print(f"  seconds until it answers     {start:8.2f}   at most {AT_MOST:.0f}")
    return 0 if in_process >= AT_LEAST and start <= AT_MOST else 1


if __name__ == "__main__":
    sys.exit(main())

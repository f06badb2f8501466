"""Copies of the product as processes of their own, each with its database, on one Stripe account that they share."""

import json
import os
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import stripe

from sandbox.engine import Sandbox
from sandbox.objects import webhook_endpoints
from sandbox.server import Server
from tests.house import free_port, wait_until

ROOT = Path(__file__).parents[1]
SECRET, PUBLISHABLE = "sk_test_" + "2" * 32, "pk_test_" + "2" * 32
KINDS = (
    "product",
    "price",
    "customer",
    "payment_method",
    "subscription",
    "invoice",
    "payment_intent",
    "charge",
    "billing_portal.configuration",
)
# What a deployment makes at Stripe that we keep no rows of.
FURNITURE = ("entitlements.feature", "webhook_endpoint")
Data = dict[str, Any]


class Account:
    """The Stripe account that is shared: its objects, and every call that writes."""

    def __init__(self) -> None:
        self.sandbox = Sandbox(keys={SECRET, PUBLISHABLE})
        self.server = Server(self.sandbox)
        self.writes: list[str] = []
        self.sandbox.observers.append(self._note)

    def _note(self, request: Any, _answer: Any) -> None:
        if request.method != "GET":
            self.writes.append(f"{request.method} {request.path}")

    def client(self, key: str = SECRET) -> Any:
        return stripe.StripeClient(key, base_addresses={"api": self.server.url}, max_network_retries=0).v1

    def card(self) -> str:
        details: Any = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2040, "cvc": "123"}
        return str(self.client(PUBLISHABLE).payment_methods.create({"type": "card", "card": details})["id"])

    def objects(self, kinds: Iterable[str] = (*KINDS, *FURNITURE)) -> dict[str, Data]:
        """All that there is of these kinds, by id."""
        with self.sandbox.work() as world:
            found = [world.render(record) for kind in kinds for record in world.scan(kind)]
        return {one["id"]: one for one in found}

    def events(self) -> list[Data]:
        with self.sandbox.work() as world:
            return [world.render(record) for record in world.scan("event")]

    def sent(self, url: str) -> set[str]:
        """The ids of the events that are, or will be, delivered below this address."""
        with self.sandbox.work() as world:
            endpoints = {one["id"] for one in world.scan("webhook_endpoint") if one["url"].startswith(url)}
        return {one["event"] for one in self.sandbox.deliveries.all() if one["endpoint"] in endpoints}

    def owned(self, name: str) -> set[str]:
        """The ids of what bears this name, or hangs on a customer that does; what we keep rows of."""
        everything = self.objects(KINDS)

        def is_owned(one: Data) -> bool:
            holder = everything.get(one.get("customer") or "", one)
            return bool((holder.get("metadata") or {}).get("namespace") == name)

        return {stripe_id for stripe_id, one in everything.items() if is_owned(one)}


class Copy:
    """One copy of the product: its settings, its database, its web server."""

    def __init__(self, name: str, account: Account, directory: Path) -> None:
        self.name, self.directory = name, directory
        directory.mkdir()
        self.url = f"http://127.0.0.1:{free_port()}"
        secret = f"whsec_{name.replace('-', '')}" + "0" * 16
        self._environment = {
            "PATH": os.environ["PATH"],
            "READ_DOT_ENV": "false",
            "DEBUG": "true",
            "SECRET_KEY": f"{name}-signs-with-this-and-nothing-else-does",
            "BASE_URL": self.url,
            "VAR_DIR": str(directory),
            "STRIPE_NAMESPACE": name,
            "STRIPE_SANDBOX_URL": account.server.url,
            "STRIPE_SECRET_KEY": SECRET,
            "STRIPE_PUBLISHABLE_KEY": PUBLISHABLE,
            "STRIPE_WEBHOOK_SECRET": secret,
        }
        with account.sandbox.work() as world:
            webhook_endpoints.serve(world, f"{self.url}/api/stripe-webhooks/", secret)

    @contextmanager
    def web(self) -> Iterator[None]:
        address = self.url.removeprefix("http://")
        with (self.directory / "web.log").open("w") as log:
            command = [sys.executable, "manage.py", "runserver", "--noreload", address]
            process = subprocess.Popen(command, cwd=ROOT, env=self._environment, stdout=log, stderr=log)
            try:
                wait_until(self._answers, f"{self.name} answers", seconds=120)
                yield
            finally:
                process.terminate()
                process.wait(20)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/health/ready", timeout=5) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except OSError:
            return False

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self._environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def run(self, code: str) -> str:
        return self.manage("shell", "-v", "0", "-c", code)

    def shown(self, code: str) -> Data:
        """What such code prints as JSON."""
        found: Data = json.loads(self.run(code).splitlines()[-1])
        return found

    def settled(self) -> set[str]:
        """The ids of the events that it has heard of and done with. Read past it: to ask a process takes seconds."""
        with closing(
            sqlite3.connect(f"file:{self.directory / 'turnpike.sqlite3'}?mode=ro", uri=True)
        ) as database:
            rows = database.execute("SELECT stripe_id FROM billing_event WHERE state IN ('done', 'ignored')")
            return {stripe_id for (stripe_id,) in rows}

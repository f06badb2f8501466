"""The story of a lost afternoon, with real processes: the web server is down while things change at Stripe, and what
Stripe sends meanwhile is lost for good. Then everything is started again."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import stripe

ROOT = Path(__file__).resolve().parents[2]
SECRET, PUBLISHABLE, WEBHOOK = "sk_test_" + "1" * 32, "pk_test_" + "1" * 32, "whsec_" + "1" * 32
BUY = """
from accounts.models import User
from billing import catalogue, subscriptions
user = User.objects.create_user("alice@acme.example", name="Alice")
plan = catalogue.find("premium")
print(subscriptions.start(user.organizations.get(), plan, "month", "{card}").subscription_id)
"""
INBOX = "from billing.models import Event; print(Event.objects.filter(state='done').count())"
TIER = "from accounts.models import Organization; print(Organization.objects.get().current_access().tier)"

pytestmark = pytest.mark.slow


class Deployment:
    """A database, a local Stripe and a web server, each of which can be stopped and started."""

    def __init__(self, folder: Path) -> None:
        self.web_port, self.stripe_port = free_port(), free_port()
        self.folder = folder
        self.environment = {
            "PATH": os.environ["PATH"],
            "READ_DOT_ENV": "false",
            "DEBUG": "true",
            "SECRET_KEY": "a-deployment-of-the-tests-signs-with-this",
            "BASE_URL": f"http://127.0.0.1:{self.web_port}",
            "DATABASE_URL": f"sqlite:///{folder / 'database.sqlite3'}",
            "VAR_DIR": str(folder),
            "STRIPE_SANDBOX_URL": f"http://127.0.0.1:{self.stripe_port}",
            "STRIPE_SECRET_KEY": SECRET,
            "STRIPE_PUBLISHABLE_KEY": PUBLISHABLE,
            "STRIPE_WEBHOOK_SECRET": WEBHOOK,
        }

    @contextmanager
    def local_stripe(self) -> Iterator[None]:
        command = ["-m", "sandbox", "--port", str(self.stripe_port), "--webhook-secret", WEBHOOK]
        command += ["--webhook", f"{self.environment['BASE_URL']}/api/stripe-webhooks/"]
        with self._process(command, f"http://127.0.0.1:{self.stripe_port}/_sandbox/"):
            yield

    @contextmanager
    def web(self) -> Iterator[None]:
        command = ["manage.py", "runserver", "--noreload", f"127.0.0.1:{self.web_port}"]
        with self._process(command, f"{self.environment['BASE_URL']}/health/ready"):
            yield

    @contextmanager
    def _process(self, command: list[str], url: str) -> Iterator[None]:
        with (self.folder / "log").open("a") as log:
            process = subprocess.Popen(
                [sys.executable, *command], cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )
            try:
                wait_until(lambda: answers(url) or process.poll() is not None)
                assert process.poll() is None, (self.folder / "log").read_text()
                yield
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(timeout=20)

    def manage(self, *arguments: str) -> tuple[int, str]:
        """The exit code and what was printed."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True)
        assert done.returncode in (0, 1), done.stderr
        return done.returncode, done.stdout.strip()

    def shell(self, code: str) -> str:
        return self.manage("shell", "-v", "0", "-c", code)[1]

    def account(self, key: str) -> stripe.StripeClient:
        return stripe.StripeClient(key, base_addresses={"api": self.environment["STRIPE_SANDBOX_URL"]})

    def control(self, path: str, **given: Any) -> Any:
        request = urllib.request.Request(  # noqa: S310  (our own address)
            f"{self.environment['STRIPE_SANDBOX_URL']}/_sandbox/{path}", json.dumps(given).encode()
        )
        with urllib.request.urlopen(request) as answer:  # noqa: S310  (our own address)
            return json.load(answer)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310  (our own address)
            return bool(response.status == 200)
    except OSError:
        return False


def wait_until(holds: Callable[[], bool], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


def found(printed: str) -> set[tuple[str, str, str]]:
    return {(one["kind"], one["subject"], one["what"]) for one in json.loads(printed)["differences"]}


def test_what_changed_while_the_web_server_was_down_is_shown_and_mended(tmp_path: Path) -> None:
    deployment = Deployment(tmp_path)
    with deployment.local_stripe():
        deployment.manage("prepare_database", "-v", "0")
        deployment.manage("upsert_stripe_products", "-v", "0")
        with deployment.web():
            details: Any = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2040, "cvc": "123"}
            made = deployment.account(PUBLISHABLE).v1.payment_methods.create(
                {"type": "card", "card": details}
            )
            subscription = deployment.shell(BUY.format(card=made["id"]))
            wait_until(lambda: int(deployment.shell(INBOX)) >= 10)
            wait_until(lambda: deployment.manage("reconcile_stripe")[0] == 0)
            assert deployment.shell(TIER) == "premium"

        dashboard = deployment.account(SECRET).v1
        customer = dashboard.subscriptions.cancel(subscription).customer
        dashboard.payment_methods.detach(made["id"])
        dashboard.products.update("turnpike-starter", {"name": "Starter for all"})
        dashboard.customers.create({"email": "somebody@elsewhere.example"})
        assert deployment.control("deliveries/drop")["deliveries"] >= 4

        with deployment.web():
            assert deployment.shell(TIER) == "premium"
            code, printed = deployment.manage("reconcile_stripe", "--json")
            assert code == 1
            assert found(printed) == {
                ("subscription", subscription, "differs"),
                ("payment_method", made["id"], "differs"),
                ("customer", customer, "differs"),  # its default card went with it
                ("product", "turnpike-starter", "differs"),
            }
            code, mended = deployment.manage("reconcile_stripe", "--json", "--apply")
            assert (code, found(mended)) == (0, found(printed))
            assert deployment.shell(TIER) == "free"
            code, printed = deployment.manage("reconcile_stripe", "--json")
            assert (code, found(printed)) == (0, set())

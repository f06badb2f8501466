"""The product as it runs: gunicorn, workers and commands as processes of their own, on the tests' PostgreSQL.

The local Stripe is served from the test's own process, so that a test can see every call and kill whoever makes it.
Time is real here. Python loads the product once for all web workers, and once for all commands: see `tests.zygote`.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import stripe
from django.conf import settings
from django.db import connection
from django.test import Client

from accounts.models import User
from sandbox.engine import Sandbox
from sandbox.faults import ConnectionLost
from sandbox.objects import webhook_endpoints
from sandbox.routing import Response
from sandbox.server import Server
from tests.zygote import CALLER

ROOT = Path(__file__).parents[1]
PATIENCE = 120.0
CSRF = "c" * 32
Data = dict[str, Any]


@dataclass(frozen=True)
class Made:
    """A call that was made, and by which function of the gateway: `subscriptions.create`."""

    method: str
    by: str
    body: bytes = b""

    @property
    def reads(self) -> bool:
        return self.method == "GET"


class Killer(Sandbox):
    """A local Stripe that can kill whoever makes the n-th call from now on, before or after it is carried out."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.arm()

    def arm(
        self,
        at: int = 0,
        before: bool = False,
        kill: Callable[[], object] | None = None,
        *,
        writes: bool = False,
        spared: Collection[Made] = (),
    ) -> None:
        """Count anew, all calls or those that write and are not spared; at 0, or without `kill`, only count."""
        self.calls, self.killed = [], False
        self._at, self._before, self._kill = at, before, kill
        self._writes, self._spared = writes, spared

    def handle(self, method: str, target: str, headers: Any, body: bytes = b"", **options: Any) -> Response:
        browser = "pk_" in headers.get("Authorization", "")
        if browser or not target.startswith("/v1/"):
            return super().handle(method, target, headers, body, **options)
        self.calls.append(Made(method, headers.get(CALLER, ""), body))
        due = self._kill is not None and not self.killed and self._is_due()
        if due and self._before:
            self._strike()
        answer = super().handle(method, target, headers, body, **options)
        if due:
            self._strike()
        return answer

    def _is_due(self) -> bool:
        passed = [call for call in self.calls if self._writes and (call.reads or call in self._spared)]
        return self._at == len(self.calls) - len(passed)

    def _strike(self) -> NoReturn:
        assert self._kill
        self.killed = True
        self._kill()
        raise ConnectionLost("whoever called is dead")


class House:
    """Processes around one database and one local Stripe. Use as a context manager."""

    def __init__(self, directory: Path, *, workers: int = 2, broker: str = "", **environment: str) -> None:
        self.directory, self._workers = directory, workers
        self.sandbox = Killer(keys={settings.STRIPE_SECRET_KEY, settings.STRIPE_PUBLISHABLE_KEY})
        self.server = Server(self.sandbox)
        self.url = f"http://127.0.0.1:{free_port()}"
        self.web: subprocess.Popen[bytes] | None = None
        self._zygote: subprocess.Popen[bytes] | None = None
        # Of each user, the card that was typed, and the company that they buy for.
        self.cards: dict[int, str] = {}
        self.companies: dict[int, Any] = {}
        self._processes: list[subprocess.Popen[bytes]] = []
        self._environment = self._settings(broker) | environment

    def _settings(self, broker: str) -> dict[str, str]:
        database = connection.settings_dict
        credentials = (
            f"{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT'] or 5432}"
        )
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return kept | {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "READ_DOT_ENV": "false",
            "DEBUG": "true",
            "SECRET_KEY": settings.SECRET_KEY,
            "DATABASE_URL": f"postgres://{credentials}/{database['NAME']}",
            "BASE_URL": self.url,
            "VAR_DIR": str(self.directory),
            "EMAIL_URL": f"filemail:///{self.directory}/mails",
            "STRIPE_SANDBOX_URL": self.server.url,
            "STRIPE_SECRET_KEY": settings.STRIPE_SECRET_KEY,
            "STRIPE_PUBLISHABLE_KEY": settings.STRIPE_PUBLISHABLE_KEY,
            "STRIPE_WEBHOOK_SECRET": settings.STRIPE_WEBHOOK_SECRETS[0],
            "CELERY_BROKER_URL": broker,
        }

    def __enter__(self) -> "House":
        self.server.start()
        with self.sandbox.work() as world:
            webhook_endpoints.serve(
                world, f"{self.url}/api/stripe-webhooks/", settings.STRIPE_WEBHOOK_SECRETS[0]
            )
        address = self.url.removeprefix("http://")
        arguments = ["--bind", address, "--workers", str(self._workers), "--threads", "4", "--timeout", "60"]
        self.web = self.start("-m", "gunicorn", "tests.zygote:load()", "--preload", *arguments)
        self._zygote = self.start("-m", "tests.zygote", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        wait_until(lambda: self.get("/health/ready") == 200, "the web server answers")
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            try:
                process.communicate(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
        self.server.stop()
        self.sandbox.close()

    # -- processes ---------------------------------------------------------------------------------------------------

    def start(self, *command: str, **pipes: int) -> subprocess.Popen[bytes]:
        """A Python process of the product; it ends with the house."""
        with (self.directory / "processes.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env=self._environment,
                **{"stdout": log, "stderr": log} | pipes,
            )
        self._processes.append(process)
        return process

    def command(self, *arguments: str) -> int:
        """A management command, to its end; its exit status, negative if it was killed."""
        assert self._zygote
        self._zygote.stdin.write(json.dumps(arguments).encode() + b"\n")
        self._zygote.stdin.flush()
        return int(self._zygote.stdout.readline())

    def kill_web(self) -> None:
        """Kill -9 every worker of the web server; its master starts new ones."""
        assert self.web
        _kill_children(self.web)

    def kill_command(self) -> None:
        """Kill -9 the command that runs."""
        assert self._zygote
        _kill_children(self._zygote)

    # -- people ------------------------------------------------------------------------------------------------------

    def get(self, path: str) -> int:
        return self._request(urllib.request.Request(self.url + path))  # noqa: S310

    def click(self, user: User, verb: str, **body: Any) -> int:
        """A click of a user's on what starts, cancels or resumes a subscription; as `call`."""
        return self.call(user, "POST", f"/api/stripe/{verb}-subscription/", **body)

    def call(self, user: User, method: str, path: str, **body: Any) -> int:
        """A call of the product's API by a user; the status of the answer, 0 for none."""
        session = Client()
        session.force_login(user)
        cookies = f"sessionid={session.cookies['sessionid'].value}; csrftoken={CSRF}"
        headers = {"Cookie": cookies, "X-CSRFToken": CSRF, "Content-Type": "application/json"}
        body_sent = json.dumps(body).encode()
        return self._request(urllib.request.Request(self.url + path, body_sent, headers, method=method))  # noqa: S310

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        """A delivery. Raises OSError without an answer."""
        status = self._request(urllib.request.Request(url, body, headers))  # noqa: S310
        if not status:
            raise OSError("no answer")
        return status, ""

    def deliver(self) -> None:
        """Every event that is held back, each once, and what that brings about."""
        queue, seen = self.sandbox.deliveries, set()
        while batch := [one["id"] for one in queue.pending(held=True) if one["id"] not in seen]:
            seen |= set(batch)
            for delivery in batch:
                queue.attempt(delivery, self.post)

    def _request(self, request: urllib.request.Request) -> int:
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    @property
    def stripe_js(self) -> stripe.StripeClient:
        """What Stripe's script in a browser may do."""
        return stripe.StripeClient(
            settings.STRIPE_PUBLISHABLE_KEY, base_addresses={"api": self.server.url}, max_network_retries=0
        )

    def stripe(self, key: str = settings.STRIPE_SECRET_KEY) -> stripe.StripeClient:
        """Past the product: as the dashboard, or with the public key as a browser."""
        return stripe.StripeClient(key, base_addresses={"api": self.server.url}, max_network_retries=0)

    def card(self, number: str = "4242424242424242") -> str:
        details: Any = {"number": number, "exp_month": 12, "exp_year": 2040, "cvc": "123"}
        return self.stripe_js.v1.payment_methods.create({"type": "card", "card": details})["id"]


def _kill_children(process: subprocess.Popen[bytes]) -> None:
    for child in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split():
        os.kill(int(child), signal.SIGKILL)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def wait_until(holds: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    ends = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends, f"waited in vain until {what}"
        time.sleep(0.05)


@contextmanager
def opened(directory: Path, **options: Any) -> Iterator[House]:
    """A house whose catalogue is on sale."""
    with House(directory, **options) as house:
        assert house.command("upsert_stripe_products") == 0
        yield house

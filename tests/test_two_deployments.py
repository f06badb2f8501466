"""Two copies of the product, and somebody else, on one Stripe account: nobody sees or touches another's anything.

Real processes, a database each, one local Stripe. The same people do the same things on both sides, so all primary
keys are the same; every event of the account goes to both.
"""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import stripe

from sandbox.engine import Sandbox
from sandbox.objects import webhook_endpoints
from sandbox.server import Server
from tests.house import free_port, wait_until

ROOT = Path(__file__).parents[1]
SECRET, PUBLISHABLE = "sk_test_" + "2" * 32, "pk_test_" + "2" * 32
# One name begins with the other.
NAMES = ("turnpike", "turnpike-staging")
KINDS = (
    "product",
    "price",
    "customer",
    "payment_method",
    "subscription",
    "invoice",
    "payment_intent",
    "charge",
)
BUY = """
from accounts.models import Organization, User
from billing import catalogue, subscriptions
alice = User.objects.create_user("alice@acme.example", name="Alice")
organization = alice.organizations.get()
subscriptions.start(organization, catalogue.find("business"), "month", "{card}")
"""
END = """
from accounts.models import User
from billing import subscriptions
for one in User.objects.get().organizations.get().subscriptions.all():
    subscriptions.cancel(one, now=True)
"""
SHOW = """
import json
from accounts.models import Organization, User
from billing.models import Event, MirroredObject, StripeCustomer, StripeSubscription
organization = Organization.objects.get()
print(json.dumps({
    "keys": [
        one.objects.get().pk for one in (User, Organization, StripeCustomer, StripeSubscription)
    ],
    "tier": organization.current_access().tier,
    "objects": sorted(MirroredObject.objects.values_list("stripe_id", flat=True)),
    "events": {one.stripe_id: [one.state, one.reason, len(one.payload)] for one in Event.objects.all()},
}))
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
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

    def objects(self) -> dict[str, Data]:
        """All that there is, by id."""
        with self.sandbox.work() as world:
            found = [world.render(record) for kind in KINDS for record in world.scan(kind)]
        return {one["id"]: one for one in found}

    def events(self) -> list[Data]:
        with self.sandbox.work() as world:
            return [world.render(record) for record in world.scan("event")]

    def owned(self, name: str) -> set[str]:
        """The ids of what bears this name, or hangs on a customer that does."""
        everything = self.objects()

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
                wait_until(self._answers, f"{self.name} answers")
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

    def shown(self) -> Data:
        found: Data = json.loads(self.run(SHOW).splitlines()[-1])
        return found


@pytest.fixture
def account() -> Iterator[Account]:
    account = Account()
    account.server.start()
    yield account
    account.server.stop()
    account.sandbox.close()


@pytest.fixture
def stopped(account: Account, tmp_path: Path) -> tuple[Copy, Copy]:
    """Both before anything is prepared; Stripe knows where they will be, and holds their events back."""
    account.sandbox.deliveries.hold()
    left, right = (Copy(name, account, tmp_path / name) for name in NAMES)
    return left, right


@pytest.fixture
def others(account: Account, stopped: tuple[Copy, Copy]) -> dict[str, Data]:
    """Somebody else on the account, who sells a "Business tier" too, and numbers their organizations as we do."""
    at = account.client()
    product = at.products.create({"name": "Business tier"})["id"]
    price: Any = {
        "product": product,
        "currency": "usd",
        "unit_amount": 900,
        "recurring": {"interval": "month"},
    }
    card, metadata = account.card(), {"organization": "1", "namespace": "elsewhere"}
    customer = at.customers.create({"email": "alice@acme.example", "metadata": metadata})["id"]
    at.payment_methods.attach(card, {"customer": customer})
    made: Any = {
        "customer": customer,
        "items": [{"price": at.prices.create(price)["id"]}],
        "default_payment_method": card,
    }
    at.subscriptions.create(made)
    at.customers.create({"email": "bob@acme.example"})
    return account.objects()


@pytest.fixture
def copies(
    account: Account, stopped: tuple[Copy, Copy], others: dict[str, Data]
) -> Iterator[tuple[Copy, Copy]]:
    """Both with their catalogue on sale, running, and told of all that happened so far."""
    for copy in stopped:
        copy.manage("prepare_database", "-v", "0")
        copy.manage("upsert_stripe_products", "-v", "0")
    with ExitStack() as stack:
        for copy in stopped:
            stack.enter_context(copy.web())
        account.sandbox.deliveries.release()
        yield stopped


def settle(account: Account, *copies: Copy) -> list[Data]:
    """Wait until every event has been delivered to both; what both show then."""
    shown: list[Data] = []

    def is_settled() -> bool:
        time.sleep(0.5)
        ids = {event["id"] for event in account.events()}
        shown[:] = [copy.shown() for copy in copies]
        return all(
            ids == set(one["events"])
            and all(state in ("done", "ignored") for state, *_ in one["events"].values())
            for one in shown
        )

    wait_until(is_settled, "every event is settled on both sides", seconds=90)
    return shown


def test_nobody_sees_or_touches_anothers_anything(
    account: Account, others: dict[str, Data], copies: tuple[Copy, Copy]
) -> None:
    left, right = copies
    for copy in copies:
        copy.run(BUY.format(card=account.card()))
    both = settle(account, left, right)

    assert both[0]["keys"] == both[1]["keys"], "the same primary keys on both sides"
    assert both[0]["tier"] == both[1]["tier"] == "business"
    for copy, shown in zip(copies, both, strict=True):
        assert set(shown["objects"]) == account.owned(copy.name)
        assert_foreign_events_are_ignored(account, copy.name, shown["events"])
    assert len(account.owned(left.name)) == len(account.owned(right.name)) > 10
    assert {stripe_id: account.objects()[stripe_id] for stripe_id in others} == others

    account.writes.clear()
    for copy in copies:
        copy.manage("upsert_stripe_products", "-v", "0")
        assert json.loads(copy.manage("reconcile_stripe", "--json"))["differences"] == []
        copy.manage("reconcile_stripe", "--apply")
        copy.manage("process_events")
    assert account.writes == []

    before = account.objects()
    left.run(END)
    after = account.objects()
    changed = {stripe_id for stripe_id in before if before[stripe_id] != after[stripe_id]}
    assert changed, "its subscription ended"
    assert changed <= account.owned(left.name)
    [ended, kept] = settle(account, left, right)
    assert (ended["tier"], kept["tier"]) == ("free", "business")
    assert kept["objects"] == both[1]["objects"]


def assert_foreign_events_are_ignored(account: Account, name: str, inbox: dict[str, Data]) -> None:
    """Those of others keep no payload, and are ignored as theirs, or as of a type that means nothing to anybody."""
    owned = account.owned(name)
    states = set()
    for event in account.events():
        subject = event["data"]["object"]
        state, reason, kept = inbox[event["id"]]
        if subject.get("id") in owned or subject.get("customer") in owned:
            assert (state, reason) in (("done", ""), ("ignored", "unknown_type")), event["type"]
        else:
            assert (state, kept) == ("ignored", 0), event["type"]
        states.add((state, reason))
    assert {("done", ""), ("ignored", "foreign")} <= states

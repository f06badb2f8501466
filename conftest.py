"""What every test may use: a local Stripe in process with the catalogue on sale, one time for both sides, and the
cast; a browser stands in `config.tests.browser`.

The cast: Alice owns Acme, which is premium; Bob is a member of Acme, and his own organization is free; Charlie is
an outsider who must never see Alice's things; the guest is nobody.
"""

import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.apps import AppConfig
from django.conf import settings
from django.db.models.signals import post_migrate
from django.dispatch import receiver
from django.test import Client

# The last gives the verdict on the traffic, at the end of every run.
pytest_plugins = ["config.tests.skipping", "config.tests.browser", "sandbox.tests.conformance.plugin"]


@pytest.hookimpl(tryfirst=True)
def pytest_configure() -> None:
    """The catalogues are read compiled, and nobody keeps them in Git."""
    from config import translations

    translations.compile_stale()


# --- No network but this machine ----------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def only_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else "127.0.0.1"
        if host not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test wanted to connect to {host}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


# --- One language ---------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """A request's language outlives it in this thread; with the test it ends."""
    from django.utils import translation

    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def models_noted_anew() -> None:
    """What a test notes of a model is rolled back with it, but for Django's own memory of it."""
    from django.contrib.contenttypes.models import ContentType

    ContentType.objects.clear_cache()


# --- What a migration would have made -------------------------------------------------------------------------------


@receiver(post_migrate)
def stock(sender: AppConfig, **_: Any) -> None:
    """The tests' database is made without migrations; this is sent once it is made, and each time it was emptied."""
    if sender.name == "billing":
        from billing import instances

        instances.stock()
    if sender.name == "portal":
        from portal import states

        states.stock()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """After a test that commits, rows are deleted: TRUNCATE would write new files for a hundred tables, nearly all of
    them empty. What Django notes of its models stays, and need not be noted again. The order of tables does not
    matter, as constraints are deferred."""
    from django.contrib.contenttypes.management import create_contenttypes
    from django.db import connection

    def delete(style: Any, tables: list[str], **_: bool) -> list[str]:
        emptied = sorted({*tables} - {"django_content_type", "auth_permission"})
        return [f"DELETE FROM {connection.ops.quote_name(table)}" for table in emptied]  # noqa: S608

    post_migrate.disconnect(create_contenttypes)
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection.ops, "sql_flush", delete)
        yield


# --- The cast -----------------------------------------------------------------------------------------------------


@pytest.fixture
def acme(db: None) -> Any:
    """Alice's and Bob's organization, premium."""
    from accounts import organizations, tiers
    from accounts.models import Organization

    acme = Organization.objects.create(name="Acme", email="billing@acme.example")
    premium = tiers.BY_TIER[tiers.Tier.PREMIUM]
    organizations.set_access(acme, [premium])
    return acme


@pytest.fixture
def alice(acme: Any) -> Any:
    return _person("alice@acme.example", "Alice", acme, "owner")


@pytest.fixture
def bob(acme: Any) -> Any:
    """A member of Acme who acts for his own, free organization until he switches."""
    bob = _person("bob@acme.example", "Bob", acme, "member")
    from accounts import organizations

    organizations.switch(bob, bob.organizations.get(personal=True))
    return bob


@pytest.fixture
def charlie(db: None) -> Any:
    return _person("charlie@outside.example", "Charlie")


def _person(email: str, name: str, organization: Any = None, role: str = "") -> Any:
    from accounts import organizations
    from accounts.models import Membership, User

    user = User.objects.create_user(email, name=name)
    if organization:
        organizations.join(user, organization, Membership.Role(role))
        organizations.switch(user, organization)
    return user


@pytest.fixture
def signed_in() -> Callable[[Any], Client]:
    """A test client signed in as somebody; CSRF is checked as in a browser."""

    def sign_in(user: Any) -> Client:
        client = Client(enforce_csrf_checks=True)
        client.force_login(user)
        return client

    return sign_in


# --- Stripe and time ----------------------------------------------------------------------------------------------


class Stripe:
    """The local Stripe in process, and the one time that it shares with the application."""

    def __init__(self, sandbox: Any, traveller: Any) -> None:
        self.sandbox = sandbox
        self._traveller = traveller

    def advance(self, **delta: int) -> datetime:
        """Move both clocks (days=, hours=, ...); what falls due at Stripe happens. Nothing is delivered yet."""
        from datetime import timedelta

        self.sandbox.advance(int(timedelta(**delta).total_seconds()))
        now = datetime.fromtimestamp(self.sandbox.now, UTC)
        self._traveller.move_to(now)
        return now

    def deliver(self, order: Any = None, pattern: str = "*") -> list[Any]:
        """Deliver pending webhooks to the application, in order or as `order` arranges them; returns the tries."""
        return self.sandbox.deliver(self.post, order, pattern)

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        from urllib.parse import urlsplit

        extra = {name: value for name, value in headers.items() if name != "Content-Type"}
        answer = Client().post(urlsplit(url).path, body, content_type=headers["Content-Type"], headers=extra)
        return answer.status_code, answer.content.decode()


@pytest.fixture
def stripe_sandbox() -> Iterator[Stripe]:
    """A local Stripe below the real SDK, with the application's webhook endpoint; time stands still for both."""
    import time_machine

    from billing import gateway
    from sandbox.engine import Sandbox
    from sandbox.objects import webhook_endpoints
    from sandbox.transport import InProcessClient

    start = datetime(2027, 1, 15, 12, 0, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as traveller:
        sandbox = Sandbox(frozen_at=int(start.timestamp()))
        with sandbox.work() as world:
            webhook_endpoints.serve(
                world, f"{settings.BASE_URL}/api/stripe-webhooks/", settings.STRIPE_WEBHOOK_SECRETS[0]
            )
        with gateway.client.using(InProcessClient(sandbox)):
            yield Stripe(sandbox, traveller)
        sandbox.close()


@pytest.fixture
def catalogue(db: None, stripe_sandbox: Any) -> Any:
    """All plans are on sale, machines are not (see `machines`); nothing is waiting to be delivered."""
    from billing import products

    list(products.upsert(products.Kind.PLAN))
    stripe_sandbox.deliver()
    return stripe_sandbox


@pytest.fixture
def machines(catalogue: Any) -> Any:
    """Machines of all instance types are on sale too."""
    from billing import products

    list(products.upsert(products.Kind.INSTANCE))
    catalogue.deliver()
    return catalogue


@pytest.fixture
def calls(stripe_sandbox: Any) -> list[tuple[str, str]]:
    """Every call that reaches Stripe from now on, as method and path."""
    seen: list[tuple[str, str]] = []
    stripe_sandbox.sandbox.observers.append(
        lambda request, answer: seen.append((request.method, request.path))
    )
    return seen


@pytest.fixture
def card(stripe_sandbox: Any) -> Callable[..., str]:
    """Makes a payment method from a card's number, as Stripe.js does in the browser."""
    import stripe

    from sandbox.transport import InProcessClient

    browser = stripe.StripeClient(
        settings.STRIPE_PUBLISHABLE_KEY, http_client=InProcessClient(stripe_sandbox.sandbox)
    )

    def make(number: str = "4242424242424242") -> str:
        details: Any = {"number": number, "exp_month": 12, "exp_year": 2030, "cvc": "123"}
        return browser.v1.payment_methods.create({"type": "card", "card": details})["id"]

    return make

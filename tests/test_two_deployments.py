"""Two copies of the product, and somebody else, on one Stripe account: nobody sees or touches another's anything.

Real processes, a database each, one local Stripe. The same people do the same things on both sides, so all primary
keys are the same; every event of the account goes to both.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.copies import Account, Copy, Data
from tests.house import wait_until

# One name begins with the other.
NAMES = ("turnpike", "turnpike-staging")
BUY = """
from accounts.models import Organization, User
from billing import catalogue, subscriptions
alice = User.objects.create_user("alice@acme.example", name="Alice")
organization = alice.organizations.get()
subscriptions.start(organization, catalogue.find("business"), "month", "{card}", {{"a10g": 2}})
"""
DROP = """
from billing import subscriptions
from billing.models import StripeSubscription
subscriptions.set_items(StripeSubscription.objects.get(), {"a10g": 1})
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
    "machines": organization.limit("instance:a10g"),
    "objects": sorted(MirroredObject.objects.values_list("stripe_id", flat=True)),
    "events": {one.stripe_id: [one.state, one.reason, len(one.payload)] for one in Event.objects.all()},
}))
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1200),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


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
    """Somebody else on the account, who sells a "Business tier" and machines too, with features, a page for customers
    and an endpoint, and numbers their organizations as we do.
    """
    at, before = account.client(), account.objects()
    product = at.products.create({"name": "Business tier"})["id"]
    at.products.create({"name": "NVIDIA A10G (A10G:4x16)", "metadata": {"instance_type": "a10g"}})
    at.entitlements.features.create({"lookup_key": "export", "name": "Export"})
    at.billing_portal.configurations.create({"features": {"invoice_history": {"enabled": True}}})
    endpoint: Any = {"url": "http://127.0.0.1:9/hook", "enabled_events": ["invoice.paid"]}
    at.webhook_endpoints.create(endpoint)
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
    return {stripe_id: one for stripe_id, one in account.objects().items() if stripe_id not in before}


@pytest.fixture
def copies(
    account: Account, stopped: tuple[Copy, Copy], others: dict[str, Data]
) -> Iterator[tuple[Copy, Copy]]:
    """Both with their catalogue on sale, running, and told of all that happened so far."""
    for copy in stopped:
        copy.manage("prepare_database", "-v", "0")
        copy.manage("upsert_catalogue", "-v", "0")
    with ExitStack() as stack:
        for copy in stopped:
            stack.enter_context(copy.web())
        account.sandbox.deliveries.release()
        yield stopped


def settle(account: Account, *copies: Copy) -> list[Data]:
    """Wait until every event has been delivered to both; what both show then."""

    def is_settled() -> bool:
        return all(account.sent(copy.url) <= copy.settled() for copy in copies)

    wait_until(is_settled, "every event is settled on both sides", seconds=300)
    return [copy.shown(SHOW) for copy in copies]


def test_nobody_sees_or_touches_anothers_anything(
    account: Account, others: dict[str, Data], copies: tuple[Copy, Copy]
) -> None:
    left, right = copies
    for copy in copies:
        copy.run(BUY.format(card=account.card()))
    both = settle(account, left, right)

    assert both[0]["keys"] == both[1]["keys"], "the same primary keys on both sides"
    assert [(one["tier"], one["machines"]) for one in both] == [("business", 2)] * 2
    for copy, shown in zip(copies, both, strict=True):
        assert set(shown["objects"]) == account.owned(copy.name)
        assert set(shown["events"]) == account.sent(copy.url)
        assert_foreign_events_are_ignored(account, copy.name, shown["events"])
    assert len(account.owned(left.name)) == len(account.owned(right.name)) > 10
    assert {stripe_id: account.objects()[stripe_id] for stripe_id in others} == others

    account.writes.clear()
    for copy in copies:
        assert copy.manage("upsert_catalogue").endswith("\n0 changed.\n")
        assert json.loads(copy.manage("reconcile_stripe", "--json"))["differences"] == []
        copy.manage("reconcile_stripe", "--apply")
        copy.manage("process_events")
    assert account.writes == []

    before = account.objects()
    left.run(DROP)
    left.run(END)
    after = account.objects()
    changed = {stripe_id for stripe_id in before if before[stripe_id] != after[stripe_id]}
    assert changed, "its subscription ended"
    assert changed <= account.owned(left.name)
    [ended, kept] = settle(account, left, right)
    assert (ended["tier"], ended["machines"]) == ("free", 0)
    assert (kept["tier"], kept["machines"]) == ("business", 2)
    assert kept["objects"] == both[1]["objects"]


def assert_foreign_events_are_ignored(account: Account, name: str, inbox: dict[str, Data]) -> None:
    """Those of others keep no payload, and are ignored as theirs, or as of a type that means nothing to anybody."""
    owned = account.owned(name)
    states = set()
    for event in account.events():
        if event["id"] not in inbox:  # of a type that we do not subscribe to
            continue
        subject = event["data"]["object"]
        state, reason, kept = inbox[event["id"]]
        if subject.get("id") in owned or subject.get("customer") in owned:
            assert (state, reason) in (("done", ""), ("ignored", "unknown_type")), event["type"]
        else:
            assert (state, kept) == ("ignored", 0), event["type"]
        states.add((state, reason))
    assert {("done", ""), ("ignored", "foreign")} <= states

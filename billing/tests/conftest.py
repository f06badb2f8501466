"""What billing's tests begin with: customers in the usual states."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import stripe
from django.conf import settings

from accounts.models import Organization, User
from billing import catalogue as plans
from billing import subscriptions
from billing.catalogue import Plan
from billing.gateway import objects
from billing.models import StripeSubscription
from billing.purchases import Purchase
from billing.tests.buying import plan
from billing.tests.events import event
from sandbox.transport import InProcessClient


@pytest.fixture
def delta(db: None) -> Organization:
    """An organization that has never bought anything."""
    return Organization.objects.create(name="Delta", email="billing@delta.example")


@pytest.fixture
def subscribed(catalogue: Any, delta: Organization, card: Callable[..., str]) -> StripeSubscription:
    """Delta pays for Premium by the month; all events of it are delivered, and a day has passed."""
    premium = plans.find("premium")
    assert premium
    purchase = subscriptions.start(delta, premium, "month", card())
    catalogue.deliver()
    catalogue.advance(days=1)
    delta.refresh_from_db()
    return StripeSubscription.objects.get(stripe_id=purchase.subscription_id)


@pytest.fixture
def subscribe(catalogue: Any, card: Callable[..., str]) -> Callable[..., StripeSubscription]:
    """Lets the organization that a user acts for buy a plan; all events of it are delivered."""

    def buy(user: User, plan: str = "premium", interval: str = "month") -> StripeSubscription:
        wanted = plans.find(plan)
        assert wanted
        assert user.current_organization
        purchase = subscriptions.start(user.current_organization, wanted, interval, card())
        catalogue.deliver()
        return StripeSubscription.objects.get(stripe_id=purchase.subscription_id)

    return buy


@pytest.fixture
def buy(catalogue: Any, delta: Organization) -> Callable[..., Purchase]:
    """Delta buys, as a fresh request would."""

    def start(payment_method: str = "", plan: str = "premium", interval: str = "month") -> Purchase:
        wanted = plans.find(plan)
        assert wanted
        return subscriptions.start(Organization.objects.get(pk=delta.pk), wanted, interval, payment_method)

    return start


@pytest.fixture
def authenticate(catalogue: Any) -> Callable[..., None]:
    """The customer answers the bank's question about a payment, in the browser."""
    from sandbox.objects import authentication

    def answer(client_secret: str, *, passed: bool = True) -> None:
        with catalogue.sandbox.work() as world:
            intent = world.find(client_secret.partition("_secret_")[0])
            authentication.authenticate(world, intent, passed)

    return answer


@pytest.fixture
def business(machines: Any, buy: Callable[..., Purchase], card: Callable[..., str]) -> StripeSubscription:
    """Delta has Business for its one member, and half of January has passed."""
    purchase = buy(card(), plan="business")
    machines.deliver()
    machines.advance(days=15, hours=12)
    return StripeSubscription.objects.get(stripe_id=purchase.subscription_id)


@pytest.fixture
def dashboard(catalogue: Any) -> stripe.StripeClient:
    """Stripe's dashboard: changes made there, past the application."""
    return stripe.StripeClient(settings.STRIPE_SECRET_KEY, http_client=InProcessClient(catalogue.sandbox))


@pytest.fixture
def premium(catalogue: Any, delta: Organization, card: Callable[..., str]) -> StripeSubscription:
    """Delta has just bought Premium, and every event of it has arrived."""
    bought = subscriptions.start(delta, plan("premium"), "month", card())
    catalogue.deliver()
    return StripeSubscription.objects.get(stripe_id=bought.subscription_id)


@pytest.fixture
def edit_plan(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Plan]:
    """Edits a plan of the catalogue, as a developer would."""

    def edit(key: str, **changes: Any) -> Plan:
        edited = tuple(replace(plan, **changes) if plan.key == key else plan for plan in plans.PLANS)
        monkeypatch.setattr(plans, "PLANS", edited)
        return next(plan for plan in edited if plan.key == key)

    return edit


@pytest.fixture
def sent(subscribed: StripeSubscription) -> dict[str, Any]:
    """An event about Delta's invoice that changes its amount to 5."""
    answer = objects.fetch("invoice", subscribed.latest_invoice_id)
    assert answer
    return event({**answer.data, "amount_due": 5}, "invoice.sent")


@pytest.fixture
def his(charlie: User) -> Organization:
    """Charlie's own organization."""
    return charlie.organizations.get(personal=True)


@pytest.fixture
def pay(catalogue: Any, card: Callable[..., str]) -> Callable[..., None]:
    """What the buyer does on Checkout's page: `pay(session)`, with another card `pay(session, number)`."""
    from sandbox.objects import checkout

    def pay(session: str, number: str = "4242424242424242") -> None:
        method = card(number)
        with catalogue.sandbox.work() as world:
            buyer = checkout.Buyer(payment_method=method, email="charlie@outside.example")
            checkout.complete(world, world.get("checkout.session", session), buyer)

    return pay

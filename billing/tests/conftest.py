"""What billing's tests begin with: the catalogue on sale at the local Stripe, and customers in the usual states."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import stripe
from django.conf import settings

from accounts.models import Organization, User
from billing import catalogue as plans
from billing import products, subscriptions
from billing.models import StripeSubscription
from billing.purchases import Purchase
from sandbox.server import Server
from sandbox.transport import InProcessClient


@pytest.fixture
def catalogue(db: None, stripe_sandbox: Any) -> Any:
    """All plans are on sale; nothing is waiting to be delivered."""
    list(products.upsert())
    stripe_sandbox.deliver()
    return stripe_sandbox


@pytest.fixture
def delta(db: None) -> Organization:
    """An organization that has never bought anything."""
    return Organization.objects.create(name="Delta", email="billing@delta.example")


@pytest.fixture
def calls(stripe_sandbox: Any) -> list[tuple[str, str]]:
    """Every call that reaches Stripe from now on, as method and path."""
    seen: list[tuple[str, str]] = []
    stripe_sandbox.sandbox.observers.append(
        lambda request, answer: seen.append((request.method, request.path))
    )
    return seen


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
def card(stripe_sandbox: Any) -> Callable[..., str]:
    """Makes a payment method from a card's number, as Stripe.js does in the browser."""
    browser = stripe.StripeClient(
        settings.STRIPE_PUBLISHABLE_KEY, http_client=InProcessClient(stripe_sandbox.sandbox)
    )

    def make(number: str = "4242424242424242") -> str:
        details: Any = {"number": number, "exp_month": 12, "exp_year": 2030, "cvc": "123"}
        return browser.v1.payment_methods.create({"type": "card", "card": details})["id"]

    return make


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
def browsing(catalogue: Any, live_server: Any, settings: Any) -> Iterator[Any]:
    """The local Stripe over HTTP too, as a browser needs it: Stripe.js with its frames, and Stripe's pages.

    Events are held back, so that nothing that a test sees comes from them.
    """
    before = settings.STRIPE_SANDBOX_URL
    catalogue.sandbox.deliveries.hold()
    with Server(catalogue.sandbox) as server:
        directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
        moved = {
            name: [server.url if source == before else source for source in sources]
            for name, sources in directives.items()
        }
        settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": moved}
        settings.STRIPE_JS_URL = settings.STRIPE_JS_URL.replace(before, server.url)
        settings.BASE_URL = live_server.url
        yield catalogue


@pytest.fixture
def buy(catalogue: Any, delta: Organization) -> Callable[..., Purchase]:
    """Delta buys, as a fresh request would."""

    def start(payment_method: str = "", plan: str = "premium", interval: str = "month") -> Purchase:
        wanted = plans.find(plan)
        assert wanted
        return subscriptions.start(Organization.objects.get(pk=delta.pk), wanted, interval, payment_method)

    return start

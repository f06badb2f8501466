"""What billing's tests begin with: the catalogue on sale at the local Stripe, and customers in the usual states."""

from collections.abc import Callable
from typing import Any

import pytest
import stripe
from django.conf import settings

from accounts.models import Organization
from billing import products
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
def card(stripe_sandbox: Any) -> Callable[..., str]:
    """Makes a payment method from a card's number, as Stripe.js does in the browser."""
    browser = stripe.StripeClient(
        settings.STRIPE_PUBLISHABLE_KEY, http_client=InProcessClient(stripe_sandbox.sandbox)
    )

    def make(number: str = "4242424242424242") -> str:
        details: Any = {"number": number, "exp_month": 12, "exp_year": 2030, "cvc": "123"}
        return browser.v1.payment_methods.create({"type": "card", "card": details})["id"]

    return make

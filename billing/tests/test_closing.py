"""Closing an organization ends what it pays for first."""

from collections.abc import Callable
from typing import Any

import pytest
import stripe
from django.conf import settings

from accounts import organizations
from accounts.models import Organization
from billing import catalogue as plans
from billing import closing, subscriptions
from billing.models import StripeInvoice, StripeSubscription
from sandbox.transport import InProcessClient


@pytest.fixture
def buy(catalogue: Any, delta: Organization, card: Callable[..., str]) -> Callable[..., StripeSubscription]:
    def buy(payment_method: str | None = None) -> StripeSubscription:
        plan = plans.find("premium")
        assert plan is not None
        method = card() if payment_method is None else payment_method
        bought = subscriptions.start(delta, plan, "month", method)
        catalogue.deliver()
        return StripeSubscription.objects.get(stripe_id=bought.subscription_id)

    return buy


@pytest.fixture
def account(catalogue: Any) -> stripe.StripeClient:
    return stripe.StripeClient(settings.STRIPE_SECRET_KEY, http_client=InProcessClient(catalogue.sandbox))


def test_nothing_is_charged_any_more(buy: Any, delta: Organization, catalogue: Any, account: Any) -> None:
    """F47."""
    subscription = buy()
    organizations.close(delta)
    assert account.v1.subscriptions.retrieve(subscription.stripe_id).status == "canceled"
    subscription.refresh_from_db()
    assert subscription.is_over
    catalogue.advance(days=40)
    catalogue.deliver()
    assert StripeInvoice.objects.filter(status="paid").count() == 1


def test_a_purchase_that_was_begun_is_taken_back(buy: Any, delta: Organization) -> None:
    subscription = buy("")
    organizations.close(delta)
    subscription.refresh_from_db()
    assert subscription.is_over
    assert not StripeInvoice.objects.awaited().exists()


def test_what_no_event_has_told_of_ends_too(
    buy: Any, delta: Organization, catalogue: Any, account: Any
) -> None:
    subscription = buy()
    price = subscription.items.get().price_id
    other = account.v1.subscriptions.create(
        {"customer": subscription.customer_id, "items": [{"price": price}]}
    )
    catalogue.sandbox.deliveries.drop()
    organizations.close(delta)
    assert account.v1.subscriptions.retrieve(other["id"]).status == "canceled"


def test_if_stripe_cannot_be_asked_it_stays_open(buy: Any, delta: Organization, catalogue: Any) -> None:
    subscription = buy()
    catalogue.sandbox.faults.add("cut", method="DELETE", times=99)
    with pytest.raises(closing.StillPayingError):
        organizations.close(delta)
    delta.refresh_from_db()
    assert delta.closed is None
    catalogue.sandbox.faults.clear()
    organizations.close(delta)
    subscription.refresh_from_db()
    assert subscription.is_over


def test_with_billing_off_a_payer_stays_open(buy: Any, delta: Organization, settings: Any) -> None:
    buy()
    settings.STRIPE_SECRET_KEY = ""
    with pytest.raises(closing.StillPayingError):
        organizations.close(delta)


def test_who_never_bought_is_closed_without_a_call(db: None, settings: Any) -> None:
    settings.STRIPE_SECRET_KEY = ""
    organization = Organization.objects.create(name="Zeta")
    organizations.close(organization)
    organization.refresh_from_db()
    assert organization.closed is not None

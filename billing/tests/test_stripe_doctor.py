"""The command `stripe_doctor`: says what is wrong, with the cure."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import stripe
from django.conf import settings as configured
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from accounts.models import Organization
from billing import catalogue as plans
from billing import reconcile, subscriptions
from billing.models import Attempt, Event, Mail, StripePrice, StripeSubscription, StripeSubscriptionItem
from sandbox.transport import InProcessClient


def examine() -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command("stripe_doctor", stdout=out)
    except CommandError as error:
        return error.returncode, out.getvalue() + str(error)
    return 0, out.getvalue()


@pytest.fixture
def healthy(machines: Any, settings: Any) -> Any:
    """A deployment with which nothing is wrong; what the local Stripe outside development is said of is left out."""
    settings.DEBUG = True
    return machines


@pytest.fixture
def dashboard(healthy: Any) -> stripe.StripeClient:
    return stripe.StripeClient(configured.STRIPE_SECRET_KEY, http_client=InProcessClient(healthy.sandbox))


@pytest.fixture
def premium(healthy: Any, delta: Organization, card: Callable[..., str]) -> StripeSubscription:
    plan = plans.find("premium")
    assert plan is not None
    bought = subscriptions.start(delta, plan, "month", card())
    healthy.deliver()
    reconcile.carry_out(reconcile.begin())
    return StripeSubscription.objects.get(stripe_id=bought.subscription_id)


def test_all_is_well(healthy: Any, premium: StripeSubscription) -> None:
    code, said = examine()
    assert (code, said.splitlines()[-1]) == (0, "All is well.")


def test_no_key(healthy: Any, settings: Any) -> None:
    settings.STRIPE_SECRET_KEY = ""
    code, said = examine()
    assert code == 2
    assert "STRIPE_SECRET_KEY is empty" in said


def test_a_refused_key(healthy: Any) -> None:
    healthy.sandbox.keys.revoked.add(configured.STRIPE_SECRET_KEY)
    code, said = examine()
    assert code == 2
    assert "refuses our key" in said


def test_stripe_unreachable(healthy: Any) -> None:
    healthy.sandbox.faults.add("cut", times=99)
    assert examine()[0] == 3


def test_what_the_system_checks_say_is_said_with_its_hint(healthy: Any, settings: Any) -> None:
    settings.STRIPE_WEBHOOK_SECRETS = []
    code, said = examine()
    assert code == 1
    assert "STRIPE_WEBHOOK_SECRET is empty" in said
    assert "Cure: `stripe listen`" in said


def test_secrets_that_pile_up(healthy: Any, settings: Any) -> None:
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_1", "whsec_2", "whsec_3"]
    assert "holds 3 secrets" in examine()[1]


def test_no_endpoint(healthy: Any, settings: Any) -> None:
    settings.BASE_URL = "https://moved.example"
    assert "No webhook endpoint leads to https://moved.example" in examine()[1]


def test_a_disabled_endpoint(healthy: Any, dashboard: Any) -> None:
    endpoint = dashboard.v1.webhook_endpoints.list().data[0]
    dashboard.v1.webhook_endpoints.update(endpoint.id, {"disabled": True})
    assert "it is disabled" in examine()[1]


def test_an_endpoint_that_lacks_events(healthy: Any, dashboard: Any) -> None:
    endpoint = dashboard.v1.webhook_endpoints.list().data[0]
    dashboard.v1.webhook_endpoints.update(endpoint.id, {"enabled_events": ["invoice.paid"]})
    said = examine()[1]
    assert "customer.subscription.deleted" in said
    assert "setup_webhook" in said


def test_an_endpoint_of_another_api_version(healthy: Any, dashboard: Any) -> None:
    dashboard.v1.webhook_endpoints.create(
        {
            "url": f"{configured.BASE_URL}/stripe-webhook",
            "enabled_events": ["*"],
            "api_version": "2025-03-31.basil",
        }
    )
    said = examine()[1]
    assert "it speaks 2025-03-31.basil API version" in said
    assert "2 endpoints lead here, with a secret each" in said


def test_events_that_never_arrived(healthy: Any, dashboard: Any, premium: StripeSubscription) -> None:
    dashboard.v1.subscriptions.update(premium.stripe_id, {"cancel_at_period_end": True})
    healthy.sandbox.deliveries.drop()
    assert "never arrived" not in examine()[1], "it may be on its way"
    healthy.advance(minutes=10)
    assert "these never arrived" in examine()[1]


def test_a_price_that_is_not_on_sale(healthy: Any) -> None:
    StripePrice.objects.filter(lookup_key__endswith="starter:month:usd").delete()
    said = examine()[1]
    assert "Not on sale at Stripe: turnpike:starter:month:usd." in said
    assert "upsert_catalogue" in said


def test_a_price_that_no_plan_knows(healthy: Any, premium: StripeSubscription) -> None:
    StripeSubscriptionItem.objects.update(key="")
    assert premium.items.get().price_id in examine()[1]


def test_events_that_wait_fail_or_were_given_up(healthy: Any) -> None:
    for number, state in enumerate(("received", "failed", "parked")):
        Event.objects.create(
            stripe_id=f"evt_{number}",
            type="invoice.paid",
            state=state,
            error="ValueError: poison",
            created=timezone.now(),
        )
    assert "waited" not in examine()[1]
    healthy.advance(minutes=6)
    said = examine()[1]
    assert "Events that have waited for more than five minutes: 1." in said
    assert "Events that fail: 1. ValueError: poison (1)." in said
    assert "Events that were given up: 1." in said


def test_mails_that_were_given_up(healthy: Any, delta: Organization) -> None:
    Mail.objects.create(fact="a", organization=delta, template="payment_failed", state="parked")
    assert "Mails that were given up: 1." in examine()[1]


def test_two_live_subscriptions_at_once_leave_access_on_and_are_said(
    healthy: Any, dashboard: Any, premium: StripeSubscription
) -> None:
    item = premium.items.get()
    dashboard.v1.subscriptions.create({"customer": premium.customer_id, "items": [{"price": item.price_id}]})
    healthy.deliver()
    assert "Organizations pay several subscriptions at once: Delta" in examine()[1]
    premium.organization.refresh_from_db()
    assert premium.organization.current_access().tier == "premium"


def test_a_closed_organization_that_still_pays(healthy: Any, premium: StripeSubscription) -> None:
    Organization.objects.update(closed=timezone.now())
    assert f"Closed organizations still pay: {premium.stripe_id}" in examine()[1]


def test_a_purchase_that_was_never_finished(healthy: Any, delta: Organization) -> None:
    Attempt.objects.create(
        organization=delta, kind="subscription", created=timezone.now() - timedelta(hours=2)
    )
    assert "Purchases that were begun and never finished: 1." in examine()[1]


def test_rows_that_were_not_compared_for_a_week(healthy: Any, premium: StripeSubscription) -> None:
    healthy.advance(days=8)
    assert "not compared with Stripe's for a week" in examine()[1]


def test_differences_that_are_left(healthy: Any, dashboard: Any, premium: StripeSubscription) -> None:
    dashboard.v1.subscriptions.cancel(premium.stripe_id)
    healthy.sandbox.deliveries.drop()
    reconcile.carry_out(reconcile.begin())
    assert "Differences from Stripe that are not mended: 1." in examine()[1]

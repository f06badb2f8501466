"""What happens to whole deployments: events lost for good, a database restored from an hour ago, a key revoked."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import stripe
from django.conf import settings
from django.core import mail
from django.test import TestCase
from django.utils import timezone

from accounts.models import Organization
from accounts.tiers import Tier
from billing import catalogue as plans
from billing import customers, errors, reconcile, subscriptions
from billing.models import Attempt, Event, MirroredObject, StripeCustomer, StripeInvoice, StripeSubscription
from billing.tests.restoring import forgotten
from billing.webhooks import process
from sandbox.transport import InProcessClient


@pytest.fixture
def dashboard(catalogue: Any) -> Any:
    return stripe.StripeClient(settings.STRIPE_SECRET_KEY, http_client=InProcessClient(catalogue.sandbox)).v1


def buy(organization: Organization, payment_method: str) -> str:
    premium = plans.find("premium")
    assert premium is not None
    return subscriptions.start(organization, premium, "month", payment_method).subscription_id


def mend() -> None:
    run = reconcile.begin(mends=True)
    reconcile.carry_out(run)
    assert not run.differences.left().exists(), list(run.differences.values())


# --- The database is restored from an hour ago ------------------------------------------------------------------------


def test_a_database_restored_from_an_hour_ago_is_healed(
    catalogue: Any, dashboard: Any, subscribed: StripeSubscription, card: Callable[..., str]
) -> None:
    """F12."""
    theta = Organization.objects.create(name="Theta", email="billing@theta.example")
    with forgotten():
        catalogue.advance(minutes=30)
        bought = buy(theta, card())
        dashboard.subscriptions.update(subscribed.stripe_id, {"cancel_at_period_end": True})
        catalogue.deliver()
        catalogue.advance(minutes=30)
    theta.refresh_from_db()
    assert theta.stripe_customer_id is None
    mend()
    theta.refresh_from_db()
    subscribed.refresh_from_db()
    assert theta.current_access().tier == Tier.PREMIUM
    assert theta.subscriptions.get().stripe_id == bought
    assert subscribed.cancel_at_period_end


def test_no_mail_is_sent_twice_because_the_database_was_restored(
    catalogue: Any, dashboard: Any, subscribed: StripeSubscription
) -> None:
    """F12."""
    with forgotten():
        dashboard.subscriptions.cancel(subscribed.stripe_id)
        catalogue.deliver()
    assert len(mail.outbox) == 1
    with TestCase.captureOnCommitCallbacks(execute=True):
        mend()
    assert len(mail.outbox) == 1
    subscribed.refresh_from_db()
    assert subscribed.is_over


def test_what_somebody_bought_in_the_lost_hour_is_not_given_to_whoever_has_their_number_now(
    catalogue: Any, card: Callable[..., str]
) -> None:
    with forgotten():
        lost = Organization.objects.create(name="Lost")
        buy(lost, card())
        catalogue.deliver()
    catalogue.sandbox.deliveries.drop()
    catalogue.advance(hours=1)
    other = Organization.objects.create(pk=lost.pk, name="Other")
    mend()
    other.refresh_from_db()
    assert other.stripe_customer_id is None
    assert not other.subscriptions.exists()
    bought = buy(other, card())
    catalogue.deliver()
    mend()
    assert [one.stripe_id for one in other.subscriptions.all()] == [bought]


def test_nor_is_their_customer_found_for_an_attempt_that_lost_its_answer(
    catalogue: Any, card: Callable[..., str]
) -> None:
    with forgotten():
        lost = Organization.objects.create(name="Lost")
        theirs = customers.ensure(lost)
    catalogue.sandbox.deliveries.drop()
    catalogue.advance(hours=1)
    other = Organization.objects.create(pk=lost.pk, name="Other")
    Attempt.objects.create(
        kind="customer",
        organization=other,
        parameters={"organization": other.pk, "name": "Other", "email": ""},
        created=timezone.now() - timedelta(days=2),
    )
    assert customers.ensure(other) != theirs
    assert not StripeCustomer.objects.filter(stripe_id=theirs).exists()


# --- Events that never come, come late, or speak of what is gone ------------------------------------------------------


def test_an_outage_longer_than_stripe_tries_is_healed_by_what_happened_since(
    catalogue: Any, dashboard: Any, subscribed: StripeSubscription
) -> None:
    """F11."""
    since = catalogue.advance(seconds=1)
    catalogue.advance(days=4)
    dashboard.subscriptions.cancel(subscribed.stripe_id)
    catalogue.sandbox.deliveries.drop()
    run = reconcile.begin(since=since, mends=True)
    reconcile.carry_out(run)
    assert {one.kind for one in run.differences.all()} == {"subscription"}
    subscribed.refresh_from_db()
    assert subscribed.is_over


def test_a_change_of_which_no_event_was_ever_made_is_healed_from_the_object(
    catalogue: Any, subscribed: StripeSubscription
) -> None:
    """F10."""
    with catalogue.sandbox.work() as world:
        world.get("subscription", subscribed.stripe_id)["cancel_at_period_end"] = True
    mend()
    subscribed.refresh_from_db()
    assert subscribed.cancel_at_period_end


def test_a_draft_that_was_deleted_without_a_word_is_gone(
    catalogue: Any, dashboard: Any, subscribed: StripeSubscription
) -> None:
    draft = dashboard.invoices.create({"customer": subscribed.customer_id})
    catalogue.deliver()
    dashboard.invoices.delete(draft["id"])
    catalogue.sandbox.deliveries.drop()
    mend()
    assert StripeInvoice.objects.get(stripe_id=draft["id"]).deleted
    assert MirroredObject.objects.get(stripe_id=draft["id"]).gone


def test_a_price_that_becomes_known_later_gives_its_plan(
    catalogue: Any, dashboard: Any, subscribed: StripeSubscription, delta: Organization
) -> None:
    """Closed while it is unknown; the metadata that is added in the dashboard opens it at the next comparison."""
    product = dashboard.products.create({"name": "Made by hand"})
    price = dashboard.prices.create(
        {"product": product["id"], "currency": "usd", "unit_amount": 1, "recurring": {"interval": "month"}}
    )
    item = subscribed.items.get()
    dashboard.subscription_items.update(item.stripe_id, {"price": price["id"]})
    catalogue.deliver()
    delta.refresh_from_db()
    assert delta.current_access().tier == Tier.FREE
    dashboard.products.update(
        product["id"], {"metadata": {"namespace": settings.STRIPE_NAMESPACE, "plan": "starter"}}
    )
    catalogue.sandbox.deliveries.drop()
    mend()
    delta.refresh_from_db()
    assert delta.current_access().tier == Tier.STARTER


# --- Our key ----------------------------------------------------------------------------------------------------------


def test_while_the_key_is_revoked_events_are_kept_and_drained_after(
    catalogue: Any, dashboard: Any, subscribed: StripeSubscription
) -> None:
    """F42."""
    dashboard.subscriptions.update(subscribed.stripe_id, {"metadata": {"note": "in doubt"}})
    dashboard.subscriptions.update(subscribed.stripe_id, {"cancel_at_period_end": True})
    catalogue.sandbox.keys.revoked.add(settings.STRIPE_SECRET_KEY)
    tried = catalogue.deliver()
    assert {delivery["state"] for delivery in tried} >= {"pending"}, "some could only be kept"
    with pytest.raises(errors.Misconfigured):
        reconcile.carry_out(reconcile.begin(mends=True))
    waiting = Event.objects.exclude(state__in=Event.SETTLED)
    assert waiting.exists()
    catalogue.sandbox.keys.revoked.clear()
    catalogue.advance(hours=7)
    assert all(outcome.is_settled for _, outcome in process.sweep())
    assert not waiting.exists()
    subscribed.refresh_from_db()
    assert subscribed.cancel_at_period_end


def test_an_answer_that_was_lost_longer_ago_than_keys_live_is_adopted_and_nothing_is_made_twice(
    catalogue: Any, dashboard: Any, delta: Organization, card: Callable[..., str]
) -> None:
    catalogue.sandbox.faults.add("lost", method="POST", path="/v1/subscriptions", times=9)
    with pytest.raises(errors.Unavailable):
        buy(delta, card())
    catalogue.sandbox.faults.clear()
    catalogue.sandbox.deliveries.drop()
    catalogue.advance(hours=25)
    mend()
    attempt = Attempt.objects.get(kind="subscription")
    (made,) = dashboard.subscriptions.list({"status": "all"}).data
    assert (attempt.state, attempt.result) == ("done", made.id)

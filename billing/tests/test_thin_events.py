"""Thin events: they name what changed and do not bring it, so it is fetched."""

from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Organization
from billing.gateway import client
from billing.models import Event, StripeCustomer, StripeInvoice, StripeSubscription
from billing.tests.buying import tier
from billing.tests.events import event, post, stored

pytestmark = pytest.mark.django_db

State = Event.State


def thin(kind: str, object_id: str, type_: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": event({"object": "x"})["id"],
        "object": "v2.core.event",
        "type": type_,
        "created": timezone.now().isoformat().replace("+00:00", "Z"),
        "livemode": False,
        "related_object": {"id": object_id, "type": kind, "url": f"/v1/{kind}s/{object_id}"},
        **fields,
    }


def test_a_thin_event_is_fetched(subscribed, calls):
    """F22."""
    named = thin("subscription", subscribed.stripe_id, "v1.customer.subscription.updated")
    calls.clear()
    assert post(named).status_code == 200
    assert calls == [("GET", f"/v1/subscriptions/{subscribed.stripe_id}")]
    assert stored(named).state == State.DONE


def test_a_life_of_which_only_thin_events_tell_is_mirrored(buy, card, delta, catalogue):
    """F22: as the local Stripe sends them."""
    with catalogue.sandbox.work() as world:
        [endpoint] = world.scan("webhook_endpoint")
    catalogue.sandbox.deliveries.tell_only(endpoint["id"])
    subscription = buy(card()).subscription_id
    catalogue.deliver()
    dashboard = client.connected().v1
    dashboard.customers.update(Organization.objects.get(pk=delta.pk).stripe_customer_id, {"name": "Delta AG"})
    catalogue.advance(days=32)
    dashboard.subscriptions.cancel(subscription)
    assert {tried["attempts"][-1]["status"] for tried in catalogue.deliver()} == {200}
    assert not Event.objects.exclude(state__in=[State.DONE, State.IGNORED]).exists()
    assert (tier(delta), StripeSubscription.objects.get().status) == ("free", "canceled")
    assert StripeCustomer.objects.get().name == "Delta AG"
    assert StripeInvoice.objects.filter(status="paid").count() == 2


def test_a_thin_event_of_an_object_that_we_do_not_have_is_asked_about(catalogue, calls):
    stranger = client.connected().v1.customers.create({"email": "x@y.example"})["id"]
    named = thin("customer", stranger, "v1.customer.updated")
    assert post(named).status_code == 200
    assert (stored(named).state, stored(named).reason) == (State.IGNORED, Event.Reason.FOREIGN)


@pytest.mark.parametrize("related", [None, {"id": "x", "type": "billing.meter", "url": ""}])
def test_a_thin_event_about_nothing_of_ours_is_ignored(db, related):
    named = thin("", "x", "v1.billing.meter.error_report_triggered", related_object=related)
    assert post(named).status_code == 200
    assert stored(named).reason == Event.Reason.UNKNOWN_TYPE

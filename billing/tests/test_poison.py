"""A poison event among good ones: it is given up, and they pass. A parked event is replayed in `test_inbox`."""

from typing import Any

import pytest

from billing.gateway import objects
from billing.models import Event, StripeSubscription
from billing.tests.events import event, post
from billing.webhooks import inbox

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]  # SQLite stores what PostgreSQL refuses
NUL = "in_\x00"


@pytest.fixture
def poison(subscribed: StripeSubscription) -> dict[str, Any]:
    """An invoice's id with a byte in it that PostgreSQL cannot store."""
    answer = objects.fetch("subscription", subscribed.stripe_id)
    assert answer
    return event({**answer.data, "latest_invoice": NUL}, "customer.subscription.updated")


def test_a_nul_byte_does_not_keep_a_hundred_others(poison, subscribed):
    """F30."""
    invoice = objects.fetch("invoice", subscribed.latest_invoice_id)
    assert invoice
    for number in range(inbox.ATTEMPTS):
        assert post(poison).status_code == (500 if number < inbox.ATTEMPTS - 1 else 200)
        for more in range(10):
            good = event({**invoice.data, "amount_due": more}, created=poison["created"] + 10 + more)
            assert post(good).status_code == 200
    assert Event.objects.get(stripe_id=poison["id"]).state == Event.State.PARKED
    assert not Event.objects.filter(state__in=[Event.State.RECEIVED, Event.State.FAILED]).exists()

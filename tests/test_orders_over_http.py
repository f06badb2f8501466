"""The life of six events over HTTP: two server processes on PostgreSQL, eight connections at once, any order, doubles.

Each life is another customer's, so that all of them go on together.
"""

import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import stripe
from django.conf import settings

from accounts.models import User
from billing.models import Event
from tests import house
from tests.house import House
from tests.oracle import Oracle

LIVES = 12
AT_ONCE = 8


def live(home: House, dashboard: Any, user: User) -> None:
    """The organization subscribes past the application, and leaves."""
    metadata = {"namespace": "turnpike", "turnpike_organization": str(user.current_organization_id)}
    customer = dashboard.customers.create({"metadata": metadata})["id"]
    card = dashboard.payment_methods.attach(home.card(), {"customer": customer})["id"]
    items = [{"price": Oracle(home.sandbox).price("turnpike-premium")}]
    subscription = dashboard.subscriptions.create(
        {"customer": customer, "items": items, "default_payment_method": card}
    )["id"]
    dashboard.subscriptions.update(subscription, {"cancel_at_period_end": True})
    dashboard.payment_methods.detach(card)
    dashboard.subscriptions.cancel(subscription)


@pytest.mark.slow
@pytest.mark.postgresql
@pytest.mark.timeout(900)
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_order_at_once_on_two_processes(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    with house.opened(tmp_path, workers=2) as home:
        home.sandbox.deliveries.hold()
        base = {"api": home.server.url}
        dashboard = stripe.StripeClient(settings.STRIPE_SECRET_KEY, base_addresses=base).v1
        users = [
            User.objects.create_user(f"person{number}@people.example", name="Alice")
            for number in range(LIVES)
        ]
        for user in users:
            live(home, dashboard, user)
        waiting = [delivery["id"] for delivery in home.sandbox.deliveries.pending(held=True)] * 2
        chance.shuffle(waiting)
        with ThreadPoolExecutor(AT_ONCE) as posts:
            list(posts.map(lambda one: home.sandbox.deliveries.attempt(one, home.post), waiting))
        home.sandbox.deliveries.release()
        home.sandbox.deliver(home.post)  # what was busy with its double
        assert not home.sandbox.deliveries.pending()
        assert Oracle(home.sandbox).differences(users) == []
        assert not Event.objects.exclude(state__in=[Event.State.DONE, Event.State.IGNORED]).exists()

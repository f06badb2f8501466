"""Many events at once, doubled and shuffled, stored while they come and worked off after."""

import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from billing.gateway import objects
from billing.models import Event, MirroredObject, StripeInvoice, StripeSubscription
from billing.tests.events import event, post
from billing.webhooks import process, queue, registry
from billing.webhooks.notices import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def effects() -> Iterator[Counter[str]]:
    """How often each event has had one."""
    counted: Counter[str] = Counter()

    @registry.on("invoice.sent")
    def count(notice: Notice, guard: MirroredObject) -> None:
        counted[notice.id] += 1

    yield counted
    registry._handlers["invoice.sent"].remove(count)


@pytest.mark.parametrize("events", [100, pytest.param(2000, marks=pytest.mark.slow)])
def test_none_of_many_events_is_lost_or_has_its_effect_twice(
    subscribed: StripeSubscription, effects: Counter[str], settings: Any, events: int
) -> None:
    """F55, as far as it has nothing to do with time: `make bench` sends 6,000 within a minute."""
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    answer = objects.fetch("invoice", subscribed.latest_invoice_id)
    assert answer
    sent = [
        event(
            {**answer.data, "attempt_count": number},
            "invoice.sent",
            created=answer.as_of + 10 * number,
            id=f"evt_{number}",
        )
        for number in range(1, events + 1)
    ]
    arriving = [*sent, *sent[::10]]
    random.Random(55).shuffle(arriving)
    for one in arriving:
        assert post(one).status_code == 200
    while Event.objects.untouched().exists():
        process.work_off(queue.call)
    assert set(Event.objects.filter(type="invoice.sent").values_list("state", "attempts")) == {
        (Event.State.DONE, 1)
    }
    assert effects == Counter({one["id"]: 1 for one in sent})
    assert StripeInvoice.objects.get().attempt_count == events

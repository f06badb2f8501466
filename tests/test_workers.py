"""With a broker: an event is answered when it is stored, and a worker, a process of its own, applies it."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from django.utils import timezone

from accounts.models import User
from billing.models import Event
from tests import house
from tests.house import House, wait_until
from tests.oracle import Oracle

pytestmark = [
    pytest.mark.slow,
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
NOWHERE = "redis://127.0.0.1:1/0"
WORKER = ("-m", "celery", "-A", "config.celery", "worker", "--pool", "solo", "--loglevel", "INFO")


@pytest.fixture
def broker() -> Iterator[str]:
    """An empty database of Redis, one for each process that runs tests."""
    number = 8 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 8
    url = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0").rpartition("/")[0] + f"/{number}"
    server = redis.Redis.from_url(url)
    try:
        server.ping()
    except redis.ConnectionError:
        pytest.skip("needs Redis: apt-get install redis-server, or REDIS_URL=redis://host:6379/0")
    assert not server.dbsize(), f"{url} is not empty, and the tests would empty it"
    yield url
    server.flushdb()
    server.close()


@pytest.fixture
def alice_buys(transactional_db: Any) -> User:
    return User.objects.create_user("alice@people.example", name="Alice")


def unsettled() -> int:
    return Event.objects.exclude(state__in=Event.SETTLED).count()


def all_done(house: House) -> bool:
    return not house.sandbox.deliveries.pending() and not unsettled()


def check(house: House, user: User) -> None:
    assert Oracle(house.sandbox).differences([user]) == []
    assert Oracle(house.sandbox).doubled() == []
    assert Event.objects.filter(state=Event.State.DONE).exists()


def test_events_are_answered_at_once_and_applied_by_a_worker(
    broker: str, alice_buys: User, tmp_path: Path
) -> None:
    with house.opened(tmp_path, broker=broker) as home:
        assert home.click(alice_buys, "create", plan="premium", payment_method_id=home.card()) == 200
        wait_until(lambda: not home.sandbox.deliveries.pending(), "all events are answered")
        assert unsettled()
        assert Event.objects.filter(attempts__gt=0).count() == 0
        home.start(*WORKER)
        wait_until(lambda: all_done(home), "the worker has done all")
        check(home, alice_buys)


def test_without_the_broker_events_are_kept_and_the_sweep_applies_them(
    alice_buys: User, tmp_path: Path
) -> None:
    with house.opened(tmp_path, broker=NOWHERE) as home:
        assert home.click(alice_buys, "create", plan="premium", payment_method_id=home.card()) == 200
        wait_until(lambda: not home.sandbox.deliveries.pending(), "all events are answered")
        assert unsettled()
        assert home.command("process_events") == 0
        assert unsettled() == 0
        check(home, alice_buys)


def test_what_a_killed_worker_left_is_done_later_and_once(
    broker: str, alice_buys: User, tmp_path: Path
) -> None:
    """F28."""
    with house.opened(tmp_path, broker=broker) as home:
        assert home.click(alice_buys, "create", plan="premium", payment_method_id=home.card()) == 200
        wait_until(lambda: not home.sandbox.deliveries.pending(), "all events are answered")
        home.sandbox.arm(1, True, lambda: worker.kill())
        worker = home.start(*WORKER)
        assert worker.wait(house.PATIENCE) == -9
        left = Event.objects.get(leased_until__isnull=False)
        assert (left.state, left.attempts) == (Event.State.RECEIVED, 1)
        Event.objects.filter(pk=left.pk).update(leased_until=timezone.now())  # a minute passes
        home.start(*WORKER)
        assert home.command("process_events") == 0
        wait_until(lambda: all_done(home), "all is done")
        left.refresh_from_db()
        assert (left.state, left.attempts, left.leased_until) == (Event.State.DONE, 2, None)
        check(home, alice_buys)

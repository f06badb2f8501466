"""The counter: exact over several processes, and purged."""

import multiprocessing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from accounts import usage
from accounts.models import UsageCounter

LIMIT, PROCESSES, TRIES = 150, 4, 60


def _count_many(database: str, start: Any, results: Any) -> None:
    """One of several processes: tries as often as it can, and tells which counts it got."""
    connection.settings_dict["NAME"] = database
    meter = usage.meter("organization:1", LIMIT, usage.DAY)
    start.wait()
    results.put([usage.count(meter) for _ in range(TRIES)])
    connection.close()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_several_processes_together_get_exactly_the_limit() -> None:
    processes = multiprocessing.get_context("fork")
    start, results = processes.Event(), processes.Queue()
    connection.close()  # each process makes its own
    database = str(connection.settings_dict["NAME"])
    workers = [
        processes.Process(target=_count_many, args=(database, start, results)) for _ in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    start.set()
    got = [count for _ in workers for count in results.get(timeout=60)]
    for worker in workers:
        worker.join(timeout=60)

    allowed = sorted(count for count in got if count is not None)
    assert allowed == list(range(1, LIMIT + 1))
    assert got.count(None) == PROCESSES * TRIES - LIMIT
    assert UsageCounter.objects.get().count == LIMIT


@pytest.mark.django_db
def test_counts_go_up_by_one_until_the_limit() -> None:
    meter = usage.meter("organization:1", 3, usage.DAY)

    assert [usage.count(meter) for _ in range(5)] == [1, 2, 3, None, None]
    assert usage.counted(meter) == 3


def durability() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        return str(cursor.fetchone()[0])


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_counting_waits_for_no_disk_and_leaves_other_transactions_as_they_are() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = on")  # whatever the server's default is
    meter = usage.meter("organization:1", 9, usage.DAY)
    assert usage.count(meter) == 1
    assert durability() == "on"
    with transaction.atomic():
        assert usage.count(meter) == 2
        assert durability() == "on"
    assert [usage.count(meter), usage.counted(meter)] == [3, 3]


@pytest.mark.django_db
def test_a_limit_of_nothing_lets_nothing_through() -> None:
    assert usage.count(usage.meter("organization:1", 0, usage.DAY)) is None
    assert not UsageCounter.objects.exists()


def test_what_has_no_limit_is_not_counted() -> None:
    with pytest.raises(ValueError, match="no limit"):
        usage.count(usage.meter("organization:1", None, usage.DAY))


def test_windows_are_those_of_utc() -> None:
    now = timezone.now()
    day, hour = usage.meter("s", 1, usage.DAY), usage.meter("s", 1, usage.HOUR)

    assert (day.start.hour, day.start.minute, day.start.tzinfo) == (0, 0, UTC)
    assert day.start <= hour.start <= now < hour.end <= day.end
    assert hour.start.minute == 0


def test_the_wait_is_never_nothing() -> None:
    meter = usage.Meter("s", 1, datetime(2027, 1, 1, tzinfo=UTC), usage.DAY)

    assert meter.seconds_left(datetime(2027, 1, 1, tzinfo=UTC)) == 86_400
    assert meter.seconds_left(datetime(2027, 1, 1, 23, 59, 59, 999_000, tzinfo=UTC)) == 1
    assert meter.seconds_left(datetime(2027, 1, 2, tzinfo=UTC)) == 1


@pytest.mark.django_db
def test_old_windows_are_purged_by_command(capsys: pytest.CaptureFixture[str]) -> None:
    for days in (0, 34, 36, 400):
        UsageCounter.objects.create(subject="s", window_start=timezone.now() - timedelta(days=days), count=1)
    call_command("purge_usage")

    assert UsageCounter.objects.count() == 2
    assert capsys.readouterr().out == "2 counters deleted.\n"

"""A burst: 6,000 events, 100 a second for a minute. None may be lost, and none may wait long for its answer."""

import time
from collections.abc import Iterator

from benchmarks import databases, events, load, place, processes
from benchmarks.load import Result
from benchmarks.place import OURS, Place

EVENTS = 6000
PACE = 100.0  # a second
DRAINED_WITHIN = 300  # seconds
SETTLED = "SELECT count(*) FROM billing_event WHERE state = 'done'"
STORED = "SELECT count(*) FROM billing_event"


def run(there: Place) -> Iterator[tuple[str, Result, float]]:
    """Done when answered; and stored, with a worker beside it: each with the seconds until the last one was done."""
    yield "done when answered", *_burst(there, "inline")
    command = ["-m", "celery", "-A", "config.celery", "worker", "--concurrency", "1", "--loglevel", "ERROR"]
    with processes.running(command, there.environment | {"CELERY_BROKER_URL": place.REDIS}):
        _drain(there, databases.ask(there.database, STORED))  # what other benchmarks left to a worker
        yield "stored for a worker", *_burst(there, "stored")


def _burst(there: Place, server: str) -> tuple[Result, float]:
    before, settled = databases.ask(there.database, STORED), databases.ask(there.database, SETTLED)
    requests = [list(events.requests(OURS, mine)) for mine in there.bodies(EVENTS)]
    result = load.send(there.ports[server], requests, PACE)
    waited = _drain(there, settled + EVENTS)
    if result.refused or databases.ask(there.database, STORED) != before + EVENTS:
        raise SystemExit(f"Events were lost: {len(result.refused)} refused.")
    return result, waited


def _drain(there: Place, count: int) -> float:
    """Seconds until so many events are done in all."""
    began = time.monotonic()
    while databases.ask(there.database, SETTLED) < count:
        if time.monotonic() - began > DRAINED_WITHIN:
            left = count - databases.ask(there.database, SETTLED)
            raise SystemExit(f"Not drained within {DRAINED_WITHIN} s: {left} events are left.")
        time.sleep(0.2)
    return time.monotonic() - began

"""Events in a worker: who is called for them, how many it does, and that each is done once."""

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from celery.signals import before_task_publish
from django.db import connection

from billing.models import Event, MirroredObject, StripeInvoice
from billing.tests.events import event, post, stored
from billing.webhooks import process, queue, registry
from billing.webhooks.notices import Notice

pytestmark = pytest.mark.django_db

State = Event.State


@pytest.fixture(autouse=True)
def bell(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One that has not sounded yet."""
    monkeypatch.setattr(queue, "_bell", queue._Bell())
    yield
    queue._bell.silence()


@pytest.fixture
def waiting(sent: dict[str, Any], settings: Any) -> dict[str, Any]:
    """An event that was stored for a worker, whose broker is down."""
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    assert post(sent).status_code == 200
    return sent


def test_a_worker_takes_five_statements_for_an_invoice_and_no_call(
    waiting, calls, django_assert_max_num_queries
):
    event_id = stored(waiting).pk
    calls.clear()
    with django_assert_max_num_queries(5 + 2):  # BEGIN and COMMIT are counted here
        assert process.work(event_id).state == State.DONE
    assert calls == []
    assert (stored(waiting).attempts, StripeInvoice.objects.get().amount_due) == (1, 5)


@pytest.fixture
def told() -> Iterator[list[str]]:
    """The tasks that workers are given, whether or not a broker takes them."""
    names: list[str] = []

    def note(sender: str, **_more: Any) -> None:
        names.append(sender.rpartition(".")[2])

    before_task_publish.connect(note)
    yield names
    before_task_publish.disconnect(note)


@pytest.fixture
def calls_for(
    told: list[str], django_capture_on_commit_callbacks: Any
) -> Callable[[dict[str, Any]], list[str]]:
    """Send an event: the tasks that are given for it at once."""

    def send(payload: dict[str, Any]) -> list[str]:
        before = len(told)
        with django_capture_on_commit_callbacks(execute=True):
            assert post(payload).status_code == 200
        return told[before:]

    return send


def newer(waiting: dict[str, Any], amount: int) -> dict[str, Any]:
    data = {**waiting["data"]["object"], "amount_due": amount}
    return event(data, "invoice.updated", created=waiting["created"] + 10 * amount)


@pytest.fixture
def several(waiting: dict[str, Any]) -> list[dict[str, Any]]:
    """Three more about the same invoice, each newer than the last, behind the one that waits."""
    later = [newer(waiting, amount) for amount in (6, 7, 8)]
    for one in later:
        post(one)
    return [waiting, *later]


def heard(told: list[str], times: int) -> bool:
    """Whether so many tasks were given, and none more, once the bell's thread has had its time."""
    deadline = time.monotonic() + 10
    while len(told) < times and time.monotonic() < deadline:
        time.sleep(0.01)
    return told == ["work_off"] * times


def test_a_worker_is_called_for_the_first_of_many_and_once_for_the_others(
    sent, settings, calls_for, told, monkeypatch
):
    monkeypatch.setattr(queue, "LONG_PAUSE", 0.5)
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    calls_for(sent)
    assert heard(told, 1)
    calls_for(newer(sent, 6))
    calls_for(newer(sent, 7))
    assert heard(told, 1)
    assert heard(told, 2)
    assert not queue._bell.silence()


def test_who_ends_calls_a_worker_before(sent, settings, calls_for, told):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    calls_for(sent)
    assert heard(told, 1)
    calls_for(newer(sent, 6))
    queue._before_the_end()
    assert told == ["work_off", "work_off"]
    queue._before_the_end()
    assert len(told) == 2


def test_a_worker_does_all_that_wait(several, calls):
    calls.clear()
    process.work_off(queue.call)
    assert [stored(one).state for one in several] == [State.DONE] * 4
    assert (StripeInvoice.objects.get().amount_due, calls) == (8, [])


def test_an_event_that_comes_again_is_worked_on_by_itself(waiting, calls_for):
    assert calls_for(waiting) == ["work"]


def test_another_worker_goes_on_while_one_asks_stripe(several, calls):
    """The second is of another version of the API, and has to be fetched."""
    strange = {**several[1], "api_version": "2019-12-03", "created": several[1]["created"] + 1000}
    Event.objects.filter(pk=stored(several[1]).pk).update(payload=json.dumps(strange))
    done: list[bool] = []

    def call() -> None:
        process.work_off(queue.call)  # the other one: it passes by what is in hands already
        done.extend(stored(one).is_settled for one in several)

    calls.clear()
    process.work_off(call)
    assert done == [True, False, True, True]
    assert stored(several[1]).state == State.DONE
    assert len(calls) == 1


def test_a_worker_is_free_for_something_else_after_many(several, monkeypatch):
    monkeypatch.setattr(process, "IN_A_ROW", 3)
    others: list[str] = []
    process.work_off(lambda: others.append("called"))
    assert (stored(several[2]).state, stored(several[3]).state) == (State.DONE, State.RECEIVED)
    assert others == ["called"]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_workers_each_event_is_done_by_one(several):
    def work() -> None:
        try:
            process.work_off(queue.call)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as workers:
        list(workers.map(lambda _number: work(), range(2)))
    assert [(stored(one).state, stored(one).attempts) for one in several] == [(State.DONE, 1)] * 4


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_four_workers_that_are_given_one_event_have_one_effect(waiting):
    """F2."""
    effects: list[str] = []

    @registry.on("invoice.sent")
    def count(notice: Notice, guard: MirroredObject) -> None:
        """Takes its time."""
        effects.append(notice.id)
        time.sleep(0.2)

    def work(event_id: int) -> State:
        try:
            return process.work(event_id).state
        finally:
            connection.close()

    try:
        with ThreadPoolExecutor(4) as workers:
            states = list(workers.map(work, [stored(waiting).pk] * 4))
    finally:
        registry._handlers["invoice.sent"].remove(count)
    assert (effects, states) == ([waiting["id"]], [State.DONE] * 4)
    assert stored(waiting).attempts == 1

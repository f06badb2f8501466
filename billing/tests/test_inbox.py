"""The inbox over time: leases, tries, giving up, replays, the sweep."""

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from celery.signals import before_task_publish
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.utils import timezone

from billing.gateway import objects
from billing.models import Event, MirroredObject, StripeInvoice, StripeSubscription
from billing.tests.events import event, post
from billing.webhooks import inbox, process, queue, registry
from billing.webhooks.notices import Notice

pytestmark = pytest.mark.django_db

State = Event.State


@pytest.fixture
def trouble() -> Iterator[list[Exception]]:
    """While an error stands in the list, the handler of `invoice.sent` raises it."""
    errors: list[Exception] = [LookupError("no luck")]

    @registry.on("invoice.sent")
    def stumble(notice: Notice, guard: MirroredObject) -> None:
        """Raises what it is told to."""
        if errors:
            raise errors[0]

    yield errors
    registry._handlers["invoice.sent"].remove(stumble)


@pytest.fixture
def sent(subscribed: StripeSubscription) -> dict[str, Any]:
    """An event about Delta's invoice that changes its amount to 5."""
    answer = objects.fetch("invoice", subscribed.latest_invoice_id)
    assert answer
    return event({**answer.data, "amount_due": 5}, "invoice.sent")


def stored(payload: dict[str, Any]) -> Event:
    return Event.objects.get(stripe_id=payload["id"])


def test_an_event_that_keeps_failing_is_given_up_and_then_a_delivery_changes_nothing(sent, trouble):
    """F30."""
    for number in range(1, inbox.ATTEMPTS):
        assert post(sent).status_code == 500
        assert (stored(sent).state, stored(sent).attempts) == (State.FAILED, number)
    assert post(sent).status_code == 200
    assert (stored(sent).state, stored(sent).attempts) == (State.PARKED, inbox.ATTEMPTS)
    trouble.clear()
    assert post(sent).status_code == 200
    assert stored(sent).state == State.PARKED
    assert StripeInvoice.objects.get().amount_due == 2000


def test_a_parked_event_can_be_replayed_by_command(sent, trouble, capsys):
    for _number in range(inbox.ATTEMPTS):
        post(sent)
    with pytest.raises(CommandError, match="1 of 1 failed again") as failure:
        call_command("replay_event", sent["id"])
    assert failure.value.returncode == 1
    trouble.clear()
    call_command("replay_event", sent["id"])
    assert f"{sent['id']} done" in capsys.readouterr().out
    assert (stored(sent).state, stored(sent).error) == (State.DONE, "")
    assert StripeInvoice.objects.get().amount_due == 5


def test_replaying_what_is_not_in_the_inbox_is_wrong_use(db):
    with pytest.raises(CommandError, match="Not in the inbox: evt_none") as failure:
        call_command("replay_event", "evt_none")
    assert failure.value.returncode == 2


def test_what_was_ignored_has_no_payload_and_stays_ignored(db):
    foreign = event({"id": "topup_1", "object": "topup"}, "topup.created")
    post(foreign)
    assert process.replay(stored(foreign)).state == State.IGNORED


def test_the_pause_between_tries_doubles_and_has_an_end(sent, trouble):
    pauses = []
    for _number in range(inbox.ATTEMPTS):
        post(sent)
        next_try = stored(sent).next_try
        assert next_try
        pauses.append(next_try - timezone.now())
    assert pauses[:3] == [inbox.BACK_OFF, 2 * inbox.BACK_OFF, 4 * inbox.BACK_OFF]
    assert max(pauses) == inbox.LONGEST_BACK_OFF


def test_the_sweep_tries_again_what_is_due_and_not_before(sent, trouble, stripe_sandbox):
    post(sent)
    trouble.clear()
    assert list(process.sweep()) == []
    stripe_sandbox.advance(seconds=30)
    [(swept, outcome)] = process.sweep()
    assert (swept, outcome.state) == (stored(sent).pk, State.DONE)
    assert list(process.sweep()) == []


def test_an_event_at_which_a_worker_is_at_is_left_to_it(sent, trouble, stripe_sandbox):
    post(sent)
    trouble.clear()
    assert inbox.claim(stored(sent))
    answer = post(sent)
    assert (answer.status_code, answer.content) == (503, b"BUSY")
    assert not inbox.reopen(stored(sent))
    assert list(process.sweep()) == []


def test_a_worker_that_died_holds_its_event_for_the_lease_only(sent, trouble, stripe_sandbox):
    """F28."""
    post(sent)
    trouble.clear()
    assert inbox.claim(stored(sent))
    stripe_sandbox.advance(seconds=int(inbox.LEASE.total_seconds()))
    assert [outcome.state for _event, outcome in process.sweep()] == [State.DONE]
    assert stored(sent).attempts == 3


def test_a_worker_that_took_too_long_leaves_no_trace(subscribed, stripe_sandbox):
    """F28."""
    answer = objects.fetch("invoice", subscribed.latest_invoice_id)
    assert answer
    slow = event({**answer.data, "amount_due": 5}, "invoice.sent")

    @registry.on("invoice.sent")
    def dawdle(notice: Notice, guard: MirroredObject) -> None:
        """Meanwhile the lease ends, and another worker takes the event."""
        held = Event.objects.filter(stripe_id=notice.id)
        if not held.exists():
            raise LookupError  # not on the quick way
        held.update(leased_until=timezone.now() + 2 * inbox.LEASE)

    try:
        assert post(slow).status_code == 503
    finally:
        registry._handlers["invoice.sent"].remove(dawdle)
    assert StripeInvoice.objects.get().amount_due == 2000
    assert (stored(slow).state, stored(slow).error) == (State.RECEIVED, "")


def test_one_bad_event_does_not_keep_the_others(sent, subscribed, trouble, stripe_sandbox):
    post(sent)
    other = event({**sent["data"]["object"], "amount_due": 7}, "invoice.updated", created=sent["created"] + 9)
    assert post(other).status_code == 200
    assert StripeInvoice.objects.get().amount_due == 7
    stripe_sandbox.advance(minutes=1)
    states = [outcome.state for _event, outcome in process.sweep()]
    assert states == [State.FAILED]


def test_the_errors_of_a_database_are_noted_without_the_values_they_quote(sent, trouble):
    trouble[0] = OperationalError("duplicate key\nDETAIL: Key (email)=(alice@acme.example) already exists")
    post(sent)
    assert stored(sent).error == "OperationalError"


def test_without_a_database_nothing_is_acknowledged(sent, monkeypatch):
    """F25."""

    def refuse(*args: Any) -> None:
        raise OperationalError("the database is down")

    with connection.execute_wrapper(refuse):
        answer = post(sent)
    assert (answer.status_code, answer.content) == (503, b"NOT STORED")


def test_the_command_says_what_it_did_and_fails_while_something_does(sent, trouble, stripe_sandbox, capsys):
    post(sent)
    stripe_sandbox.advance(minutes=1)
    with pytest.raises(CommandError, match="1 events failed") as failure:
        call_command("process_events")
    assert failure.value.returncode == 1
    assert "0 events processed, 1 left for later" in capsys.readouterr().out
    trouble.clear()
    stripe_sandbox.advance(minutes=2)
    call_command("process_events")
    assert "1 events processed, 0 left for later" in capsys.readouterr().out


# --- In doubt -------------------------------------------------------------------------------------------------------


def test_an_old_event_of_a_test_clock_is_fetched_since_its_time_is_another(subscribed, calls):
    answer = objects.fetch("subscription", subscribed.stripe_id)
    assert answer
    long_ago = int((timezone.now() - timedelta(days=900)).timestamp())
    clocked = {**answer.data, "test_clock": "clock_1", "status": "canceled"}
    calls.clear()
    assert post(event(clocked, "customer.subscription.updated", created=long_ago)).status_code == 200
    assert calls == [("GET", f"/v1/subscriptions/{subscribed.stripe_id}")]


# --- Forgetting -------------------------------------------------------------------------------------------------------


def test_what_was_settled_long_ago_is_forgotten_but_not_what_was_given_up(
    sent, trouble, stripe_sandbox, capsys
):
    for _number in range(inbox.ATTEMPTS):
        post(sent)
    stripe_sandbox.advance(days=89)
    call_command("purge_events")
    assert capsys.readouterr().out == "0 events and 0 comparisons deleted.\n"
    stripe_sandbox.advance(days=3)
    call_command("purge_events")
    assert [event.state for event in Event.objects.all()] == [State.PARKED]


def test_no_event_is_forgotten_while_stripe_may_send_it_again(db):
    with pytest.raises(CommandError, match="at least 31 days") as failure:
        call_command("purge_events", "--days", "30")
    assert failure.value.returncode == 2


# --- In a worker ----------------------------------------------------------------------------------------------------


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
def calls_for(django_capture_on_commit_callbacks: Any) -> Iterator[Callable[[dict[str, Any]], list[str]]]:
    """Send an event: the tasks that workers are given for it, whether or not a broker takes them."""
    names: list[str] = []

    def note(sender: str, **_more: Any) -> None:
        names.append(sender.rpartition(".")[2])

    def send(payload: dict[str, Any]) -> list[str]:
        names.clear()
        with django_capture_on_commit_callbacks(execute=True):
            assert post(payload).status_code == 200
        return list(names)

    before_task_publish.connect(note)
    yield send
    before_task_publish.disconnect(note)


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


def test_a_worker_is_called_for_the_first_of_many(sent, settings, calls_for):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    assert [calls_for(one) for one in (sent, newer(sent, 6), newer(sent, 7))] == [["work_off"], [], []]


def test_a_worker_does_all_that_wait(several, calls):
    calls.clear()
    process.work_off(queue.call)
    assert [stored(one).state for one in several] == [State.DONE] * 4
    assert (StripeInvoice.objects.get().amount_due, calls) == (8, [])


def test_another_worker_is_called_when_none_seems_to_have_come_but_not_for_every_event(
    waiting, calls_for, monkeypatch
):
    monkeypatch.setattr(queue, "_called_last", -queue.PAUSE)
    Event.objects.filter(pk=stored(waiting).pk).update(received=timezone.now() - inbox.BEGINS_WITHIN)
    assert [calls_for(newer(waiting, amount)) for amount in (6, 7)] == [["work_off"], []]


def test_a_worker_is_called_when_the_event_before_is_in_hands_already(waiting, calls_for):
    assert inbox.claim(stored(waiting))
    assert calls_for(newer(waiting, 6)) == ["work_off"]


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

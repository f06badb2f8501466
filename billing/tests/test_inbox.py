"""The inbox over time: leases, tries, giving up, replays, the sweep."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.utils import timezone

from billing.gateway import objects
from billing.models import Event, MirroredObject, StripeInvoice
from billing.tests.events import event, post, stored
from billing.webhooks import inbox, process, registry
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


@pytest.mark.parametrize("version", [settings.STRIPE_API_VERSION, "2019-12-03"], ids=["ours", "in doubt"])
def test_a_worker_that_died_holds_its_event_for_the_lease_only(sent, trouble, stripe_sandbox, version):
    """F28."""
    sent["api_version"] = version
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


def test_without_a_database_nothing_is_acknowledged(sent):
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

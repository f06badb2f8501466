import time

import pytest

from sandbox import clock
from sandbox.engine import Sandbox
from sandbox.errors import StripeError
from sandbox.testing import START


@pytest.fixture
def diary(monkeypatch):
    """A verb that notes what it is done to and when."""
    notes = []
    monkeypatch.setitem(clock.VERBS, "test.note", lambda world, target: notes.append((world.now, target)))
    return notes


def plan(stage, at, target, verb="test.note"):
    with stage.sandbox.work() as world:
        world.schedule(at, verb, target)


def test_due_work_is_done_in_order_of_time_at_its_own_time(stage, diary):
    plan(stage, START + 30, "third")
    plan(stage, START + 10, "first")
    plan(stage, START + 10, "second")
    plan(stage, START + 99, "later")
    stage.advance(seconds=60)
    assert diary == [(START + 10, "first"), (START + 10, "second"), (START + 30, "third")]
    assert stage.now == START + 60


def test_work_may_bring_about_more_work_that_is_due_too(stage, monkeypatch, diary):
    def again(world, target):
        diary.append((world.now, target))
        if len(diary) < 3:
            world.schedule(world.now + 10, "test.again", target)

    monkeypatch.setitem(clock.VERBS, "test.again", again)
    plan(stage, START + 10, "a", "test.again")
    stage.advance(seconds=100)
    assert diary == [(START + 10, "a"), (START + 20, "a"), (START + 30, "a")]


def test_scheduling_the_same_again_moves_it(stage, diary):
    plan(stage, START + 10, "a")
    plan(stage, START + 50, "a")
    stage.advance(seconds=20)
    assert diary == []
    stage.advance(seconds=40)
    assert diary == [(START + 50, "a")]


def test_unscheduled_work_is_not_done(stage, diary):
    plan(stage, START + 10, "a")
    with stage.sandbox.work() as world:
        world.unschedule("test.note", "a")
    stage.advance(seconds=20)
    assert diary == []


def test_work_scheduled_in_a_unit_that_fails_is_not_done(stage, diary):
    def fail():
        with stage.sandbox.work() as world:
            world.schedule(START + 10, "test.note", "a")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    stage.advance(seconds=20)
    assert diary == []


def test_the_agenda_survives_a_restart(tmp_path, diary):
    first = Sandbox(tmp_path / "state", frozen_at=START)
    with first.work() as world:
        world.schedule(START + 10, "test.note", "a")
    first.close()
    Sandbox(tmp_path / "state").advance(20)
    assert diary == [(START + 10, "a")]


def test_a_restored_snapshot_brings_its_agenda(stage, diary):
    plan(stage, START + 10, "a")
    snapshot = stage.sandbox.snapshot()
    stage.advance(seconds=20)
    stage.sandbox.restore(snapshot)
    stage.advance(seconds=20)
    assert diary == [(START + 10, "a")] * 2


def test_time_moves_forward_only(stage):
    with pytest.raises(ValueError, match="forward"):
        stage.sandbox.advance(to=START - 1)


def test_a_running_clock_is_real_time_until_it_is_moved():
    sandbox = Sandbox()
    assert abs(sandbox.now - time.time()) <= 2
    sandbox.advance(3600)
    assert abs(sandbox.now - time.time() - 3600) <= 2


def test_objects_on_a_test_clock_live_in_its_time_and_on_its_agenda(stage, diary):
    with stage.sandbox.work() as world:
        test_clock = world.new("test_helpers.test_clock", frozen_time=START - 1000)
    with stage.sandbox.work() as world:
        world.follow({"test_clock": test_clock["id"]})
        customer = world.new("customer", metadata={})
        world.schedule(START - 500, "test.note", customer["id"])
    assert customer["created"] == START - 1000
    assert customer["test_clock"] == test_clock["id"]
    stage.advance(days=10)
    assert diary == []
    assert stage.sandbox.run_due(START - 400, test_clock=test_clock["id"]) == 1
    assert diary == [(START - 500, customer["id"])]


def test_work_that_fails_is_dropped_and_its_failure_raised(stage, monkeypatch, diary):
    def fail(world, target):
        world.new("customer", metadata={})
        raise RuntimeError("a mistake of ours")

    monkeypatch.setitem(clock.VERBS, "test.fail", fail)
    plan(stage, START + 10, "a", "test.fail")
    plan(stage, START + 20, "b")
    with pytest.raises(RuntimeError):
        stage.advance(seconds=30)
    stage.advance(seconds=30)
    assert diary == [(START + 20, "b")]
    assert stage.client.v1.customers.list().data == []


def test_a_decline_in_due_work_keeps_what_it_did(stage, monkeypatch):
    def decline(world, target):
        world.new("customer", metadata={}, name="tried")
        raise StripeError("declined", status=402, kind="card_error", keep=True)

    monkeypatch.setitem(clock.VERBS, "test.decline", decline)
    plan(stage, START + 10, "a", "test.decline")
    stage.advance(seconds=30)
    assert [c.name for c in stage.client.v1.customers.list().data] == ["tried"]

"""The rule case by case, and then in every case: a model check that runs the very functions of production.

The model: an object at Stripe changes three times; each change makes an event; three workers take deliveries, some
of them doubled, and may die at any step. Wherever all events are delivered and nobody is at work, the row must equal
Stripe's. Every reachable state is visited, so a pass is a proof for this size, and a rule that is broken cannot hide.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import accumulate, product
from typing import NamedTuple

import pytest

from billing.mirror import order
from billing.mirror.order import MARGIN, Row, Said, Verdict

FAR = MARGIN + 1


# --- Case by case -----------------------------------------------------------------------------------------------


def row(as_of: int | None = 100, digest: str = "a") -> Row:
    return Row(as_of=as_of, sequence=3, tickets=5, digest=digest)


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        (Said(100 + FAR, "b"), Verdict.WRITE),
        (Said(100 - FAR, "b"), Verdict.SKIP),
        (Said(100, "b"), Verdict.ASK),
        (Said(100 + MARGIN, "b"), Verdict.ASK),
        (Said(100 - MARGIN, "b"), Verdict.ASK),
        (Said(100, "a"), Verdict.CONFIRM),
        (Said(100 + FAR, "b", plain=False), Verdict.ASK),
        (Said(100 - FAR, "b", plain=False), Verdict.SKIP),
        (Said(100, "a", plain=False), Verdict.ASK),
        (Said(100 - FAR, "b", dated=False), Verdict.ASK),
        (Said(100 + FAR, "b", dated=False), Verdict.ASK),
        (Said(50, "b", ticket=4), Verdict.WRITE),
        (Said(200, "b", ticket=3), Verdict.ASK),
    ],
)
def test_what_is_done_with_what_stripe_says(said, verdict):
    assert order.judge(row(), said) == verdict


@pytest.mark.parametrize("unknown", [None, Row(), Row(tickets=1)])
def test_an_object_that_we_do_not_have_is_asked_for(unknown):
    assert order.judge(unknown, Said(100, "a")) == Verdict.ASK
    assert order.judge(unknown, Said(100, "a", first_hand=True)) == Verdict.WRITE
    assert order.judge(unknown, Said(100, "a", plain=False, first_hand=True)) == Verdict.ASK


def test_the_answer_to_a_question_about_it_is_written():
    assert order.judge(Row(tickets=1), Said(100, "a", ticket=1)) == Verdict.WRITE


def test_a_payload_takes_a_number_so_that_an_answer_asked_for_before_it_cannot_undo_it():
    asked = order.take_ticket(row())
    after = order.written(asked, Said(100 + FAR, "b"))
    assert order.judge(after, Said(100 + FAR, "old", ticket=asked.tickets)) == Verdict.ASK


def test_an_answer_that_a_later_one_has_overtaken_is_not_asked_for_again():
    first = order.take_ticket(row())
    second = order.take_ticket(first)
    after = order.written(second, Said(100, "new", ticket=second.tickets))
    assert order.judge(after, Said(100, "old", ticket=first.tickets)) == Verdict.SKIP


def test_confirming_takes_a_number_too_and_never_moves_the_row_back_in_time():
    after = order.written(row(), Said(100 - MARGIN, "a"))
    assert (after.as_of, after.sequence, after.tickets) == (100, 6, 6)


# --- In every case ------------------------------------------------------------------------------------------------

CHANGES, WORKERS, DELIVERIES = 3, 3, 5
Judge = Callable[[Row, Said], Verdict]
Written = Callable[[Row, Said], Row]


class Worker(NamedTuple):
    """Idle without an event. Without a ticket it deliberates, without an answer it asks, with one it will write it."""

    event: int = -1
    ticket: int = 0
    as_of: int = -1
    answer: int = -1


IDLE = Worker()


class State(NamedTuple):
    changes: int
    late: bool  # the clock already shows the time of the next change, which has not happened yet
    row: Row
    delivered: frozenset[int]
    deliveries: int
    workers: tuple[Worker, ...]


class World(NamedTuple):
    """What is fixed during a run: when the object changes and to what, how events may be taken, and the rule."""

    times: tuple[int, ...]
    values: str
    plain: bool
    first_hand: bool
    judge: Judge
    written: Written

    def now(self, state: State) -> int:
        return self.times[state.changes + state.late]


def following(world: World, state: State) -> Iterator[State]:
    """Every state that may come next."""
    if state.changes < CHANGES:
        if world.times[state.changes + 1] == world.now(state):
            yield state._replace(changes=state.changes + 1, late=False)
        else:
            yield state._replace(late=True)
    for index in range(WORKERS):
        if index and state.workers[index] == state.workers[index - 1]:
            continue  # they are alike: what one may do the other need not
        for after, worker in _work(world, state, state.workers[index]):
            yield _settle(after, (*state.workers[:index], worker, *state.workers[index + 1 :]))


def _work(world: World, state: State, worker: Worker) -> Iterator[tuple[State, Worker]]:
    if worker is IDLE or worker == IDLE:
        if state.deliveries:
            state = state._replace(deliveries=state.deliveries - 1)
            for event in range(1, state.changes + 1):
                yield _deliberate(world, state, event)
        return
    if not worker.ticket:
        yield _deliberate(world, state, worker.event)
    elif worker.answer < 0:
        yield state, IDLE  # it dies, now or later: all that it leaves is its number
        # The answer bears a time between the asking and the reading of the object.
        for as_of in {worker.as_of, world.now(state)}:
            yield state, worker._replace(as_of=as_of, answer=state.changes)
    else:
        yield _answer(world, state, worker)


def _deliberate(world: World, state: State, event: int) -> tuple[State, Worker]:
    said = Said(world.times[event], world.values[event], plain=world.plain, first_hand=world.first_hand)
    verdict = world.judge(state.row, said)
    if verdict is Verdict.ASK:
        asking = order.take_ticket(state.row)
        return state._replace(row=asking), Worker(event, asking.tickets, world.now(state))
    row = state.row if verdict is Verdict.SKIP else world.written(state.row, said)
    return state._replace(row=row, delivered=state.delivered | {event}), IDLE


def _answer(world: World, state: State, worker: Worker) -> tuple[State, Worker]:
    said = Said(worker.as_of, world.values[worker.answer], ticket=worker.ticket)
    verdict = world.judge(state.row, said)
    if verdict is Verdict.ASK:
        return state, Worker(worker.event)  # overtaken: it deliberates anew
    row = state.row if verdict is Verdict.SKIP else world.written(state.row, said)
    return state._replace(row=row, delivered=state.delivered | {worker.event}), IDLE


def _settle(state: State, workers: tuple[Worker, ...]) -> State:
    """The same state in its plainest form. Only the order of the numbers matters, and not which worker is which."""
    row = state.row
    numbers = {worker.ticket for worker in workers if worker.ticket} | {row.sequence, row.answered, 0}
    rank = {number: index for index, number in enumerate(sorted(numbers))}
    workers = tuple(sorted(worker._replace(ticket=rank[worker.ticket]) for worker in workers))
    row = replace(row, sequence=rank[row.sequence], answered=rank[row.answered], tickets=max(rank.values()))
    return state._replace(row=row, workers=workers)


def explore(world: World, first: Row) -> tuple[State | None, int]:
    """A state at rest in which the row is not Stripe's, if one can be reached; and how many states were seen."""
    start = _settle(State(0, False, first, frozenset(), DELIVERIES, ()), (IDLE,) * WORKERS)
    seen, waiting = {start}, [start]
    while waiting:
        state = waiting.pop()
        if _at_rest(state) and state.row.digest != world.values[state.changes]:
            return state, len(seen)
        new = set(following(world, state)) - seen
        seen |= new
        waiting.extend(new)
    return None, len(seen)


def _at_rest(state: State) -> bool:
    return len(state.delivered) == CHANGES and all(worker == IDLE for worker in state.workers)


def worlds(judge: Judge = order.judge, written: Written = order.written) -> Iterator[tuple[World, Row]]:
    """Changes within a second or apart; values that come back; events that cannot be compared; an unknown row."""
    known = Row(as_of=0, digest="a")
    for gaps in product((0, FAR), repeat=CHANGES):
        times = tuple(accumulate(gaps, initial=0))
        yield World(times, "abcd", True, False, judge, written), known
        yield World(times, "abab", True, False, judge, written), known
        yield World(times, "abcd", True, False, judge, written), Row()
        yield World(times, "abcd", True, True, judge, written), Row()
        yield World(times, "abcd", False, False, judge, written), known


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_rule_holds_in_every_reachable_state():
    total = 0
    for world, first in worlds():
        state, states = explore(world, first)
        assert state is None, f"{world} breaks from {first}: {state}"
        total += states
    assert total > 1_000_000


def without_guard(row: Row, said: Said) -> Verdict:
    return Verdict.WRITE if said.ticket else order.judge(row, said)


def without_doubt(row: Row, said: Said) -> Verdict:
    if said.ticket is None and row.as_of is not None:
        return Verdict.WRITE if said.as_of >= row.as_of else Verdict.SKIP
    return order.judge(row, said)


def without_number(row: Row, said: Said) -> Row:
    after = order.written(row, said)
    return after if said.ticket else replace(after, sequence=row.sequence, tickets=row.tickets)


def without_number_of_what_is_confirmed(row: Row, said: Said) -> Row:
    confirmed = order.judge(row, said) is Verdict.CONFIRM
    return without_number(row, said) if confirmed else order.written(row, said)


def without_asking_again(row: Row, said: Said) -> Verdict:
    overtaken = said.ticket is not None and said.ticket <= row.sequence
    return Verdict.SKIP if overtaken else order.judge(row, said)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    "rule",
    [
        {"judge": without_guard},
        {"judge": without_doubt},
        {"written": without_number},
        {"written": without_number_of_what_is_confirmed},
        {"judge": without_asking_again},
    ],
    ids=["guard", "doubt", "number of a payload", "number of what is confirmed", "asking again"],
)
def test_the_rule_breaks_without_its(rule):
    assert any(explore(world, first)[0] for world, first in worlds(**rule))

"""Kill -9 at every call to Stripe of every flow that writes: before it is carried out, and after it, unheard of.

Real processes on PostgreSQL. Afterwards a new process starts, the person or the schedule tries again, events arrive,
commands run as by their schedule, `reconcile_stripe` once: nothing is doubled, nothing is orphaned, the rows are
Stripe's. A call that only reads is killed at once: before it and after it all is the same.
"""

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from accounts.models import UsageCounter, User
from billing import gateway
from billing.models import Attempt, Event, Mail, Reconciliation
from cart.models import Item
from portal.models import Receipt
from tests.flows import FLOWS, Flow, catalogue
from tests.house import House, Made, wait_until
from tests.ledger import Ledger
from tests.oracle import Oracle
from tests.till import Till

TICKETS = 50
ROUNDS = 5
MEND = ("reconcile_stripe", "--apply", "--calls-per-second", "1000")
UPSERT = ("upsert_catalogue",)
# The SDK's verbs that change nothing at Stripe.
READS = {"list", "retrieve", "retrieve_current", "search", "create_preview"}


def real(test: Any) -> Any:
    """Of a test with real processes."""
    marks = pytest.mark
    for mark in (
        marks.slow,
        marks.postgresql,
        marks.timeout(600),
        marks.django_db(transaction=True),
        marks.filterwarnings("ignore::ResourceWarning"),
    ):
        test = mark(test)
    return test


@pytest.fixture(scope="module")
def processes(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """With one worker, so that it is the one to be killed."""
    with House(tmp_path_factory.mktemp("house"), workers=1) as home:
        home.sandbox.deliveries.hold()
        yield home


@pytest.fixture
def home(transactional_db: Any, processes: House) -> Iterator[House]:
    """The catalogue is on sale. Events are held back until a test lets them go."""
    Item.objects.create(slug="atlas", name="Atlas", price=4800)
    Item.objects.create(slug="ticket", name="Ticket", price=25000, stock=TICKETS)
    assert processes.command(*UPSERT) == 0
    processes.deliver()
    on_sale = processes.sandbox.snapshot()
    yield processes
    processes.sandbox.restore(on_sale)


@dataclass(frozen=True)
class Moment:
    """At the how-manieth call, or call that writes; before or after it is carried out."""

    words: str
    at: int
    before: bool = True
    writes: bool = False

    def __str__(self) -> str:
        return self.words


# --- A flow and its end ---------------------------------------------------------------------------------------------


def somebody(home: House, flow: Flow, name: str) -> User:
    """New, and where the flow begins."""
    user = User.objects.create_user(f"{User.objects.count()}@people.example", name=name)
    home.sandbox.arm()
    for step in flow.before:
        step(home, user)
    user.refresh_from_db()
    return user


def walk(home: House, flow: Flow) -> tuple[User, list[Made]]:
    """Undisturbed; with the calls that it made."""
    user = somebody(home, flow, "undisturbed")
    home.sandbox.arm()
    flow.do(home, user)
    calls = home.sandbox.calls
    home.sandbox.arm()
    return user, calls


def kill(home: House, flow: Flow, moment: Moment) -> User:
    """Somebody new goes through a flow that is killed at a call, and tries again."""
    user = somebody(home, flow, f"killed {moment}")
    how = home.kill_command if flow.is_command else home.kill_web
    home.sandbox.arm(moment.at, moment.before, how, writes=moment.writes)
    flow.do(home, user)
    assert home.sandbox.killed or not moment.writes, user.name
    home.sandbox.arm()
    wait_until(lambda: home.get("/health/ready") == 200, "a new worker answers")
    time_passes()
    flow.do(home, user)
    return user


def moments(calls: list[Made]) -> Iterator[Moment]:
    """Before and after each call that writes; at each that reads. How many read depends on the time: what was changed
    within one second is asked for."""
    writes = 0
    for at, call in enumerate(calls, start=1):
        if call.reads:
            yield Moment(f"at call {at}, {call.by}", at)
        else:
            writes += 1
            yield Moment(f"before {call.by}, write {writes}", writes, writes=True)
            yield Moment(f"after {call.by}, write {writes}", writes, before=False, writes=True)


def ends(found: list[Moment]) -> list[Moment]:
    """After the first write and after the last, which may be the same."""
    after = [moment for moment in found if not moment.before]
    return list(dict.fromkeys([after[0], after[-1]]))


def settle(home: House) -> None:
    """Events arrive, and every command runs that has a schedule."""
    for _round in range(ROUNDS):
        home.deliver()
        time_passes()
        home.command("process_events")
        if not home.sandbox.deliveries.pending(held=True) and not unsettled():
            break
    assert home.command("expire_orders") == 0
    assert home.command("file_receipts") == 0
    assert home.command(*MEND) == 0


def unsettled() -> bool:
    return Event.objects.exclude(state__in=[Event.State.DONE, Event.State.IGNORED]).exists()


def time_passes() -> None:
    """More than the leases, the patience with those who are at work, and the hour in which clicks are counted."""
    Event.objects.filter(leased_until__isnull=False).update(leased_until=timezone.now())
    Event.objects.filter(next_try__isnull=False).update(next_try=timezone.now())
    Attempt.objects.open().update(created=F("created") - timedelta(minutes=5))
    Reconciliation.objects.filter(beat__isnull=False).update(beat=F("beat") - timedelta(minutes=5))
    UsageCounter.objects.all().delete()


def check(home: House, flow: Flow, users: list[User]) -> None:
    """The words that somebody's name is tell at which moment they were killed."""
    oracle = Oracle(home.sandbox)
    till, ledger = Till(oracle, {"ticket": TICKETS}), Ledger(oracle)
    for user in users:
        user.refresh_from_db()
    found = oracle.doubled() + till.wrong() + ledger.wrong()
    found += oracle.differences(users) + till.differences() + ledger.differences()
    assert found == []
    for user in users:
        if flow.leaves:
            flow.leaves(oracle, user)
    pages = {one["id"] for one in oracle.all("checkout.session") if one["status"] == "open"}
    assert not [f"{one.organization}: {one}" for one in Attempt.objects.open().exclude(result__in=pages)]
    assert not unsettled()
    check_papers(home.directory)


def check_papers(directory: Path) -> None:
    """Every mail went out once, and every paper is filed once."""
    letters = "".join(letter.read_text() for letter in (directory / "mails").glob("*"))
    sent = Counter(re.findall("^Message-ID: (.+)$", letters, re.MULTILINE))
    assert not [name for name, times in sent.items() if times > 1]
    assert not Mail.objects.exclude(state=Mail.State.SENT).exists()
    papers = Receipt.objects.values_list("state", "filename")
    assert {state for state, _name in papers} <= {Receipt.State.FILED}
    filed = Counter(path.name for path in (directory / "private").rglob("*.pdf"))
    assert all(filed[name] == 1 for _state, name in papers)


def go_through(home: House, flow: Flow, chosen: Callable[[list[Moment]], list[Moment]]) -> None:
    """Once undisturbed, and once killed at each chosen moment; then all is looked at."""
    user, calls = walk(home, flow)
    assert calls, "it calls Stripe"
    assert {call.by for call in calls if not call.reads} == set(flow.writes.split())
    users = [user, *(kill(home, flow, moment) for moment in chosen(list(moments(calls))))]
    settle(home)
    check(home, flow, users)


@pytest.mark.parametrize("name", FLOWS)
@pytest.mark.kills
@real
def test_killed_at_every_call(home: House, name: str) -> None:
    """F26."""
    go_through(home, FLOWS[name], list)


# One of each room and of each way to be called; all of them take too long for every day.
SAMPLE = (
    "a purchase",
    "an order that waited too long",
    "cancelling now",
    "a higher plan",
    "closing what pays",
    "an order of a changed cart",
    "the page that sells a year",
    "a year given back",
)


@pytest.mark.parametrize("name", SAMPLE)
@real
def test_killed_after_its_first_and_its_last_write(home: House, name: str) -> None:
    """F26: a sample, for every day."""
    go_through(home, FLOWS[name], ends)


@pytest.mark.parametrize("name", catalogue.RUNS)
@pytest.mark.kills
@real
def test_a_command_killed_at_every_write(home: House, name: str) -> None:
    """F26: begun again until nothing is left to write, it is killed before and after each write."""
    run = catalogue.RUNS[name]
    if run.before:
        run.before(home)
    done: list[Made] = []
    status = -1
    while status:
        for before in (True, False):
            home.sandbox.arm(1, before, home.kill_command, writes=True, spared=done)
            status = home.command(*run.command)
            assert status == (-9 if home.sandbox.killed else 0)
        done += home.sandbox.calls[-1:] if status else []
    assert {call.by for call in done} == set(run.writes.split())
    settle(home)
    oracle = Oracle(home.sandbox)
    assert [*catalogue.doubled(oracle), *oracle.doubled(), *oracle.differences([])] == []


def test_every_function_that_writes_to_stripe_is_in_a_flow() -> None:
    """So a new one needs a flow, in which it is killed."""
    flows = " ".join(flow.writes for flow in [*FLOWS.values(), *catalogue.RUNS.values()])
    assert set(written()) == set(flows.split())


def written() -> Iterator[str]:
    """The functions of the gateway that call the SDK with a verb that changes something."""
    for file in Path(gateway.__file__).parent.glob("*.py"):
        for one in ast.parse(file.read_text()).body:
            called = [ast.unparse(node.func) for node in ast.walk(one) if isinstance(node, ast.Call)]
            verbs = {name.rpartition(".")[2] for name in called if name.startswith("stripe.v1.")}
            if isinstance(one, ast.FunctionDef) and verbs - READS:
                yield f"{file.stem}.{one.name}"

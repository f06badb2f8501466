"""Kill -9 at every call to Stripe of every flow that writes: before it is carried out, and after it, unheard of.

Real processes on PostgreSQL. Afterwards a new process starts, the person or the schedule tries again, events arrive,
`reconcile_stripe` runs once: nothing is doubled, nothing is orphaned, and the rows are Stripe's.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from billing.models import Attempt, Event, Reconciliation
from cart.models import Item, Order
from tests import house
from tests.changes import change, have, leaves, pay_with
from tests.house import House, wait_until
from tests.oracle import Oracle
from tests.shopper import Shopper
from tests.till import Till

pytestmark = [
    pytest.mark.slow,
    pytest.mark.kills,
    pytest.mark.postgresql,
    pytest.mark.timeout(1800),
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
TICKETS = 50
GOOD, DECLINED = "4242424242424242", "4000000000000341"
Do = Callable[[House, User], Any]


@dataclass(frozen=True)
class Flow:
    """What is done before, and the flow itself, which can be tried again with the same words."""

    do: Do
    before: tuple[Do, ...] = ()
    is_command: bool = False
    leaves: Callable[[Oracle, User], None] | None = None


def buy(home: House, user: User, number: str = GOOD, plan: str = "premium") -> int:
    """With the card of the first try: the same person clicks again."""
    if user.pk not in home.cards:
        home.cards[user.pk] = home.card(number)
    return home.click(user, "create", plan=plan, payment_method_id=home.cards[user.pk])


def buy_business(home: House, user: User) -> int:
    return buy(home, user, plan="business")


def begin(home: House, user: User) -> int:
    """Without a card: the browser was to confirm."""
    return home.click(user, "create", plan="premium")


def events(home: House, user: User) -> None:
    home.sandbox.deliver(home.post)


def sell(home: House, user: User) -> int:
    return home.command("upsert_stripe_products")


def mend(home: House, user: User) -> int:
    """Shows what is left in the log of the processes when it cannot be mended."""
    return home.command("reconcile_stripe", "--apply")


# --- In the shop ----------------------------------------------------------------------------------------------------


def order(home: House, user: User) -> int:
    return _order(home, user, {"atlas": 1})


def another_order(home: House, user: User) -> int:
    return _order(home, user, {"atlas": 2, "ticket": 1})


def _order(home: House, user: User, items: dict[str, int]) -> int:
    shopper = Shopper(home, user)
    shopper.put(items)
    return shopper.check_out()


def pay_order(home: House, user: User) -> None:
    shopper = Shopper(home, user)
    shopper.check_out()
    shopper.pay()


def come_back(home: House, user: User) -> int:
    shopper = Shopper(home, user)
    shopper.payment = {"order": str(Order.objects.filter(cart__user=user).latest("pk").uuid)}
    return shopper.come_back()


def let_it_wait(home: House, user: User) -> None:
    Order.objects.filter(cart__user=user).update(expires=timezone.now())


def clear_up(home: House, user: User) -> int:
    return home.command("expire_orders")


FLOWS = {
    "a purchase": Flow(buy),
    "a declined purchase": Flow(lambda home, user: buy(home, user, DECLINED)),
    "a purchase without a card": Flow(begin),
    "a purchase begun without a card, then paid": Flow(buy, (begin,)),
    "cancelling with the period": Flow(lambda home, user: home.click(user, "cancel"), (buy, events)),
    "cancelling now": Flow(lambda home, user: home.click(user, "cancel", at="now"), (buy, events)),
    "cancelling what was begun": Flow(lambda home, user: home.click(user, "cancel"), (begin, events)),
    "resuming": Flow(
        lambda home, user: home.click(user, "resume"),
        (buy, events, lambda home, user: home.click(user, "cancel")),
    ),
    "a higher plan": Flow(change("business"), (buy, events), leaves=leaves(("business", 1))),
    "a lower plan": Flow(
        change("starter"), (buy, events), leaves=leaves(("premium", 1), changes=0, scheduled=True)
    ),
    "a higher plan that is declined": Flow(
        change("business"), (buy, events, pay_with(DECLINED)), leaves=leaves(("premium", 1), changes=0)
    ),
    "more machines": Flow(
        have(a10g=2, t4=1),
        (buy_business, events),
        leaves=leaves(("business", 1), ("instance-a10g", 2), ("instance-t4", 1)),
    ),
    "fewer machines": Flow(
        have(a10g=1),
        (buy_business, have(a10g=2, t4=1), events),
        leaves=leaves(("business", 1), ("instance-a10g", 1), changes=2),
    ),
    "events": Flow(events, (buy,)),
    "mending": Flow(mend, (buy,), is_command=True),
    "an order": Flow(order),
    "an order of a changed cart": Flow(another_order, (order,)),
    "an order that was paid before its cart was changed": Flow(another_order, (order, pay_order)),
    "an order that was paid": Flow(come_back, (order, pay_order)),
    "an order that waited too long": Flow(clear_up, (order, let_it_wait), is_command=True),
}


@pytest.fixture
def home(transactional_db: Any, tmp_path: Path) -> Iterator[House]:
    """With one worker, so that it is the one to be killed. Events are held back until a test lets them go."""
    Item.objects.create(slug="atlas", name="Atlas", price=4800)
    Item.objects.create(slug="ticket", name="Ticket", price=25000, stock=TICKETS)
    with house.opened(tmp_path, workers=1) as home:
        assert home.command("upsert_stripe_products_for_instances") == 0
        home.sandbox.deliveries.hold()
        yield home


def run(home: House, flow: Flow, number: int, at: int, before: bool) -> int:
    """Somebody new goes through a flow that is killed at a call; how many calls it made until then."""
    user = User.objects.create_user(f"person{number}@people.example", name="Alice")
    home.sandbox.arm(0, False, None)
    for step in flow.before:
        step(home, user)
        home.sandbox.deliveries.release()
    kill = home.kill_command if flow.is_command else home.kill_web
    home.sandbox.arm(at, before, kill)
    flow.do(home, user)
    made = home.sandbox.calls
    home.sandbox.arm(0, False, None)
    if at:
        wait_until(lambda: home.get("/health/ready") == 200, "a new worker answers")
        time_passes()
        flow.do(home, user)
    settle(home, user)
    oracle = Oracle(home.sandbox)
    till = Till(oracle, {"ticket": TICKETS})
    where = f"killed {'before' if before else 'after'} call {at}"
    assert oracle.doubled() == [], where
    assert oracle.differences([user]) == [], where
    assert till.wrong() == [], where
    assert till.differences() == [], where
    if flow.leaves:
        flow.leaves(oracle, user)
    assert not Attempt.objects.open().exists(), where
    assert not Event.objects.exclude(state__in=[Event.State.DONE, Event.State.IGNORED]).exists(), where
    return made


def settle(home: House, user: User) -> None:
    home.sandbox.deliveries.release()
    for _round in range(5):
        events(home, user)
        time_passes()
        home.command("process_events")
    assert clear_up(home, user) == 0
    assert mend(home, user) == 0


def time_passes() -> None:
    """More than the leases, and the patience with those who are at work."""
    Event.objects.filter(leased_until__isnull=False).update(leased_until=timezone.now())
    Event.objects.filter(next_try__isnull=False).update(next_try=timezone.now())
    Attempt.objects.open().update(created=F("created") - timedelta(minutes=5))
    Reconciliation.objects.filter(beat__isnull=False).update(beat=F("beat") - timedelta(minutes=5))


@pytest.mark.parametrize("name", FLOWS)
def test_killed_at_every_call(home: House, name: str) -> None:
    """F26."""
    flow = FLOWS[name]
    calls = run(home, flow, 0, 0, False)
    assert calls, "it calls Stripe"
    for at in range(1, calls + 1):
        for before in (True, False):
            run(home, flow, 2 * at + before, at, before)

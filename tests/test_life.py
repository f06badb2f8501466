"""Anything may happen: people buy, twice at once, and cancel; Stripe declines, renews, fails, hangs, and is changed in
the dashboard; events are late, doubled, shuffled, lost, of another version, another's; processes die.

After each step nothing is doubled, nothing foreign touched, every event in one state with at most one effect. At rest
our rows are Stripe's, and who has paid, and only who has paid, has access.

LIFE_EXAMPLES=1000 plays more lives. A failure prints the steps that lead to it, as Python, and the seed: with
LIFE_SEED=<seed> the same lives are played again; the slow test looks for fewer steps that fail in the same way.
"""

import os
import random
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests import wire
from tests.dashboard import Dashboard
from tests.product import CARDS, Product
from tests.wire import Interruption

who = st.integers(0, 2)
rng = st.randoms(use_true_random=False)
forms = st.sampled_from(["plain", "plain", "plain", "of another version", "thin"])
plans = st.sampled_from(["starter", "premium", "business"])
cards = st.sampled_from(["good", "good", "", *CARDS])
changes = st.sampled_from(
    [("cancel", {"at": "period_end"}), ("cancel", {"at": "now"}), ("resume", {}), ("sync", {})]
)
meanwhile = st.none() | st.tuples(
    st.integers(1, 5),
    st.booleans(),
    st.sampled_from(
        ["die", "die", "again", "again", "deliver", "end now", "delete customer", "another plan"]
    ),
)
Meanwhile = tuple[int, bool, str] | None


class Life(RuleBasedStateMachine):
    """One life of the product."""

    stage: Any

    def __init__(self) -> None:
        super().__init__()
        self._curtain = ExitStack()
        self.product: Product = self._curtain.enter_context(self.stage())
        self.dashboard = Dashboard(self.product)

    def teardown(self) -> None:
        with self._curtain:
            self._rest()

    def user(self, number: int) -> Any:
        return self.product.users[number % len(self.product.users)]

    def _while(self, interrupted: Meanwhile, number: int, act: Callable[[], object]) -> None:
        """Do it, with something else in the middle."""
        self.product.during(self._interruption(interrupted, number, act), act)

    def _interruption(self, given: Meanwhile, number: int, act: Callable[[], object]) -> Interruption | None:
        if given is None:
            return None
        call, before, what = given
        others: dict[str, Callable[[], object]] = {"die": wire.die, "again": act, "deliver": self._reversed}
        act = others.get(what) or (lambda: self.dashboard.do(what, self.user(number)))
        return Interruption(call, before, act)

    def _reversed(self) -> None:
        self.product.deliver(lambda batch: batch[::-1])

    # -- people ------------------------------------------------------------------------------------------------------

    @initialize(plan=plans, card=cards, interrupted=meanwhile)
    def begin(self, plan: str, card: str, interrupted: Meanwhile) -> None:
        self.product.sign_up()
        self.buy(0, plan, card, interrupted)

    @precondition(lambda self: len(self.product.users) < 3)
    @rule()
    def sign_up(self) -> None:
        self.product.sign_up()

    @rule(number=who, plan=plans, card=cards, interrupted=meanwhile)
    def buy(self, number: int, plan: str, card: str, interrupted: Meanwhile) -> None:
        body = {"plan": plan, **({"payment_method_id": self.product.card(card)} if card else {})}
        self._while(interrupted, number, lambda: self.product.click(self.user(number), "create", **body))

    @rule(number=who, change=changes, interrupted=meanwhile)
    def change(self, number: int, change: tuple[str, dict[str, str]], interrupted: Meanwhile) -> None:
        verb, body = change
        self._while(interrupted, number, lambda: self.product.click(self.user(number), verb, **body))

    # -- Stripe ------------------------------------------------------------------------------------------------------

    @rule(number=who, act=st.sampled_from(Dashboard.ACTS))
    def in_the_dashboard(self, number: int, act: str) -> None:
        self.dashboard.do(act, self.user(number))

    @rule(
        number=who,
        kind=st.sampled_from(["error", "cut", "lost", "hang"]),
        status=st.sampled_from([500, 429, 409]),
        path=st.sampled_from(["*", "/v1/subscriptions*", "/v1/customers*", "/v1/invoices*"]),
        times=st.integers(1, 5),
    )
    def trouble(self, number: int, kind: str, status: int, path: str, times: int) -> None:
        self.product.wire.faults.add(kind, status=status, path=path, times=times, seconds=100)

    @rule(seconds=st.sampled_from([1, 1, 60, 3600, 86_400, 4 * 86_400, 31 * 86_400]))
    def time_passes(self, seconds: int) -> None:
        self.product.wait(seconds)

    @rule(
        metadata=st.sampled_from(
            [
                {},
                {"djstripe_subscriber": "1"},
                {"turnpike_organization": "1"},
                {"namespace": "other", "other_organization": "1"},
                {"namespace": "other", "turnpike_organization": "1"},
                {"namespace": "turnpike", "turnpike_organization": "999999"},
            ]
        )
    )
    def another_application_sells(self, metadata: dict[str, str]) -> None:
        self.dashboard.foreign_customer(metadata)

    # -- deliveries --------------------------------------------------------------------------------------------------

    @rule(number=who, shuffle=rng, form=forms, interrupted=meanwhile)
    def some_events_arrive(
        self, number: int, shuffle: random.Random, form: str, interrupted: Meanwhile
    ) -> None:
        def order(batch: list[Any]) -> list[Any]:
            some = shuffle.sample(batch, shuffle.randint(0, len(batch)))
            return some + shuffle.sample(some, len(some) // 3)

        self._while(interrupted, number, lambda: self.product.deliver(order, form))

    @rule(shuffle=rng)
    def some_events_are_lost(self, shuffle: random.Random) -> None:
        self.product.lose(lambda batch: shuffle.sample(batch, len(batch) // 2))

    # -- what must hold ----------------------------------------------------------------------------------------------

    @rule()
    def all_events_arrive_and_it_rests(self) -> None:
        self._rest()

    @rule()
    def all_events_are_lost_and_it_is_reconciled(self) -> None:
        self.product.reconcile()
        self.product.check_rest()

    def _rest(self) -> None:
        self.product.settle()
        if self.product.lossy:
            self.product.reconcile()
        self.product.check_rest()

    @invariant()
    def nothing_is_doubled_foreign_or_free(self) -> None:
        self.product.check_step()


def play(stage: Any, examples: int, *phases: Phase) -> None:
    """So many lives. When one fails, say how to play it again."""
    chosen = int(os.environ.get("LIFE_SEED") or random.SystemRandom().randrange(2**32))
    machine: Any = seed(chosen)(type("Life", (Life,), {"stage": staticmethod(stage)}))
    profile = settings(
        max_examples=int(os.environ.get("LIFE_EXAMPLES") or examples),
        stateful_step_count=25,
        phases=[Phase.generate, *phases],
        report_multiple_bugs=False,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(machine, settings=profile)
    except BaseException as error:
        error.add_note(f"Play it again: LIFE_SEED={chosen} pytest {__file__}")
        raise


@pytest.mark.timeout(600)
def test_nothing_is_doubled_lost_or_given_away_in_a_few_lives(stage: Any) -> None:
    play(stage, 10)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_nothing_is_doubled_lost_or_given_away_in_many_lives(stage: Any) -> None:
    play(stage, 200, Phase.shrink)

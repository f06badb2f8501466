"""The ground of every life: the product on a stage, Stripe's troubles, deliveries, time, and what must hold."""

import os
import random
import zlib
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests import wire
from tests.dashboard import Dashboard
from tests.market import Market
from tests.product import Product
from tests.wire import Interruption

who = st.integers(0, 2)
rng = st.randoms(use_true_random=False)
forms = st.sampled_from(["plain", "plain", "plain", "of another version", "thin"])
meanwhile = st.none() | st.tuples(
    st.integers(1, 5),
    st.booleans(),
    st.sampled_from(
        ["die", "die", "again", "again", "deliver", "end now", "delete customer", "another plan"]
    ),
)
TROUBLED = ("subscriptions", "customers", "invoices", "payment_intents", "refunds")
Meanwhile = tuple[int, bool, str] | None
# So often in a life at most: it costs as much as ten other steps.
RECONCILED = 2


class Life(RuleBasedStateMachine):
    """One life of the product. What people do in it, its heirs say."""

    stage: Any

    def __init__(self) -> None:
        super().__init__()
        self._reconciled = 0
        self._curtain = ExitStack()
        self.product: Product = self._curtain.enter_context(self.stage())
        self.dashboard = Dashboard(self.product)
        self.market = Market(self.product)

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

    # -- Stripe ------------------------------------------------------------------------------------------------------

    @rule(
        number=who,
        kind=st.sampled_from(["error", "cut", "lost", "hang"]),
        status=st.sampled_from([500, 429, 409]),
        path=st.sampled_from(["*", *(f"/v1/{kind}*" for kind in TROUBLED)]),
        times=st.integers(1, 5),
    )
    def trouble(self, number: int, kind: str, status: int, path: str, times: int) -> None:
        self.product.wire.faults.add(kind, status=status, path=path, times=times, seconds=100)

    @rule(seconds=st.sampled_from([1, 1, 60, 3600, 86_400, 4 * 86_400, 31 * 86_400]))
    def time_passes(self, seconds: int) -> None:
        self.product.wait(seconds)

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

    @precondition(lambda self: self._reconciled < RECONCILED)
    @rule()
    def all_events_are_lost_and_it_is_reconciled(self) -> None:
        self._reconciled += 1
        self.product.reconcile()
        self.market.clear_up()
        self._check_rest()

    def _rest(self) -> None:
        self.product.settle()
        self.market.clear_up()
        self.product.settle()
        if self.product.lossy:
            self.product.reconcile()
        self._check_rest()

    def _check_rest(self) -> None:
        self.product.check_rest()
        assert not (wrong := self.market.till.differences()), "; ".join(wrong)

    @invariant()
    def nothing_is_doubled_foreign_or_free(self) -> None:
        self.product.check_step()
        assert not (wrong := self.market.till.wrong()), "; ".join(wrong)


def _seed(test: str) -> int:
    """The one that is given; or one for the test that stays the same for LIVES_OF; or any."""
    if given := os.environ.get("LIFE_SEED"):
        return int(given)
    if of := os.environ.get("LIVES_OF"):
        return zlib.crc32(f"{of} {test}".encode())
    return random.SystemRandom().randrange(2**32)


def play(kind: type[Life], stage: Any, examples: int, *phases: Phase) -> None:
    """So many lives of a kind. When one fails, say how to play it again."""
    test = os.environ["PYTEST_CURRENT_TEST"].removesuffix(" (call)")
    chosen = _seed(test)
    machine: Any = seed(chosen)(type(kind.__name__, (kind,), {"stage": staticmethod(stage)}))
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
        error.add_note(f"Play it again: LIFE_SEED={chosen} pytest '{test}'")
        raise

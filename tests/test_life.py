"""Anything may happen: people buy, twice at once, and cancel; Stripe declines, renews, fails, hangs, and is changed in
the dashboard; events are late, doubled, shuffled, lost, of another version, another's; processes die.

After each step nothing is doubled, nothing foreign touched, every event in one state with at most one effect. At rest
our rows are Stripe's, and who has paid, and only who has paid, has access.

LIFE_EXAMPLES=1000 plays more lives in each test. A failure prints the steps that lead to it, as Python, and how to play
the same lives again, with LIFE_SEED; the slow tests look for fewer steps that fail in the same way. With LIVES_OF=name
the lives are always those of that name.
"""

from typing import Any

import pytest
from hypothesis import Phase
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from tests.dashboard import Dashboard
from tests.life import Life, Meanwhile, meanwhile, play, who
from tests.ordering import Ordering
from tests.product import CARDS
from tests.shopping import Shopping

plans = st.sampled_from(["starter", "premium", "business"])
cards = st.sampled_from(["good", "good", "", *CARDS])
changes = st.sampled_from(
    [("cancel", {"at": "period_end"}), ("cancel", {"at": "now"}), ("resume", {}), ("sync", {})]
)


class Subscribing(Life):
    """People subscribe, and somebody plays with the dashboard."""

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

    @rule(number=who, act=st.sampled_from(Dashboard.ACTS))
    def in_the_dashboard(self, number: int, act: str) -> None:
        self.dashboard.do(act, self.user(number))

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


class Everything(Subscribing, Shopping):
    """And they buy in the shop."""


@pytest.mark.timeout(600)
def test_nothing_is_doubled_lost_or_given_away_in_a_few_lives(stage: Any) -> None:
    play(Everything, stage, 10)


def in_parts(number: int) -> pytest.MarkDecorator:
    """So that several processes share the lives."""
    return pytest.mark.parametrize("part", range(number))


@pytest.mark.slow
@pytest.mark.timeout(1800)
@in_parts(8)
def test_nothing_is_doubled_lost_or_given_away_in_many_lives(stage: Any, part: int) -> None:
    play(Everything, stage, 25, Phase.shrink)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@in_parts(2)
def test_nobody_pays_twice_and_no_piece_is_sold_twice_in_many_lives(stage: Any, part: int) -> None:
    play(Shopping, stage, 20, Phase.shrink)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@in_parts(2)
def test_no_year_is_sold_twice_and_none_is_without_its_receipt_in_many_lives(stage: Any, part: int) -> None:
    play(Ordering, stage, 10, Phase.shrink)


def test_who_ends_while_a_renewal_is_a_draft_loses_access_once_that_is_heard(stage: Any) -> None:
    """Reconciled within the hour in which Stripe has begun a period and asked for nothing: a life found this."""
    life = type("Told", (Everything,), {"stage": staticmethod(stage)})()
    life.begin(plan="starter", card="good", interrupted=None)
    life.time_passes(seconds=31 * 86_400)
    life.all_events_are_lost_and_it_is_reconciled()
    life.in_the_dashboard(act="delete customer", number=0)
    life.time_passes(seconds=4 * 86_400)
    life.nothing_is_doubled_foreign_or_free()
    life.teardown()

"""Walking a table: each row's steps are words, taken on one object with the SDK."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import stripe

from sandbox.objects import authentication
from sandbox.testing import Stage
from sandbox.tests.transitions import Transition


class Walk:
    """Takes steps in words on one object and remembers what they did. A subclass knows the words."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.v1 = stage, stage.client.v1
        self.id = ""
        self.error: str | None = None

    def take(self, step: str) -> None:
        verb, _, rest = step.partition(" ")
        self.error = None
        try:
            self.step(verb, rest)
        except stripe.StripeError as error:
            self.error = error.code or ""

    def step(self, verb: str, rest: str) -> None:
        if verb.replace(".", "", 1).isdecimal():
            self.stage.advance(days=float(verb))
        else:
            getattr(self, verb)(rest)

    def show(self) -> dict[str, Any]:
        raise NotImplementedError

    def answer(self, passed: bool) -> None:
        with self.stage.sandbox.work() as world:
            kind = {"pi": "payment_intent", "seti": "setup_intent"}[self.id.split("_")[0]]
            authentication.authenticate(world, world.get(kind, self.id), passed)

    def authenticate(self, _: str) -> None:
        self.answer(True)

    def fail(self, _: str) -> None:
        self.answer(False)


def follow(walk: Walk, row: Transition) -> None:
    for step in row.before:
        walk.take(step)
    if row.start:
        assert walk.show()["status"] == row.start
    seen = len(walk.stage.event_types())
    walk.take(row.step)
    shown = walk.show()
    assert walk.error == row.error
    assert shown["status"] == row.end
    assert tuple(walk.stage.event_types()[seen:]) == row.events
    assert {name: shown[name] for name in row.fields} == row.fields
    assert row.source.startswith("https://docs.stripe.com/")


def rows(table: tuple[Transition, ...]) -> Callable[..., Any]:
    return pytest.mark.parametrize("row", table, ids=str)

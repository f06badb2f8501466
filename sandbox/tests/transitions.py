"""What a state machine's table is made of: a row per transition, with where Stripe says so."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Transition:
    """`before`: the steps that lead to `start`; `step`: what happens; `events` are those of the step, in order.

    `fields`: what the object shows afterwards, by name, amounts above all. `error`: the code of the answer, if the
    call fails.
    """

    before: tuple[str, ...]
    start: str
    step: str
    end: str
    events: tuple[str, ...]
    source: str
    fields: dict[str, object] = field(default_factory=dict)
    error: str | None = None

    def __str__(self) -> str:
        return f"{self.start} - {self.step} -> {self.end}"

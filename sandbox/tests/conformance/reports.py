"""A violation, how it is found in what jsonschema says, and how many are told."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.exceptions import best_match

HEAD, TAIL = 60, 100
# What differs between things that are alike: random ids and times of this decade. No rule of the shapes does.
VARYING = re.compile(r"(?<=_)[A-Za-z0-9]{14,}|\b1[789]\d{8}\b")
SOUND: set[tuple[int, bytes]] = set()


@dataclass(frozen=True)
class Violation:
    """`where`: request, answer or event, with its operation or type; `path`: the field, lists as []."""

    where: str
    path: str
    reason: str


class Report:
    """Violations, each once with its count and the place of its first sight."""

    def __init__(self) -> None:
        self.calls = 0
        self.events = 0
        self.counts: Counter[Violation] = Counter()
        self.first: dict[Violation, str] = {}

    def add(self, violations: Iterator[Violation] | list[Violation], place: str) -> None:
        for violation in violations:
            self.counts[violation] += 1
            self.first.setdefault(violation, place)

    def join(self, other: Report) -> None:
        self.calls += other.calls
        self.events += other.events
        self.counts.update(other.counts)
        self.first = other.first | self.first

    def __str__(self) -> str:
        return self.tell()

    def tell(self, most: int | None = None) -> str:
        """A line for each violation, or for so many `most`, and one for the verdict."""
        lines = [
            f"{count:>5}x {v.where}  {v.path or '-'}: {v.reason}   [{self.first[v]}]"
            for v, count in sorted(self.counts.items(), key=lambda item: (item[0].where, item[0].path))
        ]
        if most is not None and len(lines) > most:
            lines[most:] = [f"   ... and {len(lines) - most} more"]
        told = f"{self.calls} calls and {self.events} events against Stripe's shapes: {self.verdict}"
        return "\n".join([*lines, told])

    @property
    def verdict(self) -> str:
        number = len(self.counts) or "no"
        return f"{number} violation{'' if number in ('no', 1) else 's'}"


def validate(validator: Draft202012Validator, value: Any, where: str) -> Iterator[Violation]:
    """The violations of a schema; of a union that nothing fits, what comes nearest. What was found sound once is not
    looked at again in other ids and times."""
    text = VARYING.sub(lambda found: "1800000000" if found[0].isdigit() else "x", json.dumps(value))
    known = (id(validator), hashlib.sha256(text.encode()).digest())
    if known in SOUND:
        return
    violations = [Violation(where, _path(leaf), _shorten(leaf.message)) for leaf in _leaves(validator, value)]
    if not violations:
        SOUND.add(known)
    yield from violations


def _leaves(validator: Draft202012Validator, value: Any) -> Iterator[ValidationError]:
    for error in validator.iter_errors(value):
        yield best_match([error]) or error


def _shorten(message: str) -> str:
    """The value that a message begins with may be long; the complaint is at its end."""
    return message if len(message) <= HEAD + TAIL else f"{message[:HEAD]}...{message[-TAIL:]}"


def _path(error: ValidationError) -> str:
    steps = ("[]" if isinstance(step, int) else f".{step}" for step in error.absolute_path)
    return "".join(steps).lstrip(".")

"""A difference in one line: what is the same on both sides, however deep, is left out."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

WIDEST = 80
NAME = "stripe_id"


def told(fields: Mapping[str, Sequence[Any]]) -> str:
    """`status: active -> canceled, items si_1 quantity: 2 -> 5`."""
    return ", ".join(line for name, (here, there) in fields.items() for line in _lines(name, here, there))


def _lines(name: str, here: Any, there: Any) -> Iterator[str]:
    if isinstance(here, list) and isinstance(there, list) and _named([*here, *there]):
        here, there = ({str(one[NAME]): one for one in side} for side in (here, there))
    if not (isinstance(here, Mapping) and isinstance(there, Mapping)):
        yield f"{name}: {_short(here)} -> {_short(there)}"
        return
    for key in sorted({*here, *there}):
        if key not in there:
            yield f"{name} {key}: gone at Stripe"
        elif key not in here:
            yield f"{name} {key}: missing here"
        elif here[key] != there[key]:
            yield from _lines(f"{name} {key}", here[key], there[key])


def _named(objects: Sequence[Any]) -> bool:
    """Whether these are objects of Stripe's, which are told one by one."""
    return all(isinstance(one, Mapping) and NAME in one for one in objects)


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…"

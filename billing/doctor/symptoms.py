"""What the doctor says."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Symptom:
    """Something that is wrong, and what cures it."""

    problem: str
    cure: str


def shortened(names: list[str], most: int = 5) -> str:
    """A list in words, cut short."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more

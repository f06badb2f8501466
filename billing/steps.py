"""What an upsert does, one line for each thing that should be at Stripe."""

from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import TextChoices


class Act(TextChoices):
    """What is done about it."""

    CREATE = "+"
    CHANGE = "~"
    KEEP = "="
    LEAVE = "!"  # Stripe did not let us


@dataclass(frozen=True, slots=True)
class Step:
    """One line of what was done, or would be. `note`: what whoever runs it has to do now."""

    act: Act
    what: str
    why: str = ""
    note: str = ""

    def __str__(self) -> str:
        return f"{self.act.value} {self.what}" + (f"  ({self.why})" if self.why else "")

    @property
    def is_change(self) -> bool:
        return self.act in (Act.CREATE, Act.CHANGE)

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "act": self.act.name.lower()}

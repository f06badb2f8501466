"""Reading Stripe's objects: what may be an id or the object itself, and times in epoch seconds."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

Data = Mapping[str, Any]


def id_of(value: str | Data | None) -> str:
    """The id of a field that Stripe may have expanded; empty when there is none."""
    if value is None:
        return ""
    return value if isinstance(value, str) else str(value["id"])


def time_of(seconds: int | None) -> datetime | None:
    return None if seconds is None else moment(seconds)


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)

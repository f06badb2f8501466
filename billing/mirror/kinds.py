"""The kinds of objects that are mirrored, each with how it is read and where it is written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from billing.mirror.fields import Data
from billing.models import MirroredObject

Facts = dict[str, Any]


def _in_the_guard_only(guard: MirroredObject, facts: Facts) -> None:
    """Kinds without a table of their own: the facts stand in the guard's data, which is written with it."""
    guard.data = facts


def _nothing_more(guard: MirroredObject) -> None:
    """That it is gone stands in the guard."""


@dataclass(frozen=True, slots=True)
class Kind:
    """`name` is what Stripe calls it in the field `object`.

    `read` takes from an object what we keep of it: pure, and all that `write` needs. `write` and `forget` (the object
    is gone at Stripe) run in a transaction, under the guard's lock. `locks_owner`: what it says may
    change its organization, whose row is locked too and stands in `guard.organization`.
    """

    name: str
    read: Callable[[Data], Facts]
    write: Callable[[MirroredObject, Facts], None] = _in_the_guard_only
    forget: Callable[[MirroredObject], None] = _nothing_more
    locks_owner: bool = False


def keys_of(guard: MirroredObject) -> Facts:
    """What the row of an object that belongs to an organization begins with."""
    return {"stripe_id": guard.stripe_id, "organization_id": guard.organization_id}


def all_kinds() -> Mapping[str, Kind]:
    """By name."""
    return _KINDS


def register(*kinds: Kind) -> None:
    _KINDS.update({kind.name: kind for kind in kinds})


_KINDS: dict[str, Kind] = {}

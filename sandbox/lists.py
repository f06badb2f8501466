"""Lists: cursor paging both ways, newest first, and filters by the parameters that the shapes allow.

https://docs.stripe.com/api/pagination
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sandbox import errors
from sandbox.rendering import list_object
from sandbox.routing import Call
from sandbox.store import Record
from sandbox.world import World

DEFAULT_LIMIT, MOST = 10, 100
CURSORS = ("limit", "starting_after", "ending_before")
BOUNDS: dict[str, Callable[[int, int], bool]] = {
    "gt": int.__gt__,
    "gte": int.__ge__,
    "lt": int.__lt__,
    "lte": int.__le__,
}

Filter = Callable[[Record, Any], bool]


def page(world: World, call: Call, kind: str, /, **filters: Filter) -> dict[str, Any]:
    """The list of a kind that a call asks for. Every parameter filters by the field of its name, unless
    `filters` says how: a function of the record and the parameter's value.
    """
    return cut(call, kind, select(call, world.scan(kind, newest_first=True), **filters))


def select(call: Call, records: Iterable[Record], **filters: Filter) -> list[Record]:
    """The records that match the call's filters, in the given order."""
    tests = [
        (filters.get(name) or _filter(name), value)
        for name, value in call.params.items()
        if name not in CURSORS and value is not None
    ]
    return [record for record in records if all(test(record, value) for test, value in tests)]


def cut(call: Call, kind: str, records: list[Record]) -> dict[str, Any]:
    """One page of records that are in the list's order, by `limit`, `starting_after` and `ending_before`."""
    limit = read_limit(call)
    after, before = call.params.get("starting_after"), call.params.get("ending_before")
    if after and before:
        raise errors.invalid("You cannot parameterize a list with both `ending_before` and `starting_after`.")
    if before:
        end = _position(records, kind, before, "ending_before")
        start = max(end - limit, 0)
        return list_object(records[start:end], call.path, has_more=start > 0)
    start = _position(records, kind, after, "starting_after") + 1 if after else 0
    return list_object(records[start : start + limit], call.path, has_more=len(records) > start + limit)


def read_limit(call: Call) -> int:
    limit = call.params.get("limit", DEFAULT_LIMIT)
    if limit < 1:
        raise errors.invalid(
            f"This value must be greater than or equal to 1 (it currently is '{limit}').",
            "limit",
            "parameter_invalid_integer",
        )
    if limit > MOST:
        raise errors.invalid(
            f"This value must be less than or equal to {MOST} (it currently is '{limit}').",
            "limit",
            "parameter_invalid_integer",
        )
    return limit


def _position(records: list[Record], kind: str, object_id: str, param: str) -> int:
    for index, record in enumerate(records):
        if record["id"] == object_id:
            return index
    raise errors.missing(kind, object_id, param)


def _filter(name: str) -> Filter:
    """How a parameter filters by its name: `ids`, plurals of a field (`lookup_keys`), bounds
    (`created[gte]`), equality.
    """
    singular = name.removesuffix("s")

    def matches(record: Record, value: Any) -> bool:
        if isinstance(value, list) and name not in record:
            return record.get(singular) in value
        return fits(record.get(name), value)

    return matches


def fits(held: Any, value: Any) -> bool:
    if not isinstance(value, dict):
        return held == value
    if isinstance(held, dict):
        return all(fits(held.get(key), wanted) for key, wanted in value.items())
    return held is not None and all(BOUNDS[key](held, bound) for key, bound in value.items() if key in BOUNDS)

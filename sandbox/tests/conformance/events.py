"""One event: its own schema, its type, and what it tells of by the schema of that object, expanded nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.shapes import Shapes
from sandbox.tests.conformance import dialects, expansions
from sandbox.tests.conformance.reports import Violation, validate

# Sent in webhooks, but no object of the API.
UNPUBLISHED = {"entitlements.active_entitlement_summary"}


def check_event(event: dict[str, Any]) -> Iterator[Violation]:
    where = f"event {event.get('type')}"
    yield from validate(dialects.answer_validator("event"), event, where)
    if event.get("type") not in Shapes.load().event_types:
        yield Violation(where, "type", "no type of this API version")
    told = event["data"]["object"]
    if told.get("object") in UNPUBLISHED:
        return
    name = Shapes.load().by_object.get(told.get("object"))
    if name is None:
        yield Violation(where, "data.object.object", f"{told.get('object')!r} is no object of the API")
        return
    yield from _check_object(where, told, name)
    known = Shapes.load().schemas[name]["properties"]
    for field in event["data"].get("previous_attributes") or {}:
        if field not in known:
            yield Violation(where, f"previous_attributes.{field}", f"no field of {name}")


def _check_object(where: str, told: dict[str, Any], name: str) -> Iterator[Violation]:
    deleted = f"deleted_{name}"
    schema = deleted if told.get("deleted") and deleted in Shapes.load().schemas else name
    yield from validate(dialects.answer_validator(schema), told, where)
    comparison = expansions.Comparison(where, [])
    comparison.walk(Shapes.load().schemas[schema], told)
    yield from comparison.found

"""`expand`: which paths are legal, from the shapes, and the tree of them that rendering follows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from sandbox.errors import StripeError
from sandbox.shapes import Operation, Schema, Shapes

LEVELS = 4


def tree(operation: Operation, paths: list[str]) -> dict[str, Any]:
    """{"latest_invoice": {"payments": {}}} for ["latest_invoice.payments"]. Raises Stripe's error for an
    illegal path.
    """
    root: dict[str, Any] = {}
    for path in paths:
        _check(operation, path)
        node = root
        for segment in path.split("."):
            node = node.setdefault(segment, {})
    return root


@lru_cache(maxsize=2000)
def _check(operation: Operation, path: str) -> None:
    if path.count(".") >= LEVELS:
        raise StripeError(
            f"You cannot expand more than {LEVELS} levels of a property. Property: {path}", param="expand"
        )
    if not _legal(operation.answer, path):
        hint = ""
        if "data" in Shapes.load().resolve(operation.answer).get("properties", {}) and _legal(
            operation.answer, f"data.{path}"
        ):
            hint = f" You may want to try expanding 'data.{path}' instead."
        raise StripeError(f"This property cannot be expanded ({path}).{hint}", param="expand")


def _legal(schema: Schema, path: str) -> bool:
    candidates = [schema]
    segments = path.split(".")
    for position, segment in enumerate(segments):
        last = position == len(segments) - 1
        candidates = [
            field for candidate in _branches(candidates) for field in _step(candidate, segment, last)
        ]
    return bool(candidates)


def _step(schema: Schema, segment: str, last: bool) -> Iterator[Schema]:
    field = schema.get("properties", {}).get(segment)
    if field is None:
        return
    expandable = schema.get("x-expandableFields")
    if last and expandable is not None and segment not in expandable:
        return
    yield field


def _branches(schemas: list[Schema]) -> Iterator[Schema]:
    """The object schemas behind references, unions and arrays."""
    for schema in schemas:
        schema = Shapes.load().resolve(schema)
        if "anyOf" in schema:
            yield from _branches(schema["anyOf"])
        elif schema.get("type") == "array":
            yield from _branches([schema["items"]])
        elif "properties" in schema:
            yield schema

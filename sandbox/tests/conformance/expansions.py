"""Which `expand` paths the shapes allow, and whether an answer shows what was asked for and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.shapes import INCLUDABLE, Schema, Shapes
from sandbox.tests.conformance.reports import Violation

LEVELS = 4


def asked(tree: dict[str, Any]) -> list[str]:
    """The paths of a request's form."""
    paths = tree.get("expand", {})
    return list(paths.values()) if isinstance(paths, dict) else [paths]


def find_illegal(answer: Schema, path: str) -> str | None:
    """Why a path may not be asked for of an answer of this schema; None if it may."""
    segments = path.split(".")
    if len(segments) > LEVELS:
        return f"more than {LEVELS} levels"
    schemas = [answer]
    for position, segment in enumerate(segments):
        last = position == len(segments) - 1
        schemas = [
            schema["properties"][segment]
            for schema in _objects(schemas)
            if segment in schema["properties"] and not (last and _closed(schema, segment))
        ]
        if not schemas:
            return f"{segment!r} cannot be expanded"
    return None


def _closed(schema: Schema, segment: str) -> bool:
    return segment != "data" and segment not in schema.get("x-expandableFields", [segment])


def _objects(schemas: list[Schema]) -> Iterator[Schema]:
    for schema in schemas:
        schema = Shapes.load().resolve(schema)
        if "anyOf" in schema:
            yield from _objects(schema["anyOf"])
        elif schema.get("type") == "array":
            yield from _objects([schema["items"]])
        elif "properties" in schema:
            yield schema


class Comparison:
    """Walks an answer along its schema and tells where it is expanded, or is not, against the paths asked for."""

    def __init__(self, where: str, paths: list[str]) -> None:
        self._where = where
        self._asked = {path[:end] for path in paths for end in _ends(path)}
        self.found: list[Violation] = []

    def walk(self, schema: Schema, value: Any, path: str = "") -> None:
        schema = Shapes.load().resolve(schema)
        if "anyOf" in schema:
            self._union(schema["anyOf"], value, path)
        elif isinstance(value, list):
            for item in value:
                self.walk(schema.get("items", {}), item, path)
        elif isinstance(value, dict):
            self._object(schema.get("properties", {}), value, path)

    def _object(self, properties: Schema, value: dict[str, Any], path: str) -> None:
        includable = INCLUDABLE.get(str(value.get("object")), frozenset())
        for name, field in value.items():
            inner = f"{path}.{name}".lstrip(".")
            if name in includable and field is not None and inner not in self._asked:
                self._tell(inner, "shown though only included when expanded")
            if name in properties:
                self.walk(properties[name], field, inner)

    def _union(self, branches: list[Schema], value: Any, path: str) -> None:
        branches = [Shapes.load().resolve(branch) for branch in branches]
        objects = [branch for branch in branches if "properties" in branch]
        expandable = objects and any(b.get("type") == "string" and "enum" not in b for b in branches)
        if expandable and isinstance(value, dict) and path not in self._asked:
            self._tell(path, "an object though `expand` did not ask for it")
        if expandable and isinstance(value, str) and path in self._asked:
            self._tell(path, "an id though `expand` asked for the object")
        if isinstance(value, dict) and (branch := _branch(objects, value)):
            self.walk(branch, value, path)

    def _tell(self, path: str, reason: str) -> None:
        self.found.append(Violation(self._where, path, reason))


def _ends(path: str) -> Iterator[int]:
    """Where the path's prefixes end, itself included."""
    yield from (index for index, letter in enumerate(path) if letter == ".")
    yield len(path)


def _branch(objects: list[Schema], value: dict[str, Any]) -> Schema | None:
    """The branch of a union that an object is of: by its kind, and by whether it was deleted; else by its fields."""
    kind = value.get("object")
    same = [
        o
        for o in objects
        if isinstance(kind, str) and kind in o["properties"].get("object", {}).get("enum", ())
    ]
    alive = [o for o in same if ("deleted" in o.get("required", ())) == bool(value.get("deleted"))]
    fitting = [o for o in objects if value.keys() <= o["properties"].keys()]
    return next(iter(alive or same or fitting), None)

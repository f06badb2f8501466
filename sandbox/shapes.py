"""Stripe's published shapes: which operations there are, what parameters they take, what fields objects have.

The data is Stripe's own OpenAPI document at the pinned version (see openapi/NOTICE), read once per process.
"""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

Schema = dict[str, Any]

API_VERSION = "2026-08-26.dahlia"
FILE = Path(__file__).parent / "openapi" / f"stripe-{API_VERSION}.min.json.gz"
BEYOND = FILE.with_name("beyond.txt")
FORM = "application/x-www-form-urlencoded"

# Fields that Stripe leaves out unless `expand` asks for them.
INCLUDABLE: dict[str, frozenset[str]] = {
    "customer": frozenset(
        ("cash_balance", "invoice_credit_balance", "sources", "subscriptions", "tax", "tax_ids")
    ),
    "price": frozenset(("currency_options", "tiers")),
    "coupon": frozenset(("applies_to", "currency_options")),
    "charge": frozenset(("refunds",)),
    "invoice": frozenset(("confirmation_secret", "payments")),
    "checkout.session": frozenset(("line_items",)),
    "item": frozenset(("discounts", "taxes")),
}


@dataclass(frozen=True, eq=False)
class Operation:
    """One method on one path: `POST /v1/customers/{customer}`."""

    method: str
    path: str
    document: Schema

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @cached_property
    def parameters(self) -> Schema:
        """Query and form parameters together, as one object schema."""
        properties: Schema = {}
        required: set[str] = set()
        for parameter in self.document.get("parameters", []):
            if parameter["in"] == "query":
                properties[parameter["name"]] = parameter["schema"]
                if parameter.get("required"):
                    required.add(parameter["name"])
        body = self.document.get("requestBody", {}).get("content", {}).get(FORM, {}).get("schema", {})
        properties |= body.get("properties", {})
        required |= set(body.get("required", []))
        return {"type": "object", "properties": properties, "required": sorted(required)}

    @cached_property
    def answer(self) -> Schema:
        """The schema of the 200 answer."""
        return self.document["responses"]["200"]["content"]["application/json"]["schema"]

    @cached_property
    def clears(self) -> frozenset[str]:
        """Top-level parameters of an update that an empty string unsets, because the object's field may be null."""
        if self.method != "POST" or not self.path.endswith("}"):
            return frozenset()
        properties = Shapes.load().resolve(self.answer).get("properties", {})
        return frozenset(name for name, schema in properties.items() if schema.get("nullable"))


@dataclass
class _Node:
    """A path segment: literal children, and the one child that takes any value, by the name it has per operation."""

    children: dict[str, _Node] = field(default_factory=dict)
    any: _Node | None = None
    operations: dict[str, Operation] = field(default_factory=dict)


class Shapes:
    """The document, with a tree of its paths."""

    def __init__(self, document: Schema) -> None:
        self.document = document
        self.schemas: dict[str, Schema] = document["components"]["schemas"]
        self.event_types: frozenset[str] = frozenset(document["x-event-types"])
        self.operations: dict[str, Operation] = {}
        self._root = _Node()
        for path, item in document["paths"].items():
            for method, operation in item.items():
                self._add(Operation(method.upper(), path, operation))

    @staticmethod
    @lru_cache(maxsize=1)
    def load() -> Shapes:
        return Shapes(json.loads(gzip.decompress(FILE.read_bytes())))

    def _add(self, operation: Operation) -> None:
        node = self._root
        for segment in operation.path.strip("/").split("/"):
            if segment.startswith("{"):
                node.any = node.any or _Node()
                node = node.any
            else:
                node = node.children.setdefault(segment, _Node())
        node.operations[operation.method] = operation
        self.operations[operation.name] = operation

    def match(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        """The operation that a path means and the ids in it, literal segments before ids; None for an unknown one."""
        segments = path.removeprefix("/").split("/")
        found = _find(self._root, segments, 0, method)
        if found is None:
            return None
        names = found.path.strip("/").split("/")
        ids = {
            name[1:-1]: segment for name, segment in zip(names, segments, strict=True) if name.startswith("{")
        }
        return found, ids

    def is_beyond(self, method: str, path: str) -> bool:
        """Whether Stripe has this operation, though the shapes here do not hold it."""
        return any(method in methods and pattern.fullmatch(path) for methods, pattern in self._beyond)

    @cached_property
    def _beyond(self) -> list[tuple[list[str], re.Pattern[str]]]:
        lines = [line.split() for line in BEYOND.read_text().splitlines() if not line.startswith("#")]
        return [(methods, re.compile(path.replace("{}", "[^/]+"))) for *methods, path in lines]

    def resolve(self, schema: Schema) -> Schema:
        """Follow `$ref`."""
        while "$ref" in schema:
            schema = self.schemas[schema["$ref"].rsplit("/", 1)[1]]
        return schema

    @cached_property
    def by_object(self) -> dict[str, str]:
        """Kind of object ("checkout.session") -> the name of its schema."""
        names: dict[str, str] = {}
        for name, schema in self.schemas.items():
            kinds = (schema.get("properties") or {}).get("object", {}).get("enum")
            first = kinds and not name.startswith("deleted_") and kinds[0] not in names
            if first or (kinds and name == kinds[0]):
                names[kinds[0]] = name
        return names


def _find(node: _Node, segments: list[str], depth: int, method: str) -> Operation | None:
    if depth == len(segments):
        return node.operations.get(method)
    segment = segments[depth]
    if segment in node.children:
        found = _find(node.children[segment], segments, depth + 1, method)
        if found:
            return found
    return _find(node.any, segments, depth + 1, method) if node.any and segment else None

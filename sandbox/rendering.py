"""What a caller sees of a record: expanded where asked, without includable and internal fields, with computed ones.

Records hold ids where Stripe may expand. A field that is better computed than kept (a subscription's items,
a customer's subscriptions) is registered with `@field(kind, name)` and worked out whenever the object is
shown.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sandbox.shapes import INCLUDABLE
from sandbox.skeletons import blank_field, copy

if TYPE_CHECKING:
    from sandbox.world import World

Tree = dict[str, Any]
Compute = Callable[["World", dict[str, Any]], Any]

FIELDS: dict[str, dict[str, Compute]] = {}
# Shown as they are: what they hold was rendered before (events), or is the application's own (metadata).
VERBATIM = {"event": frozenset(("data",))}
NOTHING: frozenset[str] = frozenset()


def field(kind: str, name: str) -> Callable[[Compute], Compute]:
    """Register how a field of a kind is computed. What it returns may hold records and ids; both are rendered."""

    def register(compute: Compute) -> Compute:
        FIELDS.setdefault(kind, {})[name] = compute
        return compute

    return register


def render(world: World, value: Any, tree: Tree) -> Any:
    """The value as JSON, with the paths of `tree` expanded."""
    if isinstance(value, list):
        return [render(world, item, tree) for item in value]
    if isinstance(value, dict):
        return _render_object(world, value, tree)
    if tree and isinstance(value, str):
        record = world.peek(value)
        if record is not None:
            return _render_object(world, record, tree)
    return value


def _render_object(world: World, record: dict[str, Any], tree: Tree) -> dict[str, Any]:
    kind = record.get("object")
    if not isinstance(kind, str):
        return {name: _render_field(world, name, value, tree) for name, value in record.items()}
    if record.get("deleted"):
        return dict(record)
    includable = INCLUDABLE.get(kind, NOTHING)
    computed = FIELDS.get(kind, {})
    verbatim = VERBATIM.get(kind, NOTHING)
    shown: dict[str, Any] = {}
    for name, value in record.items():
        if name.startswith("_") or name in includable or name in computed:
            continue
        shown[name] = value if name in verbatim else _render_field(world, name, value, tree)
    for name, compute in computed.items():
        if name not in includable or name in tree:
            shown[name] = _render_field(world, name, compute(world, record), tree)
    for name in includable & tree.keys() - computed.keys():
        value = record[name] if name in record else blank_field(kind, name)
        shown[name] = _render_field(world, name, value, tree)
    return shown


def _render_field(world: World, name: str, value: Any, tree: Tree) -> Any:
    if name == "metadata":
        return copy(value)
    if name in tree:
        return render(world, value, tree[name] or _ASKED)
    return render(world, value, {}) if isinstance(value, dict | list) else value


# A subtree that is asked for and has nothing below it: not empty, so that an id at this place is expanded.
_ASKED: Tree = {"": {}}


def list_object(data: list[Any], url: str, has_more: bool = False) -> dict[str, Any]:
    """Stripe's list."""
    return {"object": "list", "data": data, "has_more": has_more, "url": url}


def difference(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """`previous_attributes`: what changed, with the old values; hashes by key, lists whole, new keys as null."""
    previous: dict[str, Any] = {}
    for name in [*after, *(name for name in before if name not in after)]:
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        if isinstance(old, dict) and isinstance(new, dict) and old.get("object") != "list":
            previous[name] = difference(old, new)
        else:
            previous[name] = old
    return previous

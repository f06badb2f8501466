"""The simulated account as one unit of change sees it. Everything that objects do, they do through a World.

A call gets one, a piece of due work gets one, a page opens one with `sandbox.work()`. What is changed in it
is committed together, events and deliveries included, or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from sandbox import errors, events, identifiers, rendering, skeletons
from sandbox.clock import MAIN, due_id
from sandbox.shapes import Shapes
from sandbox.store import Record, Unit

if TYPE_CHECKING:
    from sandbox.routing import Call

Condition = Callable[[Record], bool]


class World:
    """`now` is this unit's time: the sandbox's, or that of the test clock after `follow`."""

    def __init__(self, unit: Unit, now: int, call: Call | None = None, test_clock: str | None = None) -> None:
        self.unit = unit
        self.now = now
        self.call = call
        self.test_clock = test_clock
        self._told: dict[str, Record] = {}

    @property
    def base_url(self) -> str:
        """Where the sandbox is served: for addresses of its pages."""
        return self.unit.store.base_url

    # -- making and finding ----------------------------------------------------------------------------------

    def new(self, kind: str, /, **fields: Any) -> Record:
        """Make an object: its skeleton, an id, `created`, and `fields`; kept with the unit."""
        known = Shapes.load().schemas[Shapes.load().by_object[kind]]["properties"]
        fields.setdefault("id", identifiers.new_id(kind))
        if "created" in known:
            fields.setdefault("created", self.now)
        if "test_clock" in known and self.test_clock:
            fields.setdefault("test_clock", self.test_clock)
        record = skeletons.build(kind, **fields)
        self.unit.add(record)
        return record

    def get(self, kind: str, object_id: str, param: str | None = None) -> Record:
        """The object to read or change. Missing or deleted: Stripe's 404, or 400 naming the parameter that
        held the id.
        """
        record = self.unit.get(object_id)
        if record is None or record["object"] != kind or record.get("deleted"):
            raise errors.missing(kind, object_id, param)
        return record

    def find(self, object_id: str | None) -> Record | None:
        """The object to change, or None if there is none or it was deleted."""
        record = self.unit.get(object_id) if object_id else None
        return None if record is None or record.get("deleted") else record

    def peek(self, object_id: str | None) -> Record | None:
        """The object to look at, a tombstone included. Not to be changed: it may be the committed record itself."""
        return self.unit.peek(object_id) if object_id else None

    def scan(self, kind: str, newest_first: bool = False, **equal: Any) -> Iterator[Record]:
        """All objects of a kind whose fields equal those given, to look at."""
        for record in self.unit.scan(kind, newest_first):
            if all(record.get(name) == value for name, value in equal.items()):
                yield record

    def select(self, kind: str, **equal: Any) -> list[Record]:
        """The same, oldest first, to change."""
        return [self.unit.get(record["id"]) or record for record in list(self.scan(kind, **equal))]

    def changed(self, record: Record) -> bool:
        """Whether a record differs from what was committed."""
        return record != self.unit.base(record["id"])

    def delete(self, record: Record) -> Record:
        """Delete an object; what is left, and returned, is Stripe's `{"id", "object", "deleted": true}`."""
        self.unit.delete(record)
        return {"id": record["id"], "object": record["object"], "deleted": True}

    # -- telling ---------------------------------------------------------------------------------------------

    def render(self, value: Any, tree: rendering.Tree | None = None) -> Any:
        """What a caller sees of an object, with the paths of `tree` expanded."""
        return rendering.render(self, value, tree or {})

    def emit(self, event_type: str, record: Record, previous: dict[str, Any] | None = None) -> Record | None:
        """Make an event about an object as it is now, with its deliveries.

        For types that end in `.updated`, `previous_attributes` is worked out against what was last told of
        the object (an earlier event of this unit, else the committed state); if nothing changed there is no
        event, and None.
        """
        shown = self.render(record)
        if previous is None and event_type.endswith(events.COMPARED):
            previous = rendering.difference(self._last_told(record["id"]), shown)
            if not previous:
                return None
        self._told[record["id"]] = shown
        return events.create(self, event_type, shown, previous)

    def _last_told(self, record_id: str) -> Record:
        if record_id in self._told:
            return self._told[record_id]
        before = self.unit.base(record_id)
        return World(self.unit.store.unit(), self.now).render(before) if before else {}

    # -- time ------------------------------------------------------------------------------------------------

    def follow(self, record: Record) -> None:
        """From here on this unit lives in the time of the object's test clock, if it has one; due work does already."""
        clock = self.peek(record.get("test_clock"))
        if clock is not None and not clock.get("deleted") and clock["id"] != self.test_clock:
            self.test_clock, self.now = clock["id"], clock["frozen_time"]

    def schedule(self, at: int, verb: str, object_id: str) -> None:
        """At `at`, do `verb` to the object, on the clock of this unit. Scheduling the same again moves it."""
        entry_id = due_id(verb, object_id)
        self.unit.add(
            {
                "id": entry_id,
                "object": "_due",
                "at": at,
                "verb": verb,
                "target": object_id,
                "clock": self.test_clock or MAIN,
            }
        )

    def unschedule(self, verb: str, object_id: str) -> None:
        entry = self.unit.peek(due_id(verb, object_id))
        if entry is not None:
            self.unit.delete(entry)

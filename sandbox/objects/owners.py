"""Who is told when an intent has come to an end, good or bad: the invoice or the Checkout session that it is for.

An intent made with `owner=record` remembers its id; the owner's module registers what happens then:

    @owners.watcher("invoice")
    def follow_payment(world: World, invoice: Record, intent: Record) -> None: ...

It is called in the same unit, after the intent's own events, whenever the intent's status has become `succeeded`,
`processing`, `requires_action`, `requires_capture`, `canceled`, or `requires_payment_method` again after a failure.
"""

from __future__ import annotations

from collections.abc import Callable

from sandbox.store import Record
from sandbox.world import World

Watcher = Callable[[World, Record, Record], None]

WATCHERS: dict[str, Watcher] = {}


def watcher(kind: str) -> Callable[[Watcher], Watcher]:
    """Register who is told for owners of a kind."""

    def register(watch: Watcher) -> Watcher:
        WATCHERS[kind] = watch
        return watch

    return register


def find(world: World, intent: Record) -> Record | None:
    """The owner of an intent, to change."""
    return world.find(intent.get("_owner"))


def tell(world: World, intent: Record) -> None:
    owner = find(world, intent)
    if owner is not None and owner["object"] in WATCHERS:
        WATCHERS[owner["object"]](world, owner, intent)

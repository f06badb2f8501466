"""Invoices that are not: what a renewal or a change would cost. It is done on a scratch copy and thrown away.

https://docs.stripe.com/api/invoices/create_preview
"""

from __future__ import annotations

from collections.abc import Callable

from sandbox import identifiers
from sandbox.store import Record
from sandbox.world import World

Work = Callable[[World], Record]


def imagine(world: World, work: Work, at: int | None = None) -> Record:
    """The invoice that some work would make, at a later time if given. Nothing of it stays.

    It begins from what is committed: imagine before anything is changed.
    """
    scratch = World(world.unit.store.unit(), world.now if at is None else at, None, world.test_clock)
    invoice = work(scratch)
    invoice["id"] = "upcoming_" + identifiers.new_id("invoice")
    invoice["billing_reason"] = "upcoming"
    for line in invoice["_lines"]:
        line["invoice"] = invoice["id"]
    return invoice

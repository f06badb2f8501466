"""Invoices that are not: what a renewal or a change would cost. It is done on a scratch copy and thrown away.

https://docs.stripe.com/api/invoices/create_preview
"""

from __future__ import annotations

from collections.abc import Callable

from sandbox import identifiers, skeletons
from sandbox.objects.invoices import totals
from sandbox.store import Record
from sandbox.world import World

# What an invoice has only when it is real and final.
NOT_YET: Record = {
    "amount_paid": 0,
    "attempt_count": 0,
    "attempted": False,
    "auto_advance": False,
    "automatically_finalizes_at": None,
    "billing_reason": "upcoming",
    "effective_at": None,
    "hosted_invoice_url": None,
    "invoice_pdf": None,
    "number": None,
    "status": "draft",
    "_payment_intent": None,
    "_payments": [],
}

Work = Callable[[World], Record | None]


def imagine(world: World, work: Work, at: int | None = None) -> Record | None:
    """The invoice that some work would make, at a later time if given; None for none. Nothing of it stays.

    It begins from what is committed: imagine before anything is changed.
    """
    scratch = World(world.unit.store.unit(), world.now if at is None else at, None, world.test_clock)
    invoice = work(scratch)
    if invoice is None:
        return None
    invoice |= NOT_YET | {"id": "upcoming_" + identifiers.new_id("invoice"), "ending_balance": None}
    invoice["status_transitions"] = skeletons.build("invoices_resource_status_transitions")
    totals.apply_balance(invoice)
    for line in invoice["_lines"]:
        line["invoice"] = invoice["id"]
    return invoice

"""The calls on credit notes. https://docs.stripe.com/api/credit_notes"""

from __future__ import annotations

from typing import Any

from sandbox import errors
from sandbox.lists import cut, page
from sandbox.objects.credit_notes.issue import issue, set_due
from sandbox.parameters import assign
from sandbox.rendering import field, list_object
from sandbox.routing import Call, operation
from sandbox.store import Record
from sandbox.world import World

KIND = "credit_note"


@field(KIND, "lines")
def show_lines(world: World, note: Record) -> dict[str, Any]:
    lines = note["_lines"]
    return list_object(lines[:10], f"/v1/credit_notes/{note['id']}/lines", len(lines) > 10)


@operation("POST", "/v1/credit_notes")
def create(world: World, call: Call) -> Record:
    return issue(world, _invoice(world, call), call.params)


@operation("GET", "/v1/credit_notes/preview")
def show_preview(world: World, call: Call) -> Record:
    """What a credit note would be, without issuing it."""
    scratch = World(world.unit.store.unit(), world.now)
    return issue(scratch, _invoice(scratch, call), call.params)


@operation("GET", "/v1/credit_notes/preview/lines")
def list_preview_lines(world: World, call: Call) -> dict[str, Any]:
    return cut(call, "credit_note_line_item", show_preview(world, call)["_lines"])


def _invoice(world: World, call: Call) -> Record:
    for name in ("shipping_cost", "email_type"):
        if call.params.get(name) not in (None, "none"):
            raise errors.not_played(f"`{name}` on a credit note")
    invoice = world.get("invoice", call.params["invoice"], "invoice")
    world.follow(world.peek(invoice["customer"]) or {})
    return invoice


@operation("GET", "/v1/credit_notes")
def list_all(world: World, call: Call) -> dict[str, Any]:
    return page(world, call, KIND)


@operation("GET", "/v1/credit_notes/{id}")
def retrieve(world: World, call: Call) -> Record:
    return world.get(KIND, call.id)


@operation("GET", "/v1/credit_notes/{credit_note}/lines")
def list_lines(world: World, call: Call) -> dict[str, Any]:
    return cut(call, "credit_note_line_item", world.get(KIND, call.id)["_lines"])


@operation("POST", "/v1/credit_notes/{id}")
def update(world: World, call: Call) -> Record:
    note = world.get(KIND, call.id)
    assign(note, call.params, "memo", "metadata")
    world.emit("credit_note.updated", note)
    return note


@operation("POST", "/v1/credit_notes/{id}/void")
def void(world: World, call: Call) -> Record:
    """Only on an invoice that is still open: it owes again what it owed. https://docs.stripe.com/api/credit_notes/void"""
    note = world.get(KIND, call.id)
    invoice = world.get("invoice", note["invoice"])
    world.follow(world.peek(invoice["customer"]) or {})
    if note["status"] != "issued" or note["type"] != "pre_payment" or invoice["status"] != "open":
        raise errors.invalid("You can only void an issued credit note of an open invoice.")
    note |= {"status": "void", "voided_at": world.now}
    world.emit("credit_note.voided", note)
    invoice["pre_payment_credit_notes_amount"] -= note["pre_payment_amount"]
    set_due(world, invoice, note["pre_payment_amount"])
    world.emit("invoice.updated", invoice)
    return note

"""Lines of a draft, several at a time: added, changed, taken away. Each stands for an invoice item.

https://docs.stripe.com/api/invoice-line-item/bulk
"""

from __future__ import annotations

from typing import Any

from sandbox import errors
from sandbox.objects import invoiceitems
from sandbox.objects.invoices import drafts, lines
from sandbox.parameters import assign
from sandbox.routing import Call, operation
from sandbox.store import Record
from sandbox.world import World

INVOICE = "/v1/invoices/{invoice}"


def _draft(world: World, call: Call) -> Record:
    invoice = drafts.editable(world, call.id, None)
    world.follow(invoice)
    return invoice


def _finish(world: World, invoice: Record, params: dict[str, Any]) -> Record:
    if "invoice_metadata" in params:
        assign(invoice, {"metadata": params["invoice_metadata"]}, "metadata")
    invoiceitems.recompute(world, invoice)
    return invoice


@operation("POST", f"{INVOICE}/add_lines")
def add_lines(world: World, call: Call) -> Record:
    invoice = _draft(world, call)
    for index, given in enumerate(call.params["lines"]):
        item = _take(world, invoice, given, f"lines[{index}]")
        invoice["_lines"].append(lines.for_invoice_item(world, item))
    return _finish(world, invoice, call.params)


def _take(world: World, invoice: Record, given: dict[str, Any], param: str) -> Record:
    """The pending item that is named, or a new one."""
    _refuse_not_played(given)
    if "invoice_item" not in given:
        customer = world.get("customer", invoice["customer"])
        return invoiceitems.add(world, customer, given | {"currency": invoice["currency"]})
    item = world.get("invoiceitem", given["invoice_item"], f"{param}[invoice_item]")
    if item["invoice"] or item["customer"] != invoice["customer"]:
        raise errors.invalid("The invoice item is not pending for this customer.", f"{param}[invoice_item]")
    invoiceitems.change(world, item, {name: value for name, value in given.items() if name != "invoice_item"})
    return item


def _refuse_not_played(given: dict[str, Any]) -> None:
    if given.get("tax_amounts"):
        raise errors.not_played("`tax_amounts` of a line; give tax rates instead")


@operation("POST", f"{INVOICE}/update_lines")
def update_lines(world: World, call: Call) -> Record:
    invoice = _draft(world, call)
    for index, given in enumerate(call.params["lines"]):
        changed = {name: value for name, value in given.items() if name != "id"}
        _change(world, invoice, given["id"], changed, f"lines[{index}][id]")
    return _finish(world, invoice, call.params)


@operation("POST", f"{INVOICE}/lines/{{line_item_id}}")
def update(world: World, call: Call) -> Record:
    """One line; what is answered is the line."""
    invoice = _draft(world, call)
    line_id = call.ids["line_item_id"]
    _change(world, invoice, line_id, call.params, None)
    invoiceitems.recompute(world, invoice)
    return _find(invoice, line_id, None)


def _change(world: World, invoice: Record, line_id: str, given: dict[str, Any], param: str | None) -> None:
    _refuse_not_played(given)
    item = _item(world, _find(invoice, line_id, param))
    invoiceitems.change(world, item, given)
    invoiceitems.replace(world, invoice, item)


def _find(invoice: Record, line_id: str, param: str | None) -> Record:
    for line in invoice["_lines"]:
        if line["id"] == line_id:
            found: Record = line
            return found
    raise errors.missing("line_item", line_id, param)


def _item(world: World, line: Record) -> Record:
    item = world.find(drafts.item_of(line))
    if item is None:
        raise errors.not_played("changing or removing the lines of a subscription on its draft")
    return item


@operation("POST", f"{INVOICE}/remove_lines")
def remove_lines(world: World, call: Call) -> Record:
    """Deleted for good, or pending again."""
    invoice = _draft(world, call)
    for index, given in enumerate(call.params["lines"]):
        line = _find(invoice, given["id"], f"lines[{index}][id]")
        item = _item(world, line)
        invoice["_lines"] = [one for one in invoice["_lines"] if one["id"] != line["id"]]
        if given["behavior"] == "delete":
            world.emit("invoiceitem.deleted", item)
            world.delete(item)
        else:
            item["invoice"] = None
    return _finish(world, invoice, call.params)

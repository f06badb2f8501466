"""Issuing a credit note: less to pay on an open invoice, money or credit back on a paid one.

https://docs.stripe.com/invoicing/integration/programmatic-credit-notes
"""

from __future__ import annotations

from typing import Any

from sandbox import errors
from sandbox.objects import amounts, customer_balances, payment_intents, refunds
from sandbox.objects.credit_notes import lines
from sandbox.objects.invoices import collect
from sandbox.objects.invoices.totals import sum_taxes
from sandbox.parameters import assign, merge_metadata
from sandbox.store import Record
from sandbox.world import World

CREDITABLE = ("open", "paid", "uncollectible")


def issue(world: World, invoice: Record, params: dict[str, Any]) -> Record:
    """Issue a credit note with the parameters of the API, and carry it out."""
    if invoice["status"] not in CREDITABLE:
        raise errors.invalid(
            "You can only create credit notes for open, paid or uncollectible invoices. This one is "
            f"{invoice['status']}.",
            "invoice",
        )
    note = _draw_up(world, invoice, lines.make_all(world, invoice, params), params)
    _check_total(world, invoice, note)
    before = min(note["total"], invoice["amount_remaining"] if invoice["status"] != "paid" else 0)
    note |= {"pre_payment_amount": before, "post_payment_amount": note["total"] - before}
    note["type"] = "pre_payment" if before == note["total"] else "mixed" if before else "post_payment"
    _check_parts(world, note, params)
    _give_back(world, invoice, note, params)
    world.emit("credit_note.created", note)
    _lower(world, invoice, note)
    return note


def _draw_up(world: World, invoice: Record, made: list[Record], params: dict[str, Any]) -> Record:
    amount = sum(line["amount"] for line in made)
    discount = sum(line["discount_amount"] for line in made)
    exclusive = sum(lines.tax_of(line, "exclusive") for line in made)
    inclusive = sum(lines.tax_of(line, "inclusive") for line in made)
    count = 1 + sum(1 for _ in world.scan("credit_note", invoice=invoice["id"]))
    note = world.new(
        "credit_note",
        amount=amount - discount + exclusive,
        currency=invoice["currency"],
        customer=invoice["customer"],
        discount_amount=discount,
        discount_amounts=[part for line in made for part in line["discount_amounts"]],
        effective_at=params.get("effective_at", world.now),
        invoice=invoice["id"],
        metadata=merge_metadata({}, params.get("metadata")),
        number=f"{invoice['number']}-CN-{count:02d}",
        out_of_band_amount=params.get("out_of_band_amount"),
        pdf=invoice["invoice_pdf"] or "",  # the sandbox draws no document of its own for it
        status="issued",
        subtotal=amount,
        subtotal_excluding_tax=amount - inclusive,
        total=amount - discount + exclusive,
        total_excluding_tax=amount - discount - inclusive,
        total_taxes=sum_taxes(made),
        _lines=made,
    )
    assign(note, params, "memo", "reason")
    return note


def _check_total(world: World, invoice: Record, note: Record) -> None:
    notes = world.scan("credit_note", invoice=invoice["id"], status="issued")
    earlier = sum(other["total"] for other in notes if other["id"] != note["id"])
    if note["total"] + earlier > invoice["total"]:
        left = amounts.write(invoice["total"] - earlier, invoice["currency"])
        raise errors.invalid(
            f"The credit note may not exceed what is left of the invoice's total, {left}.", "amount"
        )


def _check_parts(world: World, note: Record, params: dict[str, Any]) -> None:
    """What was paid already must be given back in full, one way or another."""
    parts = sum(params.get(name) or 0 for name in ("refund_amount", "credit_amount", "out_of_band_amount"))
    for index, given in enumerate(params.get("refunds") or ()):
        if "refund" not in given:
            raise errors.not_played(f"`refunds[{index}]` without a refund")
        refund = world.get("refund", given["refund"], f"refunds[{index}][refund]")
        parts += given.get("amount_refunded", refund["amount"])
    if parts != note["post_payment_amount"]:
        given_words, wanted = (
            amounts.write(n, note["currency"]) for n in (parts, note["post_payment_amount"])
        )
        raise errors.invalid(
            f"The sum of credit amount, refund amount and out of band amount ({given_words}) must equal the post "
            f"payment credit note amount ({wanted})."
        )


def _give_back(world: World, invoice: Record, note: Record, params: dict[str, Any]) -> None:
    for given in params.get("refunds") or ():
        refund = world.get("refund", given["refund"])
        _note_refund(note, refund["id"], given.get("amount_refunded", refund["amount"]))
    if params.get("refund_amount"):
        intent = world.peek(invoice["_payment_intent"]) or {}
        charge = world.find(intent.get("latest_charge"))
        if charge is None:
            raise errors.invalid("This invoice has no payment that could be refunded.", "refund_amount")
        refund = refunds.make(world, charge, params["refund_amount"])
        _note_refund(note, refund["id"], refund["amount"])
    if params.get("credit_amount"):
        customer = world.get("customer", invoice["customer"])
        credit, currency = -params["credit_amount"], invoice["currency"]
        moved = customer_balances.adjust(
            world, customer, credit, currency, "credit_note", credit_note=note["id"]
        )
        note["customer_balance_transaction"] = moved["id"]


def _note_refund(note: Record, refund_id: str, amount: int) -> None:
    entry = {"amount_refunded": amount, "payment_record_refund": None, "refund": refund_id, "type": "refund"}
    note["refunds"].append(entry)


def _lower(world: World, invoice: Record, note: Record) -> None:
    """The invoice owes less, and is paid if it owes nothing any more."""
    invoice["pre_payment_credit_notes_amount"] += note["pre_payment_amount"]
    invoice["post_payment_credit_notes_amount"] += note["post_payment_amount"]
    set_due(world, invoice, -note["pre_payment_amount"])
    if invoice["status"] != "paid" and invoice["amount_remaining"] == 0:
        intent = world.find(invoice["_payment_intent"])
        if intent is not None and intent["status"] not in ("succeeded", "canceled"):
            invoice["_payment_intent"] = None
            payment_intents.cancel(world, intent, "automatic")
        collect.settle(world, invoice)
    else:
        world.emit("invoice.updated", invoice)


def set_due(world: World, invoice: Record, difference: int) -> None:
    """Change what an invoice still owes, and its intent with it."""
    invoice["amount_due"] += difference
    invoice["amount_remaining"] += difference
    intent = world.find(invoice["_payment_intent"])
    if intent is not None and difference and invoice["amount_remaining"]:
        intent["amount"] = invoice["amount_remaining"]

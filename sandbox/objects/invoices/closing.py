"""Giving up on an open invoice: void it, or write it off as uncollectible."""

from __future__ import annotations

from sandbox.errors import StripeError
from sandbox.objects import payment_intents
from sandbox.objects.invoices import finalize, outcomes
from sandbox.store import Record
from sandbox.world import World

VERBS = ("invoice.retry", "invoice.overdue", "invoice.finalize")


def void(world: World, invoice: Record) -> None:
    """As if it had never been; the customer's balance is given back. https://docs.stripe.com/api/invoices/void"""
    if invoice["status"] not in ("open", "uncollectible"):
        raise StripeError(
            f"You can only pass in open or uncollectible invoices. This invoice is {invoice['status']}.",
            code="invoice_not_editable",
        )
    customer = world.find(invoice["customer"])
    _stop(world, invoice, "void")
    invoice["status_transitions"]["voided_at"] = world.now
    world.emit("invoice.voided", invoice)
    if customer is not None and invoice["ending_balance"] is not None:
        used = invoice["ending_balance"] - invoice["starting_balance"]
        finalize.move_balance(world, customer, -used, "unapplied_from_invoice", invoice)
    release_payment(world, invoice)
    outcomes.tell(world, "voided", invoice)


def write_off(world: World, invoice: Record) -> None:
    """Nobody expects it to be paid, though it still may be."""
    if invoice["status"] != "open":
        raise StripeError(
            f"You can only mark open invoices as uncollectible. This invoice is {invoice['status']}.",
            code="invoice_not_editable",
        )
    _stop(world, invoice, "uncollectible")
    invoice["status_transitions"]["marked_uncollectible_at"] = world.now
    world.emit("invoice.marked_uncollectible", invoice)
    outcomes.tell(world, "uncollectible", invoice)


def _stop(world: World, invoice: Record, status: str) -> None:
    for verb in VERBS:
        world.unschedule(verb, invoice["id"])
    invoice |= {"status": status, "auto_advance": False, "next_payment_attempt": None}


def release_payment(world: World, invoice: Record) -> None:
    """Its intent and its place among the payments are cancelled with it."""
    for payment_id in invoice["_payments"]:
        payment = world.get("invoice_payment", payment_id)
        if payment["status"] == "open":
            payment["status"] = "canceled"
            payment["status_transitions"]["canceled_at"] = world.now
    intent = world.find(invoice["_payment_intent"])
    if intent is not None and intent["status"] not in ("succeeded", "canceled", "processing"):
        payment_intents.cancel(world, intent, "void_invoice")

"""The calls of the invoices API that take an invoice from one state to the next.

https://docs.stripe.com/invoicing/integration/workflow-transitions
"""

from __future__ import annotations

from typing import Any

from sandbox import errors, lists
from sandbox.errors import StripeError
from sandbox.objects import payment_methods
from sandbox.objects.invoices import closing, collect, drafts, finalize
from sandbox.routing import Call, operation
from sandbox.search import search
from sandbox.store import Record
from sandbox.world import World


def load(world: World, call: Call) -> Record:
    """The invoice in the path, in its own time."""
    invoice = world.get("invoice", call.id)
    world.follow(invoice)
    return invoice


@operation("GET", "/v1/invoices/{invoice}")
def retrieve(world: World, call: Call) -> Record:
    return world.get("invoice", call.id)


@operation("GET", "/v1/invoices")
def list_all(world: World, call: Call) -> dict[str, Any]:
    return lists.page(
        world, call, "invoice", subscription=lambda invoice, wanted: drafts.subscription_of(invoice) == wanted
    )


@operation("GET", "/v1/invoices/search")
def search_all(world: World, call: Call) -> dict[str, Any]:
    return search(world, call, "invoice")


@operation("GET", "/v1/invoices/{invoice}/lines")
def list_lines(world: World, call: Call) -> dict[str, Any]:
    """In the invoice's own order, which is not by time."""
    return lists.cut(call, "line_item", world.get("invoice", call.id)["_lines"])


@operation("GET", "/v1/invoice_payments")
def list_payments(world: World, call: Call) -> dict[str, Any]:
    return lists.page(
        world, call, "invoice_payment", payment=lambda held, wanted: _is_by(held["payment"], wanted)
    )


def _is_by(held: Record, wanted: Record) -> bool:
    return all(held.get(name) == value for name, value in wanted.items())


@operation("GET", "/v1/invoice_payments/{invoice_payment}")
def retrieve_payment(world: World, call: Call) -> Record:
    return world.get("invoice_payment", call.id)


@operation("POST", "/v1/invoices/{invoice}/finalize")
def finalize_one(world: World, call: Call) -> Record:
    """With `auto_advance` it is also collected by itself, an hour later; else only when told."""
    invoice = load(world, call)
    invoice["auto_advance"] = call.params.get("auto_advance", invoice["auto_advance"])
    finalize.finalize(world, invoice)
    if invoice["status"] == "open" and invoice["auto_advance"]:
        world.schedule(world.now + drafts.GRACE, "invoice.collect", invoice["id"])
    return invoice


@operation("POST", "/v1/invoices/{invoice}/pay")
def pay(world: World, call: Call) -> Record:
    """Collect now. A decline is the call's error; the invoice stays open and the attempt is kept."""
    invoice, params = load(world, call), call.params
    for name in ("source", "mandate", "forgive"):
        if params.get(name):
            raise errors.not_played(f"`{name}` when paying an invoice")
    _check_payable(invoice)
    if invoice["status"] == "draft":
        finalize.finalize(world, invoice)
        if invoice["status"] == "paid":
            return invoice
    if params.get("paid_out_of_band"):
        pay_elsewhere(world, invoice)
        return invoice
    _charge(world, invoice, params)
    return invoice


def _check_payable(invoice: Record) -> None:
    if invoice["status"] == "paid":
        raise StripeError("Invoice is already paid")
    if invoice["status"] == "void":
        raise StripeError("Voided invoices cannot be paid.", code="invoice_not_editable")


def pay_elsewhere(world: World, invoice: Record) -> None:
    """The money came outside of Stripe: its intent is given up."""
    invoice["_out_of_band"] = True
    closing.release_payment(world, invoice)
    collect.settle(world, invoice)


def _charge(world: World, invoice: Record, params: dict[str, Any]) -> None:
    method_id = collect.default_method(world, invoice)
    if params.get("payment_method"):
        method = payment_methods.resolve(world, params["payment_method"], "payment_method")
        payment_methods.attach_to(world, method, invoice["customer"])
        method_id = method["id"]
    if method_id is None:
        raise errors.invalid(
            "There is no `default_payment_method` set on this Customer or Invoice. Please set a default "
            "payment method or pass one.",
            code="invoice_payment_intent_requires_action",
        )
    off_session = params.get("off_session", True)
    collect.attempt(world, invoice, method_id, off_session=off_session, automatic=False)
    intent = world.get("payment_intent", invoice["_payment_intent"])
    if intent["status"] not in ("succeeded", "processing"):
        raise collect.refusal(world, invoice)


@operation("POST", "/v1/invoices/{invoice}/void")
def void(world: World, call: Call) -> Record:
    invoice = load(world, call)
    closing.void(world, invoice)
    return invoice


@operation("POST", "/v1/invoices/{invoice}/mark_uncollectible")
def mark_uncollectible(world: World, call: Call) -> Record:
    invoice = load(world, call)
    closing.write_off(world, invoice)
    return invoice


@operation("POST", "/v1/invoices/{invoice}/send")
def send(world: World, call: Call) -> Record:
    """Only those that are sent, rather than charged. https://docs.stripe.com/api/invoices/send"""
    invoice = load(world, call)
    if invoice["collection_method"] != "send_invoice":
        raise errors.invalid(
            "You can only manually send an invoice if its collection method is 'send_invoice'.",
        )
    if invoice["status"] == "draft":
        finalize.finalize(world, invoice)
    collect.send(world, invoice)
    return invoice

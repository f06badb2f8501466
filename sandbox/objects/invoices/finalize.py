"""From draft to open: the number, the balance, the payment intent. What costs nothing is paid at once.

https://docs.stripe.com/invoicing/integration/workflow-transitions
"""

from __future__ import annotations

from sandbox import identifiers, skeletons
from sandbox.clock import due
from sandbox.errors import StripeError
from sandbox.objects import amounts, customer_balances, payment_intents
from sandbox.objects.invoices import automatic_tax, collect, drafts, outcomes, totals
from sandbox.store import Record
from sandbox.world import World

PURPOSES = {
    "subscription_create": "Subscription creation",
    "subscription_cycle": "Subscription update",
    "subscription_update": "Subscription update",
}


@due("invoice.finalize")
def advance(world: World, invoice_id: str) -> None:
    """The draft's hour is over: finalize it and collect."""
    invoice = world.find(invoice_id)
    if invoice is not None and invoice["status"] == "draft" and invoice["auto_advance"]:
        finalize(world, invoice)
        collect.begin(world, invoice)


def finalize(world: World, invoice: Record, paid_with: Record | None = None) -> None:
    """Make a draft final. It may be paid afterwards: there was nothing to collect.

    `paid_with` is the intent that has paid it already: no balance counts, and no other intent is made.
    """
    if invoice["status"] != "draft":
        raise StripeError(
            "This invoice is already finalized, you can't re-finalize a non-draft invoice.",
            code="invoice_not_editable",
        )
    customer = world.get("customer", invoice["customer"])
    automatic_tax.check(world, invoice, customer)
    invoice |= drafts.particulars(world, customer)
    invoice["starting_balance"] = customer["balance"] if paid_with is None else 0
    totals.compute(world, invoice)
    _number(invoice, customer)
    token = identifiers.random_text(40)
    invoice |= {
        "status": "open",
        "effective_at": invoice["effective_at"] or world.now,
        "automatically_finalizes_at": None,
        "hosted_invoice_url": f"{world.base_url}/i/{invoice['id']}/{token}",
        "invoice_pdf": f"{world.base_url}/i/{invoice['id']}/{token}/pdf",
        "_token": token,
    }
    invoice["status_transitions"]["finalized_at"] = world.now
    world.unschedule("invoice.finalize", invoice["id"])
    if paid_with is not None:
        invoice["ending_balance"] = 0
        _link_payment(world, invoice, paid_with)
    else:
        _use_balance(world, invoice, customer)
        if invoice["amount_due"]:
            _open_payment(world, invoice)
    world.emit("invoice.finalized", invoice)
    outcomes.tell(world, "finalized", invoice)
    if not invoice["amount_due"] and paid_with is None:
        collect.settle(world, invoice)


def _number(invoice: Record, customer: Record) -> None:
    """Numbers run per customer: the prefix, then a counter."""
    if invoice["number"] is None:
        invoice["number"] = f"{customer['invoice_prefix']}-{customer['next_invoice_sequence']:04d}"
        customer["next_invoice_sequence"] += 1


def _use_balance(world: World, invoice: Record, customer: Record) -> None:
    """Apply the customer's balance. What is too little to be charged is put on it.

    https://docs.stripe.com/billing/customer/balance
    """
    ending = totals.ending_balance(invoice)
    smallest = amounts.SMALLEST.get(invoice["currency"], 1)
    if invoice["collection_method"] == "charge_automatically" and 0 < invoice["amount_due"] < smallest:
        ending, invoice["amount_due"], invoice["amount_remaining"] = invoice["amount_due"], 0, 0
    invoice["ending_balance"] = ending
    move_balance(world, customer, ending - customer["balance"], "applied_to_invoice", invoice)


def move_balance(world: World, customer: Record, amount: int, reason: str, invoice: Record) -> None:
    """Change the customer's balance for an invoice: positive is owed, negative is credit."""
    if amount:
        customer_balances.adjust(world, customer, amount, invoice["currency"], reason, invoice=invoice["id"])


def _open_payment(world: World, invoice: Record) -> None:
    """The intent that the invoice is to be paid with."""
    types = tuple(invoice["payment_settings"]["payment_method_types"] or ("card",))
    purpose = PURPOSES.get(invoice["billing_reason"])
    intent = payment_intents.make(
        world,
        amount=invoice["amount_due"],
        currency=invoice["currency"],
        customer=invoice["customer"],
        payment_method=collect.default_method(world, invoice),
        types=types,
        owner=invoice,
        description=purpose or f"Payment for Invoice {invoice['number']}",
        setup_future_usage="off_session" if purpose == "Subscription creation" else None,
    )
    _link_payment(world, invoice, intent)


def _link_payment(world: World, invoice: Record, intent: Record) -> None:
    """An intent's place among the invoice's payments."""
    invoice["_payment_intent"] = intent["id"]
    payment = world.new(
        "invoice_payment",
        amount_requested=invoice["amount_due"],
        currency=invoice["currency"],
        invoice=invoice["id"],
        is_default=True,
        payment={"type": "payment_intent", "payment_intent": intent["id"]},
        status="open",
        status_transitions=skeletons.build("invoices_payments_invoice_payment_status_transitions"),
    )
    invoice["_payments"] = [payment["id"]]

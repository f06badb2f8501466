"""Getting an invoice paid: attempts by the clock or by a call, retries, and what is paid or has failed.

An invoice is paid in one place, `settle`; whatever its payment intent does is heard by `follow_payment`.
https://docs.stripe.com/billing/subscriptions/overview#payment-status
"""

from __future__ import annotations

from sandbox.clock import due
from sandbox.errors import StripeError
from sandbox.objects import billing_settings, failures, owners, payment_intents
from sandbox.objects.invoices import drafts, outcomes
from sandbox.store import Record
from sandbox.world import World

DAY = 24 * 3600


def begin(world: World, invoice: Record) -> None:
    """The first automatic step after finalization: charge, or send the invoice to the customer."""
    if invoice["status"] != "open":
        return
    if invoice["collection_method"] == "send_invoice":
        send(world, invoice)
    else:
        attempt(world, invoice, default_method(world, invoice))


def send(world: World, invoice: Record) -> None:
    if invoice["due_date"] and invoice["due_date"] > world.now:
        world.schedule(invoice["due_date"], "invoice.overdue", invoice["id"])
    world.emit("invoice.sent", invoice)


def default_method(world: World, invoice: Record) -> str | None:
    """The invoice's own payment method, else the subscription's, else the customer's default."""
    subscription = world.peek(drafts.subscription_of(invoice)) or {}
    customer = world.get("customer", invoice["customer"])
    method: str | None = (
        invoice["default_payment_method"]
        or subscription.get("default_payment_method")
        or customer["invoice_settings"]["default_payment_method"]
    )
    return method


def attempt(
    world: World, invoice: Record, method: str | None, *, off_session: bool = True, automatic: bool = True
) -> None:
    """Try to collect. Never raises for a decline: read the invoice's status, or the intent's error."""
    intent = world.get("payment_intent", invoice["_payment_intent"])
    invoice["_automatic"] = automatic
    if method is None:
        _fail(world, invoice)
    else:
        intent["payment_method"] = method
        payment_intents.attempt(world, intent, off_session=off_session)
    invoice["_automatic"] = False


def refusal(world: World, invoice: Record) -> StripeError:
    """The 402 for a call that has just failed to collect an invoice; what it changed is kept."""
    intent = world.get("payment_intent", invoice["_payment_intent"])
    if intent["last_payment_error"]:
        return failures.refusal(world, intent)
    of = "subscription" if drafts.subscription_of(invoice) else "invoice"
    return StripeError(
        f"Payment for this {of} requires additional user action before it can be completed successfully. Payment "
        f"can be completed using the PaymentIntent associated with the {of}.",
        status=402,
        kind="card_error",
        code=f"{of}_payment_intent_requires_action",
        keep=True,
        payment_intent=world.render(intent),
    )


@owners.watcher("invoice")
def follow_payment(world: World, invoice: Record, intent: Record) -> None:
    """The invoice's payment intent has changed: by an attempt of ours, by the buyer in his browser, by time."""
    if invoice["status"] not in ("open", "uncollectible") or intent["id"] != invoice["_payment_intent"]:
        return
    status = intent["status"]
    if status == "succeeded":
        settle(world, invoice, intent)
    elif status == "processing":
        _count(invoice)
        world.emit("invoice.updated", invoice)
        outcomes.tell(world, "processing", invoice)
    elif status == "requires_action":
        _require_action(world, invoice)
    elif status == "requires_payment_method":
        _fail(world, invoice)


def settle(world: World, invoice: Record, intent: Record | None = None) -> None:
    """Paid: by its intent, out of band, or because nothing was due. An invoice is paid once."""
    received = invoice["amount_due"] if intent or invoice.get("_out_of_band") else 0
    invoice |= {
        "status": "paid",
        "amount_paid": received,
        "amount_paid_off_stripe": received if invoice.get("_out_of_band") else 0,
        "amount_remaining": 0,
        "attempted": True,
        "auto_advance": False,
        "next_payment_attempt": None,
        "_paid_with": intent["payment_method"] if intent else None,
    }
    invoice["status_transitions"]["paid_at"] = world.now
    if intent:
        _count(invoice)
    world.unschedule("invoice.retry", invoice["id"])
    world.unschedule("invoice.overdue", invoice["id"])
    world.emit("invoice.updated", invoice)
    world.emit("invoice.paid", invoice)
    world.emit("invoice.payment_succeeded", invoice)
    if intent:
        _close_payment(world, invoice, intent)
    outcomes.tell(world, "paid", invoice)


def _close_payment(world: World, invoice: Record, intent: Record) -> None:
    for payment_id in invoice["_payments"]:
        payment = world.get("invoice_payment", payment_id)
        if payment["payment"].get("payment_intent") == intent["id"]:
            payment |= {"status": "paid", "amount_paid": intent["amount_received"]}
            payment["status_transitions"]["paid_at"] = world.now
            world.emit("invoice_payment.paid", payment)


def _count(invoice: Record) -> None:
    """Any attempt counts as the first, afterwards only automatic ones."""
    if invoice["attempt_count"] == 0 or invoice.get("_automatic"):
        invoice["attempt_count"] += 1
    invoice["attempted"] = True


def _require_action(world: World, invoice: Record) -> None:
    """The card wants its holder. An automatic attempt has failed by that too; one in the browser is under way."""
    if invoice.get("_automatic"):
        _count(invoice)
        _plan_retry(world, invoice)
        world.emit("invoice.updated", invoice)
    world.emit("invoice.payment_action_required", invoice)
    if invoice.get("_automatic"):
        world.emit("invoice.payment_failed", invoice)
        outcomes.tell(world, "failed", invoice)


def _fail(world: World, invoice: Record) -> None:
    _count(invoice)
    if invoice.get("_automatic"):
        _plan_retry(world, invoice)
    world.emit("invoice.updated", invoice)
    world.emit("invoice.payment_failed", invoice)
    outcomes.tell(world, "failed", invoice)


@due("invoice.collect")
def collect_due(world: World, invoice_id: str) -> None:
    """The hour after finalizing by hand is over."""
    invoice = world.find(invoice_id)
    if invoice is not None and invoice["auto_advance"] and not invoice["attempted"]:
        begin(world, invoice)


# -- time ----------------------------------------------------------------------------------------------------------


def _plan_retry(world: World, invoice: Record) -> None:
    """Renewals are tried again by the retry schedule; first invoices, which the buyer is at, are not, and that of an
    update that stands only if it is paid is left to him altogether."""
    if invoice.get("_tried_once"):
        invoice |= {"auto_advance": False, "next_payment_attempt": None}
        return
    pauses = billing_settings.read(world)["retry_after_days"]
    done = invoice.get("_retries", 0)
    if invoice["billing_reason"] not in ("subscription_cycle", "subscription_update") or done >= len(pauses):
        invoice["next_payment_attempt"] = None
        return
    invoice["_retries"] = done + 1
    invoice["next_payment_attempt"] = world.now + pauses[done] * DAY
    world.schedule(invoice["next_payment_attempt"], "invoice.retry", invoice["id"])


@due("invoice.retry")
def retry(world: World, invoice_id: str) -> None:
    invoice = world.find(invoice_id)
    if invoice is not None and invoice["status"] == "open" and invoice["auto_advance"]:
        attempt(world, invoice, default_method(world, invoice))


@due("invoice.overdue")
def fall_overdue(world: World, invoice_id: str) -> None:
    """A sent invoice was not paid by its due date."""
    invoice = world.find(invoice_id)
    if invoice is not None and invoice["status"] == "open":
        world.emit("invoice.overdue", invoice)
        outcomes.tell(world, "overdue", invoice)

"""What Stripe's events mean to the shop."""

from billing import limits
from billing.models import MirroredObject
from billing.webhooks.notices import Notice
from billing.webhooks.registry import on
from cart import alarms, cancellations, fulfilment, refunds, withdrawals
from cart.models import Alarm, Order

# Somebody with a drawer full of cards stays below; a list of stolen ones does not.
MOST_DECLINES = 10


@on(
    "payment_intent.succeeded",
    "payment_intent.processing",
    "payment_intent.canceled",
    "payment_intent.payment_failed",
    "payment_intent.requires_action",
)
def payment_moved(notice: Notice, guard: MirroredObject) -> None:
    """An order is paid, on its way, or not: its buyer gets a receipt once, and what took its place is canceled."""
    order = fulfilment.follow(guard)
    if order is not None:
        withdrawals.soon(order.purchase)


@on("payment_intent.payment_failed")
def declined(notice: Notice, guard: MirroredObject) -> None:
    """Who tries card after card, on one order or on many, is not let try for ever."""
    order = Order.objects.select_for_update().filter(payment_intent_id=guard.stripe_id).first()
    if order is None or order.state != Order.State.OPEN:
        return
    order.declines += 1
    order.save(update_fields=["declines"])
    user = order.cart.user_id
    payers = [order.begun_from] * bool(order.begun_from) + ([limits.user_of(user)] if user else [])
    if limits.declined(*payers) or order.declines >= MOST_DECLINES:
        cancellations.cancel(order, Order.Reason.DECLINES)
        withdrawals.soon(order.purchase)


@on("refund.created", "refund.updated", "refund.failed")
def money_went_back(notice: Notice, guard: MirroredObject) -> None:
    """A refund from the dashboard is noted as one that was given here, and the buyer is told once."""
    refunds.follow(guard)


@on(
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
)
def disputed(notice: Notice, guard: MirroredObject) -> None:
    """The buyer's bank wants the money back: staff answer that at Stripe."""
    order = Order.objects.filter(payment_intent_id=guard.data["payment_intent"] or None).first()
    if order is not None:
        Order.objects.filter(pk=order.pk).update(dispute=guard.data["status"])
        alarms.ring(Alarm.Kind.DISPUTED, guard.stripe_id, order, amount=guard.data["amount"])

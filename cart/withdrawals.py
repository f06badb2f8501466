"""What is left to be done at Stripe for orders that are not to be paid: their intents are canceled; what was paid
nevertheless counts, or goes back.

It follows from the rows, so it can be done after their commit, again, or by `expire_orders` when a process died.
"""

from uuid import UUID

import structlog
from django.db import transaction

from billing import errors as stripe_errors
from billing import gateway
from billing.models import MirroredObject
from cart import cancellations, payments, refunds
from cart.models import Order

logger = structlog.get_logger(__name__)

# Stripe will not make its intent any more, or has none.
NEVER_MADE = (
    stripe_errors.StoredFailure,
    stripe_errors.KeyReused,
    stripe_errors.Invalid,
    stripe_errors.NotFound,
)


def soon(purchase: UUID) -> None:
    """As soon as the present transaction is committed, do what is left for the orders of a purchase."""
    transaction.on_commit(lambda: carry_out_of(purchase), robust=True)


def carry_out_of(purchase: UUID) -> None:
    """Do what is left for the orders of a purchase. What Stripe does not let us do now is left for later."""
    for order in Order.objects.unsettled().filter(purchase=purchase):
        try:
            carry_out(order)
        except stripe_errors.BillingError as error:
            logger.warning("order not settled", order=str(order.uuid), code=error.code)


def carry_out(order: Order) -> None:
    """Bring an order that is canceled or returned to its end at Stripe. A second call does nothing.

    When it turns out that it was paid, that is what it is from now on, and what took its place ends; unless that was
    paid too: then this goes back. Raises `Unavailable`.
    """
    order.refresh_from_db()
    if order.state == Order.State.CANCELED and order.settled is None:
        _cancel(order)
    if order.state in Order.TAKEN:
        carry_out_of(order.purchase)
    elif order.state == Order.State.RETURNED and order.settled is None:
        refunds.give(order, order.refundable, None)


def _cancel(order: Order) -> None:
    if not order.payment_intent_id:
        _find_out(order)
    if order.payment_intent_id:
        try:
            payments.note(
                order, gateway.intents.cancel(order.payment_intent_id, key=_key(order.payment_intent_id))
            )
        except (stripe_errors.Invalid, stripe_errors.NotFound, stripe_errors.StoredFailure):
            payments.look_again(order)  # it is paid, or canceled already, or on its way
    if order.state == Order.State.CANCELED and order.settled is None:
        raise stripe_errors.Busy


def _key(payment_intent: str) -> str:
    """An idempotency key that stays the same until somebody has asked how the intent stands."""
    asked = MirroredObject.objects.filter(stripe_id=payment_intent).values_list("tickets", flat=True).first()
    return f"{payment_intent}:cancel:{asked or 0}"


def _find_out(order: Order) -> None:
    """Whether it has an intent. Somebody may be making it just now: with the same key they and we get the same one."""
    try:
        if not payments.is_stale(order):
            payments.begin(order)
            return
        made = payments.find(order)
    except NEVER_MADE:
        made = ""
    if made:
        payments.link(order, made)
        return
    with transaction.atomic():
        cancellations.settle(Order.objects.select_for_update().get(pk=order.pk))
    order.refresh_from_db()

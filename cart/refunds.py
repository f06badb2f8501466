"""Money that goes back for an order: given here, exactly once, or in Stripe's dashboard. Both end in the same rows."""

from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from accounts.models import User
from billing import errors as stripe_errors
from billing import gateway, mirror
from billing.gateway.client import Answer
from billing.models import MirroredObject
from billing.models.attempts import new_key
from cart import alarms, errors, mails, stock
from cart.models import Alarm, Order, Refund

logger = structlog.get_logger(__name__)

State = Refund.State

# One of which nobody has heard for so long, and Stripe neither, was never made.
PATIENCE = timedelta(minutes=2)


def give(order: Order, amount: int, by: User | None, seen: int | None = None) -> Refund:
    """Give an amount back, in the smallest unit. The same asked again while it is under way is the same refund.

    `seen` is how much has gone back as far as whoever asks knows, None if they do not say. Raises `RefundedMeanwhile`
    when it is more by now, `NotRefundable`, `RefundUnderWay`, and what Stripe says. Updates the given order too.
    """
    refund = _begin(order, amount, by, seen)
    try:
        carry_out(refund)
    finally:
        order.refresh_from_db()
    return refund


def _begin(order: Order, amount: int, by: User | None, seen: int | None) -> Refund:
    with transaction.atomic():
        locked = Order.objects.select_for_update().get(pk=order.pk)
        under_way = locked.refunds.left_behind().first()
        if under_way is not None:
            if under_way.amount != amount:
                raise errors.RefundUnderWay
            return under_way
        if seen not in (None, locked.refunded):
            raise errors.RefundedMeanwhile
        if not 0 < amount <= locked.refundable:
            raise errors.NotRefundable
        return Refund.objects.create(order=locked, amount=amount, by=by, key=new_key())


def carry_out(refund: Refund) -> None:
    """Let Stripe give it back, or find that it did. Raises `Unavailable`, and then it can be carried out again."""
    answer = _find(refund) or _create(refund)
    _note(mirror.record(mirror.of_answer(answer), refund.order.organization_id))
    refund.refresh_from_db()


def _note(guard: MirroredObject) -> None:
    with transaction.atomic():
        follow(MirroredObject.objects.select_for_update(no_key=True).get(pk=guard.pk))


def _create(refund: Refund) -> Answer:
    try:
        return gateway.refunds.create(str(refund.order.payment_intent_id), refund.amount, key=str(refund.key))
    except stripe_errors.StoredFailure as failure:
        if made := _find(refund, anyway=True):
            return made
        _give_up(refund, failure)
        raise
    except stripe_errors.Unavailable:
        raise
    except stripe_errors.BillingError as refusal:
        _give_up(refund, refusal)
        _look_again(refund.order)
        if isinstance(refusal, stripe_errors.Invalid):
            raise errors.NotRefundable from refusal  # it went back in the dashboard, or is disputed
        raise


def _find(refund: Refund, *, anyway: bool = False) -> Answer | None:
    """What an earlier try made without our hearing of it; looked for only where its key may not tell."""
    if not anyway and timezone.now() - refund.created < PATIENCE:
        return None
    for made in gateway.refunds.of(str(refund.order.payment_intent_id)):
        if made["metadata"].get(gateway.refunds.REFUND) == refund.key:
            return gateway.objects.fetch("refund", made["id"])
    return None


def _look_again(order: Order) -> None:
    """Note what went back without us. Of a second payment of which something is left, only staff can say what to do."""
    for made in gateway.refunds.of(str(order.payment_intent_id)):
        _note(mirror.pull("refund", made["id"], order.organization_id))
    left = Order.objects.filter(pk=order.pk, state=Order.State.RETURNED, settled=None).first()
    if left is not None:
        alarms.ring(Alarm.Kind.REFUND_FAILED, str(order.payment_intent_id), left, amount=left.refundable)
        Order.objects.filter(pk=left.pk).update(settled=timezone.now())


def _give_up(refund: Refund, error: stripe_errors.BillingError) -> None:
    Refund.objects.left_behind().filter(pk=refund.pk).update(state=State.FAILED, error=error.code)
    logger.warning("refund not given", refund=refund.pk, order=str(refund.order.uuid), code=error.code)


def follow(guard: MirroredObject) -> None:
    """Bring the rows to where a mirrored refund stands. In a transaction that has locked its guard."""
    found = Order.objects.filter(payment_intent_id=guard.data["payment_intent"] or None).first()
    if found is None:
        return
    order = Order.objects.select_for_update().get(pk=found.pk)
    refund, before = _row(order, guard)
    refund.stripe_id, refund.amount = guard.stripe_id, guard.data["amount"]
    refund.state = State(guard.data["status"])
    refund.save()
    _sum_up(order)
    if refund.state in (State.FAILED, State.CANCELED):
        alarms.ring(Alarm.Kind.REFUND_FAILED, guard.stripe_id, order, amount=refund.amount)
    elif before in (None, State.BEGUN):
        mails.write(order, f"order_refunded:{guard.stripe_id}", "order_refunded", refunded=refund.amount)


def _row(order: Order, guard: MirroredObject) -> tuple[Refund, str | None]:
    """The row of a refund, and its state so far: known by its id, by our key, or not yet."""
    key = (guard.data["metadata"] or {}).get(gateway.refunds.REFUND)
    rows = order.refunds.all()
    known = rows.filter(stripe_id=guard.stripe_id).first() or (rows.filter(key=key).first() if key else None)
    return (known, known.state) if known else (Refund(order=order), None)


def _sum_up(order: Order) -> None:
    """How much went back, and what the order is by that."""
    total = order.refunds.counted().aggregate(total=Sum("amount"))["total"] or 0
    order.refunded = min(total, order.amount)
    whole = order.refunded == order.amount
    if order.state in (Order.State.PAID, Order.State.REFUNDED):
        order.state = Order.State.REFUNDED if whole else Order.State.PAID
    elif order.state == Order.State.RETURNED and whole:
        order.settled = timezone.now()
        stock.release(order)
    order.save(update_fields=["refunded", "state", "settled"])

"""What follows from how a payment stands: the one verb by which orders are paid, whoever hears of it first.

`follow` runs in the transaction that mirrors the intent, or that has locked its guard. It reads what the mirror holds,
does its effects once, and never asks Stripe. Of all orders of one purchase one is delivered.
"""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from billing import limits
from billing.gateway import namespace
from billing.gateway.intents import ORDER
from billing.models import MirroredObject
from cart import alarms, cancellations, contents, errors, mails, stock
from cart.models import Alarm, Cart, Order
from config.statements import Prepared

Kind, Reason, State = Alarm.Kind, Order.Reason, Order.State

# Every event of a payment asks, also of those that pay for subscriptions.
_OF_INTENT = Prepared(lambda intent: Order.objects.filter(payment_intent_id=intent), "an intent")


def follow(guard: MirroredObject) -> Order | None:
    """Bring the order of a mirrored intent to where its payment stands; the order, if there is one."""
    order = _order_of(guard)
    if order is None:
        _look_at_stray(guard)
        return None
    match guard.data["status"]:
        case "succeeded":
            _paid(order, guard)
        case "processing":
            _processing(order, guard)
        case "canceled":
            _canceled(order)
        case _:
            _not_paid(order, guard)
    return order


def differences(order: Order, guard: MirroredObject) -> list[str]:
    """In what the payment is not the one that the order is waiting for."""
    facts = guard.data
    metadata = facts["metadata"] or {}
    received = facts["amount_received"] if facts["status"] == "succeeded" else facts["amount"]
    expected = {
        "amount": (received, order.amount),
        "currency": (facts["currency"], order.currency),
        "customer": (facts["customer"], order.customer_id),
        "order": (metadata.get(ORDER), str(order.uuid)),
        "cart": (metadata.get("cart"), str(order.cart_uuid)),
    }
    return [name for name, (there, here) in expected.items() if there != here]


def _order_of(guard: MirroredObject) -> Order | None:
    """The order, locked with its cart; linked if it had not heard yet of its intent."""
    found = _OF_INTENT.first(guard.stripe_id) or _named(guard)
    while found is not None:
        Cart.objects.select_for_update(no_key=True).get(pk=found.cart_id)
        locked = Order.objects.select_for_update().get(pk=found.pk)
        if locked.cart_id == found.cart_id:
            break
        found = locked  # its cart became part of another meanwhile
    if found is None:
        return None
    if locked.payment_intent_id is None:
        locked.payment_intent_id = guard.stripe_id
        locked.save(update_fields=["payment_intent_id"])
    return locked if locked.payment_intent_id == guard.stripe_id else None


def _named(guard: MirroredObject) -> Order | None:
    """The order that the intent's metadata name, if that has no intent yet."""
    metadata = guard.data["metadata"] or {}
    if not namespace.is_ours(metadata):
        return None
    try:
        named = UUID(str(metadata.get(ORDER)))
    except ValueError:
        return None
    return Order.objects.filter(uuid=named, payment_intent_id=None).first()


def _look_at_stray(guard: MirroredObject) -> None:
    """A payment made for an order that has another one, or that we do not have."""
    metadata = guard.data["metadata"] or {}
    if guard.data["status"] == "succeeded" and namespace.is_ours(metadata) and metadata.get(ORDER):
        alarms.ring(Kind.NO_ORDER, guard.stripe_id, None, amount=guard.data["amount"])


# --- Where a payment may stand ----------------------------------------------------------------------------------


def _paid(order: Order, guard: MirroredObject) -> None:
    """It is delivered; unless another order of the same purchase is: then the payment goes back."""
    if order.is_paid or order.state == State.RETURNED:
        return
    if found := differences(order, guard):
        alarms.ring(Kind.NO_MATCH, guard.stripe_id, order, differences=found)
        cancellations.settle(order)  # of a canceled one only staff can say what is left to be done
        return
    if order.state != State.PROCESSING and not _take(order, State.PAID):
        order.state, order.settled = State.RETURNED, None
        order.save(update_fields=["state", "settled"])
        stock.release(order)
        alarms.ring(Kind.PAID_TWICE, guard.stripe_id, order, amount=order.amount)
        return
    order.state, order.paid, order.failure = State.PAID, timezone.now(), ""
    order.save(update_fields=["state", "paid", "failure"])
    if order.begun_from:
        limits.paid(order.begun_from)
    mails.write(order, f"order_paid:{order.uuid}", "order_paid")


def _processing(order: Order, guard: MirroredObject) -> None:
    """A bank is at it, for days perhaps: the buyer has done their part, and the cart is empty."""
    if order.state in (State.OPEN, State.CANCELED) and not differences(order, guard):
        _take(order, State.PROCESSING)


def _canceled(order: Order) -> None:
    if order.state in (State.OPEN, State.PROCESSING):
        if order.state == State.PROCESSING:
            _put_back(order)
        cancellations.cancel(order, Reason.AT_STRIPE)
    cancellations.settle(order)


def _not_paid(order: Order, guard: MirroredObject) -> None:
    """Not yet, or not with this card. A payment that was on its way and failed can be tried again with another one."""
    order.failure = str(guard.data["failure"] or "")[:100]
    order.save(update_fields=["failure"])
    if order.state == State.PROCESSING:
        if _put_back(order):
            order.state = State.OPEN
            order.save(update_fields=["state"])
        else:
            cancellations.cancel(order, Reason.REFUSED)


# --- What they need ---------------------------------------------------------------------------------------------


def _take(order: Order, state: Order.State) -> bool:
    """Make it the one of its purchase: the others are not to be paid any more. False if another one is already.

    Its pieces leave the stock, and its lines the cart.
    """
    others = Order.objects.select_for_update().filter(purchase=order.purchase).exclude(pk=order.pk)
    if others.taken().exists():
        return False
    for other in others.filter(state=State.OPEN):
        cancellations.cancel(other, Reason.SUPERSEDED, frees_stock=True)
    order.state, order.reason, order.settled = state, Reason.NONE, None
    order.save(update_fields=["state", "reason", "settled"])
    try:
        with transaction.atomic():
            stock.take(order)
    except errors.SoldOut as short:
        alarms.ring(Kind.OVERSOLD, str(order.payment_intent_id), order, item=short.fields["param"])
    contents.take_out(Cart.objects.get(pk=order.cart_id), order.lines.all())
    return True


def _put_back(order: Order) -> bool:
    """Whether its lines are in the cart again, to be paid under the same order."""
    if Order.objects.filter(cart=order.cart_id, state=State.OPEN).exists():
        return False
    return contents.put_back(Cart.objects.get(pk=order.cart_id), order.lines.all(), order.cart_uuid)

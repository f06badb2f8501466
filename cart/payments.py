"""The payment of an order at Stripe: made once, whatever happens on the way, and found again ever after."""

from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from billing import errors as stripe_errors
from billing import gateway, mirror
from billing.gateway.client import Answer
from billing.models import MirroredObject
from billing.models.attempts import KEY_LIFETIME
from cart import fulfilment
from cart.models import Order

logger = structlog.get_logger(__name__)

# What Stripe may have forgotten is searched for; the search lags, so what is younger is looked for.
SEARCHED_AFTER = timedelta(minutes=10)


def begin(order: Order) -> Answer:
    """The order's intent as it is now, made if there is none. The key was stored with the order.

    Raises `StoredFailure` or `KeyReused` when the key will never bring one and none was made; `Unavailable` when
    Stripe does not tell: the same key again brings it to an end.
    """
    if not order.payment_intent_id:
        made = find(order) if is_stale(order) else ""
        if made:
            link(order, made)
        else:
            answer = _create(order)
            link(order, answer.data["id"])
            if not answer.replayed:
                return answer
    return gateway.intents.fetch(order.payment_intent_id or "")


def _create(order: Order) -> Answer:
    try:
        return gateway.intents.create(
            amount=order.amount,
            currency=order.currency,
            customer=order.customer_id,
            order=str(order.uuid),
            cart=str(order.cart_uuid),
            key=order.key,
        )
    except (stripe_errors.StoredFailure, stripe_errors.KeyReused):
        if not (made := find(order)):
            raise
        return gateway.intents.fetch(made)


def find(order: Order) -> str:
    """The id of the intent that was made for an order without our hearing of it; empty if none was."""
    if timezone.now() - order.created > SEARCHED_AFTER:
        return gateway.intents.search(str(order.uuid))
    return gateway.intents.look_for(str(order.uuid), order.created - timedelta(minutes=1))


def is_stale(order: Order) -> bool:
    """Whether Stripe may have forgotten the order's key."""
    return timezone.now() - order.created > KEY_LIFETIME


def link(order: Order, payment_intent: str) -> None:
    """Note which intent is the order's: the first that is heard of."""
    Order.objects.filter(pk=order.pk, payment_intent_id=None).update(payment_intent_id=payment_intent)
    order.refresh_from_db(fields=["payment_intent_id"])


def note(order: Order, answer: Answer) -> None:
    """Mirror what Stripe said of an order's intent, and do what follows from it."""
    mirror.record(mirror.of_answer(answer), order.organization_id)
    follow(order)


def look_again(order: Order) -> None:
    """Ask Stripe, mirror the answer, and do what follows from it."""
    if order.payment_intent_id:
        mirror.pull("payment_intent", order.payment_intent_id, order.organization_id)
        follow(order)


def follow(order: Order) -> None:
    """Do what follows from what the mirror holds of the order's intent. Updates the given instance too."""
    with transaction.atomic():
        guards = MirroredObject.objects.select_for_update(no_key=True)
        guard = guards.filter(stripe_id=order.payment_intent_id).exclude(as_of=None).first()
        if guard is not None:
            fulfilment.follow(guard)
    order.refresh_from_db()

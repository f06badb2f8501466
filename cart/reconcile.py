"""Orders that do not stand where their payments stand, refunds that nobody noted, and payments that no order knows.

Told from the mirror, which the checks of payments and refunds have just compared with Stripe.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery

from billing import gateway, mirror
from billing.gateway import namespace
from billing.gateway.intents import ORDER
from billing.models import Difference, MirroredObject
from billing.reconcile import Check, Finding, Scope, Step
from cart import alarms, fulfilment, refunds, withdrawals
from cart.models import Alarm, Order, Refund

What, Kind = Difference.What, Alarm.Kind
State = Order.State

# Where an order may stand, by the state of its payment.
MAY_BE = {
    "succeeded": {State.PAID, State.REFUNDED, State.RETURNED},
    "processing": {State.PROCESSING, State.CANCELED},
    "canceled": {State.CANCELED},
}
WAITS = {State.OPEN}
BATCH = 100
# In these a payment can still be made with it.
PAYABLE = ("requires_payment_method", "requires_confirmation", "requires_action")


def checks() -> list[Check]:
    return [
        Check("order", _find_orders),
        Check("stray_payment", _find_strays),
        Check("order_refund", _find_refunds),
    ]


def _guards(scope: Scope, kind: str) -> QuerySet[MirroredObject]:
    return MirroredObject.objects.filter(kind=kind, gone=False, **scope.narrow).exclude(as_of=None)


def _find_orders(scope: Scope, cursor: str) -> Iterator[Step]:
    """Of every order with a payment: whether it stands where that stands. What staff were told of is theirs."""
    guards = _guards(scope, "payment_intent").filter(stripe_id=OuterRef("payment_intent_id"))
    orders = Order.objects.filter(**scope.narrow, pk__gt=int(cursor or 0))
    orders = orders.annotate(there=Subquery(guards.values("data__status")[:1])).exclude(there=None)
    while batch := list(orders.order_by("pk")[:BATCH]):
        findings = [_order(one) for one in batch if one.state not in MAY_BE.get(one.there, WAITS)]
        yield Step([found for found in findings if found], len(batch), str(batch[-1].pk))
        orders = orders.filter(pk__gt=batch[-1].pk)


def _order(order: Any) -> Finding | None:
    """None if its payment does not match, which cannot be mended and has rung."""
    guard = MirroredObject.objects.get(stripe_id=order.payment_intent_id)
    if alarms.rang(Kind.NO_MATCH, guard.stripe_id) and fulfilment.differences(order, guard):
        return None
    fields: dict[str, list[Any]] = {"state": [str(order.state), order.there]}
    mend = partial(_follow, guard)
    return Finding("order", str(order.uuid), order.organization_id, What.DIFFERS, fields, mend)


def _find_strays(scope: Scope, cursor: str) -> Iterator[Step]:
    """Payments made in our name for an order, that no order knows: adopted by it, or canceled; or they have rung."""
    known = Order.objects.exclude(payment_intent_id=None).values("payment_intent_id")
    ours = {f"data__metadata__{namespace.KEY}": namespace.stamp()[namespace.KEY]}
    strays = _guards(scope, "payment_intent").filter(**ours, **{f"data__metadata__{ORDER}__isnull": False})
    for guard in strays.exclude(stripe_id__in=known).exclude(data__status="canceled").order_by("pk"):
        if alarms.rang(Kind.NO_ORDER, guard.stripe_id):
            continue
        mend = partial(_adopt_or_cancel, guard)
        fields: dict[str, list[Any]] = {"order": [None, guard.data["metadata"][ORDER]]}
        yield Step([Finding("order", guard.stripe_id, guard.organization_id, What.MISSING, fields, mend)], 1)


def _find_refunds(scope: Scope, cursor: str) -> Iterator[Step]:
    """Refunds of orders that our rows do not have, or have otherwise."""
    paid = dict(
        Order.objects.exclude(payment_intent_id=None)
        .filter(**scope.narrow)
        .values_list("payment_intent_id", "pk")
    )
    rows = {refund.stripe_id: refund for refund in Refund.objects.exclude(stripe_id=None)}
    for guard in _guards(scope, "refund").order_by("pk"):
        if guard.data["payment_intent"] not in paid:
            continue
        row, there = rows.get(guard.stripe_id), (guard.data["amount"], guard.data["status"])
        here = (row.amount, row.state) if row else (None, None)
        if here != there:
            fields: dict[str, list[Any]] = {"amount": [here[0], there[0]], "status": [here[1], there[1]]}
            what = What.DIFFERS if row else What.MISSING
            mend = partial(_note_refund, guard)
            yield Step(
                [Finding("order_refund", guard.stripe_id, guard.organization_id, what, fields, mend)], 1
            )


def _locked(guard: MirroredObject) -> MirroredObject:
    return MirroredObject.objects.select_for_update(no_key=True).get(pk=guard.pk)


def _follow(guard: MirroredObject) -> Order | None:
    with transaction.atomic():
        order = fulfilment.follow(_locked(guard))
    if order is not None:
        withdrawals.carry_out_of(order.purchase)
    return order


def _adopt_or_cancel(guard: MirroredObject) -> None:
    if _follow(guard) is None and guard.data["status"] in PAYABLE:
        answer = gateway.intents.cancel(guard.stripe_id, key=f"{guard.stripe_id}:cancel:stray")
        mirror.record(mirror.of_answer(answer), guard.organization_id)


def _note_refund(guard: MirroredObject) -> None:
    with transaction.atomic():
        refunds.follow(_locked(guard))

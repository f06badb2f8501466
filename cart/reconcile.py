"""Orders that do not stand where their payments stand, refunds that nobody noted, and payments that no order knows.

Told from the mirror, which the checks of payments and refunds have just compared with Stripe.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from billing import gateway, mirror
from billing.gateway import namespace
from billing.gateway.intents import ORDER
from billing.models import Difference, MirroredObject
from billing.reconcile import Check, Finding, Scope, Step
from cart import fulfilment, refunds, withdrawals
from cart.models import Order, Refund

What = Difference.What
State = Order.State

# Where an order may stand, by the state of its payment.
MAY_BE = {
    "succeeded": {State.PAID, State.REFUNDED, State.RETURNED},
    "processing": {State.PROCESSING, State.CANCELED},
    "canceled": {State.CANCELED},
}
WAITS = {State.OPEN}
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
    """Of every order with a payment: whether it stands where that stands."""
    orders = Order.objects.exclude(payment_intent_id=None).filter(**scope.narrow, pk__gt=int(cursor or 0))
    for order in orders.order_by("pk").iterator():
        guard = _guards(scope, "payment_intent").filter(stripe_id=order.payment_intent_id).first()
        there = guard.data["status"] if guard else ""
        findings = []
        if guard is not None and order.state not in MAY_BE.get(there, WAITS):
            findings = [_finding("order", order, order.state, there, partial(_follow, guard))]
        yield Step(findings, 1, str(order.pk))


def _find_strays(scope: Scope, cursor: str) -> Iterator[Step]:
    """Payments made in our name for an order, that no order knows: adopted by it, or canceled."""
    known = Order.objects.exclude(payment_intent_id=None).values("payment_intent_id")
    ours = {f"data__metadata__{namespace.KEY}": namespace.stamp()[namespace.KEY]}
    strays = _guards(scope, "payment_intent").filter(**ours, **{f"data__metadata__{ORDER}__isnull": False})
    for guard in strays.exclude(stripe_id__in=known).exclude(data__status="canceled").order_by("pk"):
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


def _finding(kind: str, order: Order, here: str, there: str, mend: Any) -> Finding:
    return Finding(
        kind, str(order.uuid), order.organization_id, What.DIFFERS, {"state": [str(here), there]}, mend
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

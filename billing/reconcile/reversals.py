"""Refunds and disputes that no event told us of, and what they were set to end."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from billing import reversals
from billing.models import Difference, MirroredObject, Reversal, StripeSubscription
from billing.reconcile.checks import Check, Finding, Scope, Step

# The longest period, and some more: what was paid before that pays for nothing that still runs.
LONGEST = timedelta(days=400)


def check() -> Check:
    return Check("reversal", _find)


def _find(scope: Scope, cursor: str) -> Iterator[Step]:
    """Only of those who still have something that could end."""
    live = StripeSubscription.objects.live().values("organization")
    since = int((timezone.now() - LONGEST).timestamp())
    went_back = Q(kind="charge", data__amount_refunded__gt=0) | Q(kind="dispute")
    guards = MirroredObject.objects.filter(went_back, organization__in=live, data__created__gte=since)
    for guard in guards.filter(gone=False, **scope.narrow).order_by("pk"):
        cause = reversals.cause(guard)
        if cause is None or Reversal.objects.filter(fact=cause.fact).exists():
            continue
        subscription = reversals.paid_with(cause.payment_intent)
        findings = []
        if subscription is not None:
            findings = [
                Finding(
                    "reversal",
                    cause.fact,
                    guard.organization_id,
                    Difference.What.UNFINISHED,
                    {subscription.stripe_id: [None, cause.act.value]},
                    partial(_end, guard, cause.fact),
                )
            ]
        yield Step(findings, 1)


def _end(guard: MirroredObject, fact: str) -> None:
    with transaction.atomic():
        reversals.note(guard)
    reversals.carry_out(Reversal.objects.get(fact=fact).pk)

"""Refunds and disputes: what they end, by three settings. Noted with the event, done at Stripe after the commit.

A payment matters while the period that it paid for runs: a refund for last year ends nothing. By itself a partial
refund ends nothing, a full one ends the subscription with its period, and a dispute ends it at once.
"""

from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from billing import errors, gateway, mirror, subscriptions
from billing.models import MirroredObject, Reversal, StripeInvoice, StripeSubscription

logger = structlog.get_logger(__name__)

Act = Reversal.Act

LEASE = timedelta(minutes=2)
BACK_OFF = timedelta(minutes=1)
LONGEST_BACK_OFF = timedelta(hours=6)
# An invoice is made when its period begins, give or take.
AROUND = timedelta(hours=2)
# A question of the bank's, not yet a dispute.
INQUIRY = "warning"


@dataclass(frozen=True, slots=True)
class Cause:
    """That money went back, and what that is set to end. See `Reversal`."""

    fact: str
    payment_intent: str
    act: Act


def cause(guard: MirroredObject) -> Cause | None:
    """What a mirrored charge or dispute is set to end; None if nothing."""
    facts = guard.data
    if not facts.get("payment_intent") or guard.organization_id is None:
        return None
    found = _of_dispute(guard) if guard.kind == "dispute" else _of_charge(guard)
    return found if found and found.act != Act.KEEP else None


def _of_dispute(guard: MirroredObject) -> Cause | None:
    if str(guard.data["status"]).startswith(INQUIRY):
        return None
    return Cause(f"dispute:{guard.stripe_id}", guard.data["payment_intent"], Act(settings.BILLING_ON_DISPUTE))


def _of_charge(guard: MirroredObject) -> Cause | None:
    facts = guard.data
    if facts["refunded"]:
        return Cause(f"refund:{guard.stripe_id}", facts["payment_intent"], Act(settings.BILLING_ON_REFUND))
    if facts["amount_refunded"]:
        act = Act(settings.BILLING_ON_PARTIAL_REFUND)
        return Cause(f"refund:{guard.stripe_id}:{facts['amount_refunded']}", facts["payment_intent"], act)
    return None


def note(guard: MirroredObject) -> None:
    """Note what a charge or a dispute ends, in the transaction that mirrors it; once for each fact."""
    found, organization = cause(guard), guard.organization
    if found is None or organization is None:
        return
    reversal, new = Reversal.objects.get_or_create(
        fact=found.fact,
        defaults={
            "organization": organization,
            "payment_intent_id": found.payment_intent,
            "act": found.act,
        },
    )
    if new:
        transaction.on_commit(lambda: carry_out(reversal.pk), robust=True)


def carry_out(reversal_id: int) -> bool:
    """End what is to end, if it is its turn; whether it is done. A failure is noted, and tried again."""
    reversal = _claim(reversal_id)
    if reversal is None:
        return False
    try:
        subscription = paid_with(reversal.payment_intent_id)
        if subscription is not None:
            subscriptions.cancel(subscription, now=reversal.act == Act.NOW)
            reversal.subscription_id = subscription.stripe_id
    except errors.BillingError as error:
        pause = min(BACK_OFF * 2 ** (reversal.attempts - 1), LONGEST_BACK_OFF)
        reversal.error, reversal.next_try = error.code, timezone.now() + pause
    else:
        reversal.error, reversal.done = "", timezone.now()
    reversal.save(update_fields=["subscription_id", "error", "next_try", "done"])
    logger.info("reversal", fact=reversal.fact, subscription=reversal.subscription_id, error=reversal.error)
    return reversal.done is not None


def carry_out_waiting(limit: int = 100) -> int:
    """What failed before, or was left behind by a process that died. Returns how many were done."""
    return sum(carry_out(pk) for pk in list(Reversal.objects.due().values_list("pk", flat=True)[:limit]))


def _claim(reversal_id: int) -> Reversal | None:
    with transaction.atomic():
        reversal = Reversal.objects.select_for_update().due().filter(pk=reversal_id).first()
        if reversal is not None:
            reversal.attempts += 1
            reversal.next_try = timezone.now() + LEASE
            reversal.save(update_fields=["attempts", "next_try"])
    return reversal


def paid_with(payment_intent: str) -> StripeSubscription | None:
    """The running subscription whose present period was paid with this; None if there is none. Asks Stripe."""
    invoice_id = gateway.payments.invoice_of(payment_intent)
    if not invoice_id:
        return None
    invoice = StripeInvoice.objects.filter(stripe_id=invoice_id).first()
    if invoice is None:
        return None
    subscription = StripeSubscription.objects.filter(stripe_id=invoice.subscription_id).live().first()
    if subscription is None:
        return None
    # What nobody told us yet, such as that a new period has begun.
    mirror.pull("subscription", subscription.stripe_id, subscription.organization_id)
    begins = min((item.period_start for item in subscription.items.all()), default=None)
    return subscription if begins is None or invoice.created >= begins - AROUND else None

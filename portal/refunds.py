"""Refunds of what the portal sold: noted with the event, confirmed by a credit note after the commit.

What a refund ends is for billing to say (`billing.reversals`); here it is only written down.
"""

from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from billing import errors, gateway
from billing.models import MirroredObject, StripeInvoice
from billing.webhooks.notices import Notice
from billing.webhooks.registry import on
from portal import receipts
from portal.models import Receipt, Refund, Sale

logger = structlog.get_logger(__name__)

LEASE = timedelta(minutes=2)
BACK_OFF = timedelta(minutes=1)
LONGEST_BACK_OFF = timedelta(hours=6)


class NotReceiptedError(Exception):
    """It is for an invoice of ours whose receipt is still to come."""


@on("refund.created", "refund.updated")
def money_went_back(notice: Notice, guard: MirroredObject) -> None:
    """A refund of a portal's payment that went through gets a credit note, once."""
    facts, organization = guard.data, guard.organization
    if organization is None or facts["status"] != "succeeded" or not facts["payment_intent"]:
        return
    if not organization.sales.exists():
        return
    refund, new = Refund.objects.get_or_create(
        stripe_id=guard.stripe_id,
        defaults={
            "organization": organization,
            "payment_intent_id": facts["payment_intent"],
            "amount": facts["amount"],
            "currency": facts["currency"],
        },
    )
    if new:
        transaction.on_commit(lambda: credit(refund.pk), robust=True)


def credit(refund_id: int) -> bool:
    """Write the credit note if it is its turn; whether it is done. A failure is noted, and tried again."""
    refund = _claim(refund_id)
    if refund is None:
        return False
    try:
        receipt = _receipt_of(refund)
    except (errors.BillingError, NotReceiptedError) as error:
        pause = min(BACK_OFF * 2 ** min(refund.attempts - 1, 20), LONGEST_BACK_OFF)
        refund.error, refund.next_try = type(error).__name__, timezone.now() + pause
        refund.save(update_fields=["error", "next_try"])
        return False
    with transaction.atomic():
        if receipt is not None:
            receipts.credit(receipt, refund.stripe_id, refund.amount, refund.currency)
        refund.error, refund.done = "", timezone.now()
        refund.save(update_fields=["error", "done"])
    logger.info("refund credited", refund=refund.stripe_id, receipt=receipt and receipt.number)
    return True


def credit_waiting(limit: int = 100) -> int:
    """What failed before, or was left behind by a process that died. Returns how many were done."""
    return sum(credit(pk) for pk in list(Refund.objects.due().values_list("pk", flat=True)[:limit]))


def _claim(refund_id: int) -> Refund | None:
    with transaction.atomic():
        refund = Refund.objects.select_for_update().due().filter(pk=refund_id).first()
        if refund is not None:
            refund.attempts += 1
            refund.next_try = timezone.now() + LEASE
            refund.save(update_fields=["attempts", "next_try"])
    return refund


def _receipt_of(refund: Refund) -> Receipt | None:
    """The receipt of what was refunded; None if the portal did not sell it. Asks Stripe for the invoice."""
    invoice_id = gateway.payments.invoice_of(refund.payment_intent_id)
    receipt = Receipt.objects.filter(kind=Receipt.Kind.RECEIPT, stripe_id=invoice_id).first()
    if receipt is None and invoice_id:
        invoice = StripeInvoice.objects.filter(stripe_id=invoice_id).first()
        ours = Sale.objects.filter(organization=refund.organization).exclude(subscription_id="")
        if invoice is None or ours.filter(subscription_id=invoice.subscription_id).exists():
            raise NotReceiptedError
    return receipt

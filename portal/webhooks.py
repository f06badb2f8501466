"""What Stripe's events mean to the portal."""

import structlog

from billing import outbox
from billing.models import MirroredObject, StripeInvoice, StripeSubscription
from billing.webhooks.notices import Notice
from billing.webhooks.registry import on
from portal import checkout, years
from portal.models import Sale

logger = structlog.get_logger(__name__)


@on("checkout.session.completed", "checkout.session.async_payment_succeeded")
def checkout_completed(notice: Notice, guard: MirroredObject) -> None:
    """A buyer has come through Checkout: the sale knows its subscription, and is paid if its invoice is."""
    checkout.completed(guard)


@on("checkout.session.async_payment_failed")
def debit_failed(notice: Notice, guard: MirroredObject) -> None:
    """A bank has refused after days: the buyer is told once, and can pay in another way."""
    sale = checkout.failed(guard)
    if sale is not None:
        outbox.note(
            sale.organization,
            f"annual_debit_failed:{guard.stripe_id}",
            "annual_debit_failed",
            language=sale.language,
            sale=sale.pk,
            amount=sale.total or sale.subtotal,
            currency=sale.currency,
        )


@on("invoice.paid")
def invoice_paid(notice: Notice, guard: MirroredObject) -> None:
    """The organization has another year, as the invoice's period says; a receipt; at first an activation code."""
    if Sale.objects.filter(reference=guard.data.get("attempt") or "-").exists():
        # The words that operators of the portal's first version look for.
        logger.info("WEBHOOK CALLED", type=notice.type, stripe_event=notice.id)
        years.add(guard)


@on("invoice.payment_failed")
def renewal_failed(notice: Notice, guard: MirroredObject) -> None:
    """A renewal could not be collected: the organization is told once for each try, with a link for another card."""
    invoice = StripeInvoice.objects.filter(
        stripe_id=guard.stripe_id, status=StripeInvoice.Status.OPEN
    ).first()
    if invoice is None or invoice.billing_reason == "subscription_create":
        return
    sale = Sale.objects.filter(reference=guard.data.get("attempt") or "-").first()
    if sale is not None:
        outbox.note(
            invoice.organization,
            # As in billing's mail: whoever is first to know sends the only one.
            f"payment_failed:{invoice.stripe_id}:{invoice.attempt_count}",
            "annual_failed",
            language=sale.language,
            country=sale.country,
            amount=invoice.amount_remaining,
            currency=invoice.currency,
        )


@on("customer.subscription.deleted")
def plan_ended(notice: Notice, guard: MirroredObject) -> None:
    """An annual plan is over: the organization is told once, with a link to buy another year."""
    ended = StripeSubscription.objects.filter(
        stripe_id=guard.stripe_id, status=StripeSubscription.Status.CANCELED
    ).first()
    sale = Sale.objects.paid().filter(subscription_id=guard.stripe_id).first()
    if ended is not None and sale is not None:
        outbox.note(
            ended.organization,
            f"ended:{ended.stripe_id}",
            "annual_ended",
            language=sale.language,
            country=sale.country,
        )

"""What comes next for a subscription: it renews, it ends, or a payment is awaited."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from billing import schedules
from billing.models import StripeInvoice, StripeSubscription

Status = StripeSubscription.Status


class Next(TextChoices):
    """What happens next."""

    RENEWAL = "renewal", _("Next payment")
    END = "end", _("Ends")
    PAYMENT = "payment", _("Payment awaited")


@dataclass(frozen=True, slots=True)
class Upcoming:
    """What happens next and when (None: now); the amount in the smallest unit, 0 for an end."""

    what: Next
    at: datetime | None
    amount: int
    currency: str


def of(subscription: StripeSubscription | None, invoice: StripeInvoice | None = None) -> Upcoming | None:
    """The next event of a subscription. `invoice`: the open one whose payment failed or is awaited, if any.

    The amount of a renewal is what its items, or those that are scheduled, cost; taxes and discounts are Stripe's to
    work out.
    """
    if subscription is None or subscription.is_over or subscription.status == Status.PAUSED:
        return None
    currency = subscription.currency
    if subscription.status in (Status.INCOMPLETE, Status.PAST_DUE, Status.UNPAID):
        due = invoice.amount_remaining if invoice else subscription.recurring
        return Upcoming(Next.PAYMENT, invoice.next_payment_attempt if invoice else None, due, currency)
    if subscription.ends_at:
        return Upcoming(Next.END, subscription.ends_at, 0, currency)
    scheduled = schedules.of(subscription)
    amount = scheduled.amount if scheduled else subscription.recurring
    return Upcoming(Next.RENEWAL, subscription.period_end, amount, currency)

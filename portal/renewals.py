"""How an organization's annual plan stands, and what can be done about it: renewed, kept, or paid with another card."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models import TextChoices
from django.utils import timezone

from accounts.models import Organization
from billing import customers, errors, gateway, mirror, outbox, overdue, subscriptions
from billing.models import StripeCustomer, StripeSubscription
from billing.overdue import Overdue
from portal import sales, years
from portal.errors import NothingToPay, NotRenewable
from portal.models import Sale

logger = structlog.get_logger(__name__)

# So long before a plan is renewed its organization hears of it.
AHEAD = timedelta(days=30)


class State(TextChoices):
    """What an organization's page is about."""

    OVERDUE = "overdue"  # alive, but its card failed
    ENDING = "ending"  # scheduled to end
    RUNNING = "running"  # renews by itself
    OVER = "over"  # another year can be bought


@dataclass(frozen=True, slots=True)
class Standing:
    """See above. `sale` is the last that was paid."""

    organization: Organization
    sale: Sale
    subscription: StripeSubscription | None
    overdue: Overdue | None

    @property
    def state(self) -> State:
        if self.subscription is None:
            return State.OVER
        if self.overdue is not None:
            return State.OVERDUE
        return State.ENDING if self.subscription.ends_at else State.RUNNING


def standing(organization: Organization) -> Standing:
    """From our rows. Raises `Sale.DoesNotExist` for an organization that never bought here."""
    sale = organization.sales.paid().select_related("organization").latest("pk")
    subscription = StripeSubscription.objects.of(organization)
    return Standing(organization, sale, subscription, overdue.of(organization) if subscription else None)


def buy(organization: Organization) -> Sale:
    """Another year, to be paid. Raises `NotRenewable` while the plan is alive, and as `sales.renew`."""
    subscriptions.sync(organization)
    if StripeSubscription.objects.of(organization) is not None:
        raise NotRenewable
    return sales.renew(organization)


def keep(organization: Organization) -> None:
    """Take back a scheduled end. Raises `NotResumable`."""
    subscription = StripeSubscription.objects.of(organization)
    if subscription is None:
        raise errors.NotResumable
    subscriptions.resume(subscription)


def pay(organization: Organization) -> None:
    """Pay the open invoice with the card that was given last, which the plan is paid with from now on.

    Raises `NothingToPay`, `Declined`, `ActionRequired`, `Unavailable`.
    """
    found = standing(organization)
    mirror.pull("customer", organization.stripe_customer_id or "", organization.pk)
    customer = StripeCustomer.objects.get(stripe_id=organization.stripe_customer_id)
    card = customer.default_payment_method_id
    if found.subscription is None or found.overdue is None or not card:
        raise NothingToPay
    subscription, invoice = found.subscription.stripe_id, found.overdue.invoice
    if found.subscription.default_payment_method_id != card:
        key = f"{subscription}:card:{card}:{mirror.sequence_of(subscription)}"
        answer = gateway.subscriptions.use_payment_method(subscription, card, key=key)
        mirror.record(mirror.of_answer(answer), organization.pk)
    # Each try of a card is another call; two clicks are one.
    key = f"{invoice.stripe_id}:pay:{card}:{invoice.attempt_count}"
    try:
        gateway.payments.pay(invoice.stripe_id, card, key=key)
    finally:
        guard = mirror.pull("invoice", invoice.stripe_id, organization.pk)
        mirror.pull("subscription", subscription, organization.pk)
    with transaction.atomic():
        years.add(guard)


def card_page(organization: Organization, return_url: str) -> str:
    """Stripe's page on which another card is given, for one visit now."""
    return customers.card_page(organization, return_url)


def remind() -> Iterator[Sale]:
    """Tell every organization whose plan is renewed within a month, once for each renewal; yields their sales.

    What Stripe cannot say the amount of now is told next time.
    """
    soon = timezone.now() + AHEAD
    due = (
        StripeSubscription.objects.filter(
            status=StripeSubscription.Status.ACTIVE,
            items__key=sales.PLAN,
            items__period_end__range=(timezone.now(), soon),
            organization__closed=None,
        )
        .prefetch_related("items")
        .select_related("organization")
    )
    for subscription in due.distinct():
        sale = Sale.objects.paid().filter(subscription_id=subscription.stripe_id).latest("pk")
        if subscription.ends_at is None and subscription.period_end and _remind(subscription, sale):
            yield sale


def _remind(subscription: StripeSubscription, sale: Sale) -> bool:
    day = f"{subscription.period_end:%Y-%m-%d}"
    fact = f"annual_ahead:{subscription.stripe_id}:{day}"
    if subscription.organization.mails.filter(fact=fact).exists():
        return False
    try:
        coming = gateway.previews.of_renewal(subscription.stripe_id).data
    except errors.BillingError as error:
        logger.warning("renewal not announced", subscription=subscription.stripe_id, error=error.code)
        return False
    outbox.note(
        subscription.organization,
        fact,
        "annual_ahead",
        language=sale.language,
        country=sale.country,
        amount=coming["amount_due"],
        currency=coming["currency"],
        on=day,
    )
    return True

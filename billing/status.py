"""What a customer is to us, in one answer: for endpoints, pages and whoever else asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from accounts.tiers import Tier
from billing import errors, mirror, subscriptions, upcoming
from billing.models import Grant, StripeInvoice, StripeSubscription
from billing.upcoming import Upcoming

Status = StripeSubscription.Status
AWAITING = (Status.INCOMPLETE, Status.PAST_DUE, Status.UNPAID)


class SubscriptionStatus(TextChoices):
    """The three states that matter to a product; Stripe knows eight."""

    ACTIVE = "active", _("Active")
    CANCELLED = "cancelled", _("Cancelled")
    NONE = "none", _("None")


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be paid now, in the currency's smallest unit."""

    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class CustomerStatus:
    """`stripe_status` is Stripe's own word; what follows `tier` is of the access that holds now (a limit of None is
    unlimited; `instance:a10g` is how many machines of that type).

    `cancel_at`: when the subscription is set to end; None when it renews. `due`: None when nothing is owed. `grants`:
    what was given without payment, which is counted in what stands before.
    """

    subscription_status: SubscriptionStatus
    stripe_status: str
    plan: str
    interval: str
    tier: Tier
    until: datetime | None
    reason: str
    features: frozenset[str]
    limits: Mapping[str, int | None]
    cancel_at: datetime | None
    due: Due | None
    upcoming: Upcoming | None
    grants: Sequence[Grant] = ()


def get_customer_status(customer: Organization | str, fresh: bool = False) -> CustomerStatus:
    """What a customer may use, until when and why, and what they owe. The one answer: every gate agrees with it.

        status = get_customer_status(request.user.current_organization)      # or "cus_..."
        if status.tier.includes("premium"): ...                               # tier: guest < free < ... < business

    `customer` is an organization or the id of its customer at Stripe. For an id that none of ours has, this raises
    `billing.errors.NotFound`; ask only with an id of your own rows, never with one that a caller sent.

    It reads our rows and calls nobody: three queries, one more while a payment is awaited and one for an id. Those rows
    follow Stripe by its events, usually within seconds. With `fresh` Stripe is asked first, in one call and one for
    each unpaid invoice, and what it says is kept; that may raise `billing.errors.Unavailable` or `BillingOff`, and
    must not be done in a transaction or in a GET.
    """
    organization = _find(customer) if isinstance(customer, str) else customer
    if fresh:
        _ask_stripe(organization)
    subscription = organization.subscriptions.shown()
    item = subscription.plan_item if subscription else None
    invoice = _unpaid(subscription)
    access = organization.current_access()
    return CustomerStatus(
        subscription_status=_status(organization, subscription),
        stripe_status=subscription.status if subscription else "",
        plan=item.key if item else "",
        interval=item.interval if item else "",
        tier=access.tier,
        until=access.until,
        reason=access.reason,
        features=access.features,
        limits=access.all_limits,
        cancel_at=subscription.ends_at if subscription and not subscription.is_over else None,
        due=Due(invoice.amount_remaining, invoice.currency) if invoice else None,
        upcoming=upcoming.of(subscription, invoice),
        grants=tuple(organization.grants.in_force().with_machines()),
    )


def _find(customer: str) -> Organization:
    organization = Organization.objects.filter(stripe_customer_id=customer).first() if customer else None
    if organization is None:
        raise errors.NotFound
    return organization


def _ask_stripe(organization: Organization) -> None:
    """Brings our rows, and the given organization, up to date."""
    subscriptions.sync(organization)
    unpaid = set(organization.invoices.awaited().values_list("stripe_id", flat=True))
    for subscription in organization.subscriptions.filter(status__in=AWAITING).exclude(latest_invoice_id=""):
        unpaid.add(subscription.latest_invoice_id)
    for invoice in sorted(unpaid):
        mirror.pull("invoice", invoice, organization.pk)
    organization.refresh_from_db()


def _unpaid(subscription: StripeSubscription | None) -> StripeInvoice | None:
    """The invoice whose payment a subscription waits for."""
    if subscription is None or subscription.status not in AWAITING:
        return None
    invoices = StripeInvoice.objects.awaited().filter(subscription_id=subscription.stripe_id)
    return invoices.order_by("-created").first()


def _status(organization: Organization, subscription: StripeSubscription | None) -> SubscriptionStatus:
    """Active while it opens something, also when it is set to end; cancelled once it is over."""
    if subscription is None:
        return SubscriptionStatus.NONE
    if subscription.status == StripeSubscription.Status.CANCELED:
        return SubscriptionStatus.CANCELLED
    plan = subscription.plan
    opens = plan is not None and organization.current_access().tier.includes(plan.tier)
    return SubscriptionStatus.ACTIVE if subscription.is_live and opens else SubscriptionStatus.NONE

"""What a customer is to us, in one answer: for endpoints, pages and whoever else asks."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from accounts.tiers import Tier
from billing import upcoming
from billing.models import StripeSubscription
from billing.upcoming import Upcoming


class SubscriptionStatus(TextChoices):
    """The three states that matter to a product; Stripe knows eight."""

    ACTIVE = "active", _("Active")
    CANCELLED = "cancelled", _("Cancelled")
    NONE = "none", _("None")


@dataclass(frozen=True, slots=True)
class CustomerStatus:
    """`stripe_status` is Stripe's own word; `until` and `reason` are of the access that holds now."""

    subscription_status: SubscriptionStatus
    stripe_status: str
    plan: str
    interval: str
    tier: Tier
    until: datetime | None
    reason: str
    upcoming: Upcoming | None


def get_customer_status(organization: Organization) -> CustomerStatus:
    """Reads rows only: two queries for the subscription; what may be used stands on the organization."""
    subscription = organization.subscriptions.shown()
    item = subscription.plan_item if subscription else None
    access = organization.current_access()
    return CustomerStatus(
        subscription_status=_status(organization, subscription),
        stripe_status=subscription.status if subscription else "",
        plan=item.key if item else "",
        interval=item.interval if item else "",
        tier=access.tier,
        until=access.until,
        reason=access.reason,
        upcoming=upcoming.of(subscription),
    )


def _status(organization: Organization, subscription: StripeSubscription | None) -> SubscriptionStatus:
    """Active while it opens something, also when it is set to end; cancelled once it is over."""
    if subscription is None:
        return SubscriptionStatus.NONE
    if subscription.status == StripeSubscription.Status.CANCELED:
        return SubscriptionStatus.CANCELLED
    plan = subscription.plan
    opens = plan is not None and organization.current_access().tier.includes(plan.tier)
    return SubscriptionStatus.ACTIVE if subscription.is_live and opens else SubscriptionStatus.NONE

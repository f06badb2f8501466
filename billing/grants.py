"""Gifts: giving an organization a tier, a feature or a limit without Stripe, and taking it back."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import Organization, User
from accounts.tiers import BY_TIER, Tier
from billing import access, catalogue
from billing.models import Grant, InstanceType


def give(
    organization: Organization,
    tier: Tier | None = None,
    *,
    feature: str = "",
    limit: str = "",
    amount: int | None = None,
    until: datetime | None,
    why: str,
    by: User | None = None,
) -> Grant:
    """Give a tier, a feature or so much of a limit (None: unlimited), until a date (None: without end).

    It holds at once. Raises `ValidationError` unless it is one of the three, and until a date to come.
    """
    gift = {"tier": tier or "", "feature": feature, "limit": limit, "amount": amount}
    with transaction.atomic():
        locked = access.lock(organization.pk)
        grant = Grant(organization=locked, until=until, why=why, by=by, **gift)
        grant.clean()
        grant.save()
        access.refresh(locked)
    return grant


def withdraw(grant: Grant) -> None:
    """Take it back; the row stays. What was withdrawn or is over stays as it is."""
    with transaction.atomic():
        locked = access.lock(grant.organization_id)
        Grant.objects.in_force().filter(pk=grant.pk).update(withdrawn=timezone.now())
        access.refresh(locked)


def features() -> list[str]:
    """The features that can be given: all that a tier or a plan has."""
    sold = [plan.features for plan in catalogue.PLANS]
    return sorted(frozenset().union(*sold, *(baseline.features for baseline in BY_TIER.values())))


def limits() -> list[str]:
    """The limits that can be given: all that a tier or a plan has, and the numbers of machines. One query."""
    named = {name for plan in catalogue.PLANS for name in plan.limits}
    named |= {name for tier, baseline in BY_TIER.items() if tier != Tier.GUEST for name in baseline.limits}
    return sorted(named | {one.code for one in InstanceType.objects.all()})

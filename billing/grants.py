"""Gifts: giving an organization a tier without Stripe, and taking it back."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import Organization, User
from accounts.tiers import Tier
from billing import access
from billing.models import Grant


def give(
    organization: Organization, tier: Tier, *, until: datetime | None, why: str, by: User | None = None
) -> Grant:
    """Give a tier until a date (None: without end). It holds at once."""
    with transaction.atomic():
        locked = access.lock(organization.pk)
        grant = Grant.objects.create(organization=locked, tier=tier, until=until, why=why, by=by)
        access.refresh(locked)
    return grant


def withdraw(grant: Grant) -> None:
    """Take it back; the row stays. What was withdrawn or is over stays as it is."""
    with transaction.atomic():
        locked = access.lock(grant.organization_id)
        Grant.objects.in_force().filter(pk=grant.pk).update(withdrawn=timezone.now())
        access.refresh(locked)

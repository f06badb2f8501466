"""\"I have paid: check again\": one organization is compared with Stripe, at most once in five minutes."""

from datetime import datetime, timedelta

from django.core.cache import cache
from django.utils import timezone

from accounts.models import Organization
from billing import errors, reconcile

PAUSE = timedelta(minutes=5)


def claim(organization: Organization) -> bool:
    """Whether it is this organization's turn; whoever asks first has it, for all processes. One statement or two."""
    until = timezone.now() + PAUSE
    return cache.add(_name(organization), until.isoformat(), PAUSE.total_seconds())


def next_turn(organization: Organization) -> datetime:
    """When it may be checked again."""
    until = cache.get(_name(organization))
    return datetime.fromisoformat(until) if until else timezone.now()


def carry_out(organization: Organization) -> bool:
    """Compare and mend; whether what its members may use has changed. Updates the given instance.

    Raises `errors.Unavailable` when Stripe does not answer in time; it is then still their turn, and goes on there.
    """
    before = organization.current_access()
    try:
        reconcile.carry_out(reconcile.begin(organization=organization, mends=True))
    except errors.Unavailable:
        cache.delete(_name(organization))
        raise
    organization.refresh_from_db()
    return organization.current_access() != before


def _name(organization: Organization) -> str:
    return f"recheck:{organization.pk}"

"""One organization is compared with Stripe, all of it, at most once in five minutes."""

from datetime import timedelta
from typing import Any

import structlog
from django.core.cache import cache

from accounts.models import Organization
from billing import errors, reconcile
from billing.webhooks import queue

logger = structlog.get_logger(__name__)

PAUSE = timedelta(minutes=5)


def claim(organization: Organization) -> bool:
    """Whether it is this organization's turn; whoever asks first has it, for all processes. One statement or two."""
    return cache.add(_name(organization), True, PAUSE.total_seconds())


def carry_out(organization: Organization) -> None:
    """Compare and mend. Updates the given instance.

    Raises `errors.Unavailable` when Stripe does not answer in time; it is then still their turn, and goes on there.
    """
    try:
        reconcile.carry_out(reconcile.begin(organization=organization, mends=True))
    except errors.Unavailable:
        cache.delete(_name(organization))
        raise
    organization.refresh_from_db()


def enqueue(organization: Organization | None, **signal: Any) -> None:
    """A gate stayed closed for a customer of Stripe's: with workers, one of them looks whether that is right."""
    if organization is None or not organization.stripe_customer_id or not queue.is_used():
        return
    if not claim(organization):
        return
    from billing.tasks import recheck  # Celery is loaded only where it is used

    try:
        recheck.delay(organization.pk)
    except recheck.OperationalError as error:
        logger.warning("broker not reached", organization=organization.pk, error=type(error).__name__)
        cache.delete(_name(organization))


def _name(organization: Organization) -> str:
    return f"recheck:{organization.pk}"

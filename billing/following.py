"""Stripe follows what happens to organizations here: who their members are, what they are called, where they get mail.

Done on commit, and what happened here stands whatever Stripe says; what it did not take is seen in our rows and
carried out later, by `process_events`, a worker, or `reconcile_stripe`.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import structlog
from django.db import transaction

from accounts.models import Organization
from accounts.tiers import Tier
from billing import catalogue, customers, errors, purchases, seats
from billing.models import StripeCustomer, StripeSubscriptionItem

logger = structlog.get_logger(__name__)

Verb = Callable[[Organization], None]


def members_changed(organization: Organization, **signal: Any) -> None:
    """Somebody joined or left: what is priced per member follows."""
    transaction.on_commit(partial(_try, seats.follow, organization), robust=True)


def details_changed(organization: Organization, **signal: Any) -> None:
    """It has another name or billing address: the customer at Stripe follows."""
    transaction.on_commit(partial(_try, customers.describe, organization), robust=True)


def subscription_changed(organization: Organization) -> None:
    """It may have what is priced per member now, in another quantity: somebody joined before the first payment.

    Free for organizations whose tier is below everything that is priced so.
    """
    priced = [plan.tier.rank for plan in catalogue.PLANS if plan.per_member]
    if priced and Tier(organization.tier).rank >= min(priced):
        members_changed(organization)


def cards_declined(organization: Organization) -> None:
    """Too many of its cards were: what was begun with the card form is withdrawn, and nobody can try another on it."""
    transaction.on_commit(partial(_try, purchases.withdraw_begun, organization), robust=True)


def carry_out_waiting(limit: int = 100) -> int:
    """What Stripe did not take before. Returns how many organizations are now as they should be."""
    done = 0
    astray = StripeSubscriptionItem.objects.astray().values_list("subscription__organization")
    renamed = StripeCustomer.objects.outdated().values_list("organization")
    waiting: list[tuple[Verb, Any]] = [(seats.follow, astray), (customers.describe, renamed)]
    for verb, left in waiting:
        done += sum(_try(verb, one) for one in list(Organization.objects.filter(pk__in=left)[:limit]))
    return done


def _try(verb: Verb, organization: Organization) -> bool:
    try:
        verb(organization)
    except errors.BillingError as error:
        logger.warning(
            "stripe does not follow", organization=organization.pk, what=verb.__module__, error=error.code
        )
        return False
    return True

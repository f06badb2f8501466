"""What Stripe should have followed: quantities that are not the number of members, customers with former names.

Told from our rows, which the objects' checks have just compared; mending is telling Stripe.
"""

from collections.abc import Iterator
from functools import partial

from billing import customers, seats
from billing.models import Difference, StripeCustomer, StripeSubscriptionItem
from billing.reconcile.checks import Check, Finding, Scope, Step

DIFFERS = Difference.What.DIFFERS


def checks() -> list[Check]:
    return [Check("seats", _find_seats), Check("details", _find_details)]


def _find_seats(scope: Scope, cursor: str) -> Iterator[Step]:
    items = StripeSubscriptionItem.objects.astray().select_related("subscription__organization")
    if scope.organization is not None:
        items = items.filter(subscription__organization=scope.organization)
    for item in items.order_by("pk"):
        organization = item.subscription.organization
        fields = {"quantity": [item.members, item.quantity]}
        mend = partial(seats.follow, organization)
        yield Step([Finding("seats", item.stripe_id, organization.pk, DIFFERS, fields, mend)], 1)


def _find_details(scope: Scope, cursor: str) -> Iterator[Step]:
    """Which of both is told, and not what they are: names and addresses stand in their columns only."""
    customers_with_others = (
        StripeCustomer.objects.outdated().filter(**scope.narrow).select_related("organization")
    )
    for customer in customers_with_others.order_by("pk"):
        mend = partial(customers.describe, customer.organization)
        owner = customer.organization_id
        yield Step([Finding("details", customer.stripe_id, owner, DIFFERS, {}, mend)], 1)

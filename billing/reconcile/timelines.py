"""Who may use what: each organization's timeline is what its rows give. No call to Stripe."""

from collections.abc import Iterator
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import Organization
from accounts.tiers import Access
from billing import access
from billing.models import Difference, StripeSubscription
from billing.reconcile.checks import Check, Fields, Finding, Scope, Step

BATCH = 100


def check() -> Check:
    return Check("access", _find)


def _find(scope: Scope, cursor: str) -> Iterator[Step]:
    """In the order of their ids, which are the cursor."""
    live = Organization.objects.filter(subscriptions__status__in=StripeSubscription.LIVE)
    entitled = Q(pk__in=live.values("pk")) | Q(grants__withdrawn=None, grants__isnull=False) | ~Q(access=[])
    payers = Organization.objects.filter(entitled).distinct().order_by("pk")
    if scope.organization is not None:
        payers = payers.filter(pk=scope.organization.pk)
    last = int(cursor or 0)
    while batch := list(payers.filter(pk__gt=last)[:BATCH]):
        last = batch[-1].pk
        yield Step([finding for one in batch if (finding := _look_at(one))], len(batch), str(last))


def _look_at(organization: Organization) -> Finding | None:
    fields = _difference(organization)
    if fields:  # an event may have come in between reading the organization and its rows
        fields = _difference(Organization.objects.get(pk=organization.pk))
    if not fields:
        return None
    return Finding(
        "access",
        str(organization.pk),
        organization.pk,
        Difference.What.DIFFERS,
        fields,
        partial(_refresh, organization.pk),
    )


def _difference(organization: Organization) -> Fields:
    """What of its timeline lies ahead, as it is and as it should be."""
    now = timezone.now()
    held = [segment for segment in map(Access.from_json, organization.access) if not _is_over(segment)]
    due = access.decide(organization, now)
    return {} if held == due else {"tiers": [_in_words(held), _in_words(due)]}


def _is_over(segment: Access) -> bool:
    return segment.until is not None and segment.until <= timezone.now()


def _in_words(segments: list[Access]) -> list[str]:
    return [
        f"{one.tier} until {f'{one.until:%Y-%m-%d %H:%M}' if one.until else 'further notice'}"
        for one in segments
    ]


def _refresh(organization_id: int) -> None:
    with transaction.atomic():
        access.refresh(access.lock(organization_id))

"""The decision who may use what: subscriptions and grants in, a timeline out. Pure, but for `refresh`.

Whoever asks reads the timeline on the organization (`accounts.gates`); nobody asks here.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from accounts import organizations
from accounts.models import Organization
from accounts.tiers import BY_TIER, FREE, Access, Reason, Tier
from billing.models import Grant, StripeInvoice, StripeSubscription, StripeSubscriptionItem
from config.statements import Prepared

logger = structlog.get_logger(__name__)

Status = StripeSubscription.Status
GIVING = (Status.ACTIVE, Status.TRIALING, Status.PAST_DUE)
Limit = int | None  # None is unlimited
Limits = dict[str, Limit]
FOREVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Source:
    """One thing that gives access, from now until a date (None: without end).

    The limits of what is `within` one subscription add up; of what is not, the widest counts.
    """

    tier: Tier
    until: datetime | None
    reason: Reason
    features: frozenset[str]
    limits: Limits
    within: str = ""

    def reaches_beyond(self, moment: datetime) -> bool:
        return self.until is None or self.until > moment


def of_item(
    item: StripeSubscriptionItem, grace: timedelta, overdue_since: datetime | None = None
) -> Source | None:
    """What an item of a subscription gives; None when its state gives nothing. An unknown price gives nothing.

    Machines give as many of their limit as they are, and no tier: that is the base plan's.
    `overdue_since`: when the invoice was made whose payment failed; a past due one has its grace from then.
    """
    ends = _end(item.subscription, item, grace, overdue_since)
    if ends is None:
        return None
    until, reason = ends
    within = item.subscription_id
    if item.instance_key:
        return Source(Tier.FREE, until, reason, frozenset(), {item.key: item.quantity}, within)
    if item.plan is None:
        return None
    return Source(item.plan.tier, until, reason, item.plan.features, item.plan.limits, within)


def _end(
    subscription: StripeSubscription,
    item: StripeSubscriptionItem,
    grace: timedelta,
    overdue_since: datetime | None,
) -> tuple[datetime, Reason] | None:
    """Until when, and why."""
    if subscription.status in (Status.ACTIVE, Status.TRIALING):
        # Past its period an active subscription keeps its access for the grace, in case an event is late.
        until = item.period_end + grace
        reason = Reason.TRIAL if subscription.status == Status.TRIALING else Reason.SUBSCRIPTION
    elif subscription.status == Status.PAST_DUE:
        # A renewal that fails fails at the period's beginning; an invoice in the middle of it fails later.
        until = max(item.period_start, overdue_since or item.period_start) + grace
        reason = Reason.PAYMENT_OVERDUE
    else:
        return None
    scheduled = subscription.cancel_at or (item.period_end if subscription.cancel_at_period_end else None)
    if scheduled is not None and scheduled <= until:
        return scheduled, Reason.ENDING if reason != Reason.PAYMENT_OVERDUE else reason
    return until, reason


def of_grant(grant: Grant) -> Source:
    """What a grant gives: a tier as it stands in the ladder, or one feature, or one limit."""
    if grant.tier:
        baseline = BY_TIER[Tier(grant.tier)]
        limits = dict(baseline.limits)
        return Source(baseline.tier, grant.until, Reason.GRANT, baseline.features, limits)
    features = frozenset({grant.feature} if grant.feature else ())
    # No gift is less than what is free.
    limits = {grant.limit: _wider(grant.amount, FREE.limit(grant.limit))} if grant.limit else {}
    return Source(Tier.FREE, grant.until, Reason.GRANT, features, limits)


def timeline(sources: Iterable[Source], now: datetime) -> list[Access]:
    """The segments from `now` on, each until the next source ends; after the last there is only free."""
    open_sources = [source for source in sources if source.reaches_beyond(now)]
    segments: list[Access] = []
    while open_sources:
        segment = _together(open_sources)
        if segments and _same_but_until(segments[-1], segment):
            segments.pop()
        segments.append(segment)
        if segment.until is None:
            break
        open_sources = [source for source in open_sources if source.reaches_beyond(segment.until)]
    return segments


def _together(sources: Sequence[Source]) -> Access:
    """What all give at once, until the first ends: the highest tier, all features, the widest limits."""
    best = max(sources, key=lambda source: (source.tier.rank, source.until or FOREVER))
    limits: Limits = {}
    for given in _limits(sources):
        limits = _combined(limits, given, _wider)
    return Access(
        tier=best.tier,
        until=min((source.until for source in sources if source.until), default=None),
        reason=best.reason.value,
        features=frozenset().union(*(source.features for source in sources)),
        limits=limits,
    )


def _limits(sources: Iterable[Source]) -> list[Limits]:
    """Of each subscription the sum of what is within it, of whatever else what it gives."""
    alone: list[Limits] = []
    sums: dict[str, Limits] = {}
    for source in sources:
        if source.within:
            sums[source.within] = _combined(sums.get(source.within, {}), source.limits, _sum)
        else:
            alone.append(source.limits)
    return [*sums.values(), *alone]


def _combined(one: Limits, other: Limits, combine: Callable[[Limit, Limit], Limit]) -> Limits:
    both = one.keys() & other.keys()
    return {**one, **other, **{name: combine(one[name], other[name]) for name in both}}


def _sum(one: Limit, other: Limit) -> Limit:
    return None if one is None or other is None else one + other


def _wider(one: Limit, other: Limit) -> Limit:
    return None if one is None or other is None else max(one, other)


def _same_but_until(one: Access, other: Access) -> bool:
    return (one.tier, one.reason, one.features, one.limits) == (
        other.tier,
        other.reason,
        other.features,
        other.limits,
    )


_OF_SUBSCRIPTION = [
    f"subscription__{name}" for name in ("stripe_id", "status", "cancel_at", "cancel_at_period_end")
]


def _items(organization_id: int) -> QuerySet[StripeSubscriptionItem]:
    """Those that may give something, each `overdue_since` its subscription's latest invoice; with what `_end` reads."""
    invoice = StripeInvoice.objects.filter(stripe_id=OuterRef("subscription__latest_invoice_id"))
    granted = _grants(OuterRef("subscription__organization"))
    return (
        StripeSubscriptionItem.objects.filter(subscription__organization=organization_id)
        .filter(subscription__status__in=GIVING)
        .select_related("subscription")
        .only("key", "quantity", "period_start", "period_end", *_OF_SUBSCRIPTION)
        .annotate(overdue_since=Subquery(invoice.values("created").order_by()), granted=Exists(granted))
    )


def _grants(organization_id: int | OuterRef) -> QuerySet[Grant]:
    """Those that were not withdrawn. What is over has no place in a timeline anyway."""
    return Grant.objects.filter(organization=organization_id, withdrawn=None)


_ITEMS, _GRANTS = Prepared(_items, -1), Prepared(_grants, -1)


def decide(organization: Organization, now: datetime) -> list[Access]:
    """The timeline of an organization from its rows. Two queries, or one if it pays and nothing is granted."""
    grace = timedelta(days=settings.BILLING_GRACE_DAYS)
    items: list[Any] = _ITEMS.all(organization.pk)
    if len({item.subscription_id for item in items if item.plan}) > 1:
        logger.warning("several subscriptions at once", organization=organization.pk)
    found = [of_item(item, grace, item.overdue_since) for item in items]
    if not items or items[0].granted:
        found += [of_grant(grant) for grant in _GRANTS.all(organization.pk)]
    return timeline([source for source in found if source], now)


def lock(organization_id: int) -> Organization:
    """The organization, locked until the transaction ends, so that two refreshes cannot cross."""
    return Organization.objects.select_for_update(no_key=True).get(pk=organization_id)


def refresh(organization: Organization) -> bool:
    """Write the timeline anew, in the transaction that changed the rows; whether it changed.

    The organization must come from `lock`, or be locked and fresh for another reason.
    """
    now = timezone.now()
    segments = decide(organization, now)
    present = segments[0].tier if segments else Tier.FREE
    if [segment.to_json() for segment in segments] == organization.access and organization.tier == present:
        return False
    organizations.set_access(organization, segments)
    return True

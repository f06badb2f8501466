"""The decision who may use what: subscriptions and grants in, a timeline out. Pure, but for `refresh`.

Whoever asks reads the timeline on the organization (`accounts.gates`); nobody asks here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.utils import timezone

from accounts import organizations
from accounts.models import Organization
from accounts.tiers import BY_TIER, Access, Reason, Tier
from billing.models import Grant, StripeInvoice, StripeSubscription, StripeSubscriptionItem

Status = StripeSubscription.Status
FOREVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Source:
    """One thing that gives access, from now until a date (None: without end)."""

    tier: Tier
    until: datetime | None
    reason: Reason
    features: frozenset[str]
    limits: dict[str, int | None]

    def reaches_beyond(self, moment: datetime) -> bool:
        return self.until is None or self.until > moment


def of_subscription(
    subscription: StripeSubscription,
    items: Iterable[StripeSubscriptionItem],
    grace: timedelta,
    overdue_since: datetime | None = None,
) -> list[Source]:
    """What a subscription gives: a source per item whose plan is known. An unknown price gives nothing.

    `overdue_since`: when the invoice was made whose payment failed; a past due one has its grace from then.
    """
    sources = []
    for item in items:
        ends = _end(subscription, item, grace, overdue_since)
        if item.plan is None or ends is None:
            continue
        until, reason = ends
        sources.append(Source(item.plan.tier, until, reason, item.plan.features, item.plan.limits))
    return sources


def _end(
    subscription: StripeSubscription,
    item: StripeSubscriptionItem,
    grace: timedelta,
    overdue_since: datetime | None,
) -> tuple[datetime, Reason] | None:
    """Until when, and why; None when the state of the subscription gives nothing at all."""
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
    """What a grant gives: its tier as it stands in the ladder."""
    tier = Tier(grant.tier)
    baseline = BY_TIER[tier]
    return Source(tier, grant.until, Reason.GRANT, baseline.features, dict(baseline.limits))


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
    limits: dict[str, int | None] = {}
    for source in sources:
        for name, value in source.limits.items():
            limits[name] = _wider(limits[name], value) if name in limits else value
    return Access(
        tier=best.tier,
        until=min((source.until for source in sources if source.until), default=None),
        reason=best.reason.value,
        features=frozenset().union(*(source.features for source in sources)),
        limits=limits,
    )


def _wider(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else max(one, other)


def _same_but_until(one: Access, other: Access) -> bool:
    return (one.tier, one.reason, one.features, one.limits) == (
        other.tier,
        other.reason,
        other.features,
        other.limits,
    )


def decide(organization: Organization, now: datetime) -> list[Access]:
    """The timeline of an organization from its rows: two queries, a third while a payment is overdue."""
    grace = timedelta(days=settings.BILLING_GRACE_DAYS)
    items = list(
        StripeSubscriptionItem.objects.filter(
            subscription__organization=organization,
            subscription__status__in=[Status.ACTIVE, Status.TRIALING, Status.PAST_DUE],
        ).select_related("subscription")
    )
    overdue = _overdue_since(
        {item.subscription for item in items if item.subscription.status == Status.PAST_DUE}
    )
    sources = [
        source
        for item in items
        for source in of_subscription(
            item.subscription, [item], grace, overdue.get(item.subscription.latest_invoice_id)
        )
    ]
    sources += [of_grant(grant) for grant in organization.grants.in_force()]
    return timeline(sources, now)


def _overdue_since(subscriptions: set[StripeSubscription]) -> dict[str, datetime]:
    if not subscriptions:
        return {}
    wanted = [subscription.latest_invoice_id for subscription in subscriptions]
    return dict(StripeInvoice.objects.filter(stripe_id__in=wanted).values_list("stripe_id", "created"))


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

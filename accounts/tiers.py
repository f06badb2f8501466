"""The ladder of tiers, and what each may use. The only place that knows a tier's features and limits.

An organization's access is a timeline: segments in time, each beginning where the one before it ends.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Tier(TextChoices):
    """What somebody may use, from least to most."""

    GUEST = "guest", _("Guest")
    FREE = "free", _("Free")
    STARTER = "starter", _("Starter")
    PREMIUM = "premium", _("Premium")
    BUSINESS = "business", _("Business")

    @property
    def rank(self) -> int:
        return _RANKS[self]

    def includes(self, other: "Tier | str") -> bool:
        """Whether this tier may use all that `other` may."""
        return self.rank >= Tier(other).rank


_RANKS = {tier: rank for rank, tier in enumerate(Tier)}


class Reason(TextChoices):
    """Why somebody has more than free. The code is stored in the timeline, the words are for pages."""

    SUBSCRIPTION = "subscription", _("A subscription that renews")
    TRIAL = "trial", _("A trial")
    ENDING = "ending", _("A subscription that is cancelled and paid until then")
    PAYMENT_OVERDUE = (
        "payment_overdue",
        _("A subscription whose payment is overdue; access ends then unless it is paid"),
    )
    GRANT = "grant", _("A gift")


@dataclass(frozen=True, slots=True)
class Access:
    """One segment of a timeline: which tier until when (None: without end) and why, with features and limits.

    `reason` is a stable code, best one of `Reason`. A limit of None means unlimited.
    """

    tier: Tier
    until: datetime | None = None
    reason: str = ""
    features: frozenset[str] = frozenset()
    limits: Mapping[str, int | None] = field(default_factory=dict)

    def can(self, feature: str) -> bool:
        return feature in self.features

    def limit(self, name: str) -> int | None:
        """How many; None is unlimited. Not named here: as in the tier. Not named there either: 0."""
        if name in self.limits:
            return self.limits[name]
        return BY_TIER[self.tier].limits.get(name, 0)

    @property
    def all_limits(self) -> dict[str, int | None]:
        """Those that are named here, and the tier's. None is unlimited."""
        return {**BY_TIER[self.tier].limits, **self.limits}

    @property
    def why(self) -> str:
        """The reason in words; a code that we do not know stands for itself."""
        return str(Reason(self.reason).label) if self.reason in Reason.values else self.reason

    def is_over(self, now: datetime) -> bool:
        return self.until is not None and self.until <= now

    def to_json(self) -> dict[str, Any]:
        return {
            "tier": self.tier.value,
            "until": self.until.astimezone(UTC).isoformat() if self.until else None,
            "reason": self.reason,
            "features": sorted(self.features),
            "limits": dict(self.limits),
        }

    @classmethod
    def from_json(cls, segment: Mapping[str, Any]) -> "Access":
        until = segment["until"]
        return cls(
            tier=Tier(segment["tier"]),
            until=datetime.fromisoformat(until) if until else None,
            reason=segment["reason"],
            features=frozenset(segment["features"]),
            limits=segment["limits"],
        )


def _baseline(tier: Tier, *features: str, **limits: int | None) -> Access:
    return Access(tier, features=frozenset(features), limits=MappingProxyType(limits))


BY_TIER: Mapping[Tier, Access] = MappingProxyType(
    {
        Tier.GUEST: _baseline(Tier.GUEST, api_requests_per_hour=10),
        Tier.FREE: _baseline(Tier.FREE, api_requests_per_day=100),
        Tier.STARTER: _baseline(Tier.STARTER, api_requests_per_day=1000),
        Tier.PREMIUM: _baseline(Tier.PREMIUM, "charts", "export", api_requests_per_day=None),
        Tier.BUSINESS: _baseline(Tier.BUSINESS, "charts", "export", api_requests_per_day=None),
    }
)
GUEST = BY_TIER[Tier.GUEST]
FREE = BY_TIER[Tier.FREE]


def read(timeline: Sequence[Mapping[str, Any]], now: datetime) -> Access:
    """The first segment of a stored timeline that is not over at `now`; when all are, free."""
    for segment in timeline:
        access = Access.from_json(segment)
        if not access.is_over(now):
            return access
    return FREE


def lowest(*, tier: Tier | None = None, feature: str | None = None) -> Tier | None:
    """The lowest tier that opens such a gate by itself; None when no tier does."""
    for candidate, access in BY_TIER.items():
        if (tier is None or candidate.includes(tier)) and (feature is None or access.can(feature)):
            return candidate
    return None

"""The plans on sale, as values: what they cost, which tier they give, with which features and limits.

A price is known at Stripe by its lookup key, which holds our namespace; products are found by their metadata.
Never by name: the account is shared, and it may hold somebody else's "Business tier".
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.tiers import BY_TIER, Tier


class Interval(TextChoices):
    """How often a price is paid."""

    MONTH = "month", _("month")
    YEAR = "year", _("year")


@dataclass(frozen=True, slots=True)
class Price:
    """What a plan costs per interval, in the currency's smallest unit."""

    interval: Interval
    amount: int
    currency: str = "usd"


@dataclass(frozen=True, slots=True)
class Plan:
    """Something with a recurring price that grants a tier.

    `features` and `limits` are what it gives beyond its tier. `per_member`: the quantity follows the members.
    `self_service`: bought on the pricing page; the others are sold elsewhere.
    """

    key: str
    name: str
    summary: str | Promise
    tier: Tier
    prices: tuple[Price, ...]
    trial_days: int = 0
    extra_features: frozenset[str] = frozenset()
    extra_limits: Mapping[str, int | None] = field(default_factory=dict)
    per_member: bool = False
    self_service: bool = True

    @property
    def features(self) -> frozenset[str]:
        return BY_TIER[self.tier].features | self.extra_features

    @property
    def limits(self) -> dict[str, int | None]:
        return {**BY_TIER[self.tier].limits, **self.extra_limits}

    def price(self, interval: str, currency: str = "usd") -> Price | None:
        """The price on offer for that interval and currency; None when there is none."""
        return next((p for p in self.prices if p.interval == interval and p.currency == currency), None)


PLANS: tuple[Plan, ...] = (
    Plan(
        key="starter",
        name="Open SEC Data Starter",
        summary=_("For a side project: ten times the requests of the free plan."),
        tier=Tier.STARTER,
        prices=(Price(Interval.MONTH, 500), Price(Interval.YEAR, 5000)),
    ),
    Plan(
        key="premium",
        name="Open SEC Data Premium",
        summary=_("Unlimited requests, charts and export."),
        tier=Tier.PREMIUM,
        prices=(Price(Interval.MONTH, 2000), Price(Interval.YEAR, 20000)),
    ),
    Plan(
        key="business",
        name="Open SEC Data Business",
        summary=_("Everything in Premium for your whole organization, priced per member."),
        tier=Tier.BUSINESS,
        prices=(Price(Interval.MONTH, 4000), Price(Interval.YEAR, 40000)),
        per_member=True,
    ),
    Plan(
        key="annual",
        name="Open SEC Data Annual",
        summary=_("Business for a year, sold to organizations with a service agreement."),
        tier=Tier.BUSINESS,
        prices=(Price(Interval.YEAR, 100000),),
        self_service=False,
    ),
)
_BY_KEY = {plan.key: plan for plan in PLANS}


def find(key: str) -> Plan | None:
    """The plan of that key; None when it is not (or no longer) in the catalogue."""
    return _BY_KEY.get(key)


def on_offer() -> tuple[Plan, ...]:
    """What the pricing page sells, from the lowest tier to the highest."""
    return tuple(sorted((plan for plan in PLANS if plan.self_service), key=lambda plan: plan.tier.rank))


def lookup_key(plan: Plan, price: Price) -> str:
    """The name of a price at Stripe. It moves to the successor when the amount changes."""
    return f"{settings.STRIPE_NAMESPACE}:{plan.key}:{price.interval}:{price.currency}"


def prices() -> Iterator[tuple[Plan, Price]]:
    """Every plan with each of its prices."""
    return ((plan, price) for plan in PLANS for price in plan.prices)

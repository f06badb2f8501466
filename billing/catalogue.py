"""The plans on sale, as values: what they cost, which tier they give, with which features and limits.

The machines that are sold beside them are rows (`InstanceType`). Whatever is sold, a ware, has a code: `premium`,
`instance:a10g`. Its product at Stripe is known by an id and its price by a lookup key, which hold our namespace and
that code. Never by name: the account is shared, and it may hold somebody else's "Business tier".
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.conf import settings
from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from accounts.tiers import BY_TIER, Tier

# No plan's key begins so: keys have no colon.
INSTANCE = "instance:"


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


class Ware(Protocol):
    """What has a product and prices at Stripe: a plan or an instance type.

    `code` is its key among all of them, `title` the name that its product bears, `label` the one that people read, in
    the active language.
    """

    @property
    def code(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def prices(self) -> tuple[Price, ...]: ...
    @property
    def features(self) -> frozenset[str]: ...


@dataclass(frozen=True, slots=True)
class Plan:
    """Something with a recurring price that grants a tier.

    `extra_features` and `extra_limits` are what it gives beyond its tier (a limit of None is unlimited).
    `instance_types`: the keys of the machines that may be bought with it; None for all. `per_member`: the quantity
    follows the members. `self_service`: bought on the pricing page; the others are sold elsewhere.
    """

    key: str
    name: str
    summary: str | Promise
    tier: Tier
    prices: tuple[Price, ...]
    trial_days: int = 0
    extra_features: frozenset[str] = frozenset()
    extra_limits: Mapping[str, int | None] = field(default_factory=dict)
    instance_types: frozenset[str] | None = frozenset()
    per_member: bool = False
    self_service: bool = True

    @property
    def code(self) -> str:
        return self.key

    @property
    def title(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        return gettext(self.name)

    @property
    def sells_machines(self) -> bool:
        return self.instance_types is None or bool(self.instance_types)

    def allows(self, instance_type: str) -> bool:
        """Whether machines of the type with that key may be bought with this plan."""
        return self.instance_types is None or instance_type in self.instance_types

    @property
    def features(self) -> frozenset[str]:
        return BY_TIER[self.tier].features | self.extra_features

    @property
    def limits(self) -> dict[str, int | None]:
        return {**BY_TIER[self.tier].limits, **self.extra_limits}

    def limit(self, name: str) -> int | None:
        """How many; None is unlimited. Not named: 0."""
        return self.limits.get(name, 0)

    def is_sold_for(self, interval: str) -> bool:
        """Whether the pricing page sells it, to be paid so often."""
        return self.self_service and self.price(interval) is not None

    def price(self, interval: str, currency: str = "usd") -> Price | None:
        """The price on offer for that interval and currency; None when there is none."""
        return price_of(self, interval, currency)


PLANS: tuple[Plan, ...] = (
    Plan(
        key="starter",
        name=gettext_noop("Open SEC Data Starter"),
        summary=_("For a side project: ten times the requests of the free plan."),
        tier=Tier.STARTER,
        prices=(Price(Interval.MONTH, 500), Price(Interval.YEAR, 5000)),
        instance_types=frozenset({"cpu-1x4", "cpu-2x8", "cpu-4x16", "t4"}),
    ),
    Plan(
        key="premium",
        name=gettext_noop("Open SEC Data Premium"),
        summary=_("Unlimited requests, charts and export."),
        tier=Tier.PREMIUM,
        prices=(Price(Interval.MONTH, 2000), Price(Interval.YEAR, 20000)),
    ),
    Plan(
        key="business",
        name=gettext_noop("Open SEC Data Business"),
        summary=_("Everything in Premium for your whole organization, priced per member."),
        tier=Tier.BUSINESS,
        prices=(Price(Interval.MONTH, 4000), Price(Interval.YEAR, 40000)),
        instance_types=None,
        per_member=True,
    ),
    Plan(
        key="annual",
        name=gettext_noop("Open SEC Data Annual"),
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


def price_of(ware: Ware, interval: str, currency: str = "usd") -> Price | None:
    """Its price on offer for that interval and currency; None when there is none."""
    return next((p for p in ware.prices if p.interval == interval and p.currency == currency), None)


def lookup_key(ware: Ware, price: Price) -> str:
    """The name of a price at Stripe. It moves to the successor when the amount changes."""
    return f"{settings.STRIPE_NAMESPACE}:{ware.code}:{price.interval}:{price.currency}"


def prices() -> Iterator[tuple[Plan, Price]]:
    """Every plan with each of its prices."""
    return ((plan, price) for plan in PLANS for price in plan.prices)


def instance_code(key: str) -> str:
    """The code of the instance type with that key: what a subscription's item, and the limit it adds to, is called."""
    return f"{INSTANCE}{key}"


def instance_key(code: str) -> str:
    """The instance type's key in a code; empty when the code is a plan's, or nothing's."""
    return code.removeprefix(INSTANCE) if code.startswith(INSTANCE) else ""


def facts(ware: Ware) -> dict[str, str]:
    """What products and prices say in their metadata of what they are to us."""
    key = instance_key(ware.code)
    return {"instance_type": key} if key else {"plan": ware.code}


def code_in(metadata: Mapping[str, Any] | None) -> str:
    """The code that such metadata stands for; empty when it stands for none."""
    found = metadata or {}
    if key := found.get("instance_type"):
        return instance_code(str(key))
    return str(found.get("plan") or "")

"""What is on sale, in words for customers: the lines of the pricing page and of an order."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.tiers import BY_TIER, Access, Tier
from billing import catalogue, words
from billing import price_list as prices
from billing.catalogue import Interval, Plan, Price
from billing.price_list import PriceList


@dataclass(frozen=True, slots=True)
class Line:
    """One line of what a plan holds, or lacks."""

    text: str
    present: bool = True


@dataclass(frozen=True, slots=True)
class Offer:
    """A column of the pricing page: the free tier (no plan, no price) or a plan at one interval."""

    tier: Tier
    summary: str | Promise
    lines: list[Line]
    plan: Plan | None = None
    price: Price | None = None
    saving: int = 0  # per year, against paying by the month; in the smallest unit

    @property
    def amount(self) -> int:
        return self.price.amount if self.price else 0

    @property
    def currency(self) -> str:
        return self.price.currency if self.price else "usd"

    @property
    def per(self) -> str:
        """What the price is for: `per month`, `per member and year`."""
        if self.plan is None or self.price is None:
            return _("forever")
        return per(self.price.interval, per_member=self.plan.per_member)


def price_list() -> PriceList:
    """What the plans on the pricing page cost now. One query."""
    return prices.read(*catalogue.on_offer())


def all_at(interval: Interval, listed: PriceList) -> list[Offer]:
    """The free tier and every plan that is sold at that interval, from the lowest tier to the highest."""
    free = BY_TIER[Tier.FREE]
    offers = [Offer(Tier.FREE, gettext_lazy("To look around and to try the API."), lines(free))]
    for plan in catalogue.on_offer():
        if price := listed.price(plan, interval):
            held, saving = lines(plan, interval), listed.saving(plan, price)
            offers.append(Offer(plan.tier, plan.summary, held, plan, price, saving))
    return offers


def other(plan: Plan, interval: str) -> Offer | None:
    """The same plan for the other period, if it is sold for that."""
    found = all_at(Interval.MONTH if interval == Interval.YEAR else Interval.YEAR, price_list())
    return next((offer for offer in found if offer.plan is plan), None)


def lines(given: Access | Plan, interval: str = Interval.MONTH) -> list[Line]:
    """What a tier, or a plan at that interval, holds; then what others hold and it lacks."""
    held = [Line(words.of_requests(given.limit("api_requests_per_day")))]
    if isinstance(given, Plan) and given.per_member:
        held.append(Line(_("For every member of your organization")))
    if isinstance(given, Plan) and given.sells_machines and interval == Interval.MONTH:
        held.append(Line(_("Machines beside it, as many as you need")))
    features = [Line(str(text), key in given.features) for key, text in words.FEATURES.items()]
    return held + sorted(features, key=lambda line: not line.present)


def discount(listed: PriceList) -> int:
    """The most that paying by the year saves on any plan, in whole percent."""
    yearly = [offer for offer in all_at(Interval.YEAR, listed) if offer.saving]
    return max((100 * offer.saving // (offer.saving + offer.amount) for offer in yearly), default=0)


def per(interval: str, *, per_member: bool = False) -> str:
    """What a price is for, in words."""
    if per_member:
        return _("per member and year") if interval == Interval.YEAR else _("per member and month")
    return _("per year") if interval == Interval.YEAR else _("per month")

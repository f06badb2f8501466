"""What opens a closed gate for the least: asked by `accounts.gates`, which knows no prices."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from accounts.gates import WayUp
from accounts.tiers import Access
from billing import catalogue, money, offers, price_list
from billing.catalogue import Interval, Plan, Price


def cheapest(opens: Callable[[Access], bool], **signal: Any) -> WayUp | None:
    """The lowest plan on the pricing page that does, with its price by the month if it has one."""
    for plan in catalogue.on_offer():
        if opens(Access(plan.tier, features=plan.features, limits=plan.limits)):
            listed = price_list.read(plan)
            return _way(plan, listed.price(plan, Interval.MONTH) or listed.prices(plan)[0])
    return None


def _way(plan: Plan, price: Price) -> WayUp:
    words = _("%(amount)s %(per)s") % {
        "amount": money.display(price.amount, price.currency, short=True),
        "per": offers.per(price.interval, per_member=plan.per_member),
    }
    return WayUp(plan.key, plan.label, price.amount, price.currency, price.interval.value, words)

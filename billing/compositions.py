"""What a subscription consists of: a plan paid at an interval, and machines beside it, by their instance types' keys.

What is wanted is checked against what is sold before anything else happens; nothing that a client sends is a price.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Organization
from billing import catalogue, errors, purchases
from billing.catalogue import Interval, Plan, Ware
from billing.models import InstanceType, StripePrice, StripeSubscription, StripeSubscriptionItem

# So many machines of one type are sold without talking to us.
MOST = 100
# The largest amount that Stripe charges, in the smallest unit. https://docs.stripe.com/currencies
LARGEST = 99_999_999
# What those pay in who have no subscription yet.
CURRENCY = "usd"


@dataclass(frozen=True, slots=True)
class Composition:
    """What is wanted, or had. `machines` holds no zeros."""

    plan: Plan
    interval: str
    machines: Mapping[str, int] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {
            "plan": self.plan.key,
            "interval": str(self.interval),
            "machines": dict(sorted(self.machines.items())),
        }


@dataclass(frozen=True, slots=True)
class Part:
    """So many of a price. `item`: the one of the subscription that it is, or becomes; None for a new one."""

    code: str
    name: str
    price_id: str
    amount: int
    quantity: int
    item: StripeSubscriptionItem | None = None

    @property
    def total(self) -> int:
        return self.amount * self.quantity

    @property
    def change(self) -> dict[str, Any] | None:
        """What Stripe is told of it; None when it stays as it is."""
        if self.item is None:
            return {"price": self.price_id, "quantity": self.quantity}
        price = {} if self.item.price_id == self.price_id else {"price": self.price_id}
        if not price and self.item.quantity == self.quantity:
            return None
        return {"id": self.item.stripe_id, **price, "quantity": self.quantity}


def of(subscription: StripeSubscription) -> Composition:
    """What it consists of now. Uses prefetched items. Raises `NotChangeable` when it has no plan that we know."""
    item = subscription.plan_item
    if item is None or item.plan is None:
        raise errors.NotChangeable
    return Composition(item.plan, item.interval, subscription.machines)


def machines(wanted: Mapping[str, int]) -> dict[str, int]:
    """Without those of which none are wanted. Raises `NotOffered` for a number that is none, or too large."""
    for key, quantity in wanted.items():
        if type(quantity) is not int or not 0 <= quantity <= MOST:
            sentence = _("Choose a whole number of machines, at most %(most)s.") % {"most": MOST}
            raise errors.NotOffered(sentence, param=f"items.{key}")
    return {key: quantity for key, quantity in wanted.items() if quantity}


def parts(
    organization: Organization, wanted: Composition, subscription: StripeSubscription | None = None
) -> list[Part]:
    """What is wanted, priced: the plan first. A price that a subscriber has already is kept. Two queries.

    Raises `NotOffered` for what is not sold, `NotOnSale` for what Stripe does not have yet.
    """
    types = InstanceType.objects.by_key() if wanted.machines else {}
    held = {item.key: item for item in subscription.items.all()} if subscription else {}
    _refuse_unsold(wanted, types, held)
    wares: list[Ware] = [wanted.plan, *(types[key] for key in wanted.machines)]
    offered = _prices(wares, wanted.interval, subscription.currency if subscription else CURRENCY)
    found = [_plan_part(organization, wanted, offered, subscription)]
    for key, quantity in wanted.machines.items():
        found.append(_machine_part(types[key], quantity, offered, held))
    if sum(part.total for part in found) > LARGEST:
        raise errors.NotOffered(_("That is more than can be bought at once. Talk to us."), param="items")
    return found


def lines(organization: Organization, wanted: Composition) -> list[dict[str, Any]]:
    """The machines of what is wanted, as Stripe takes them for a new subscription."""
    return [{"price": part.price_id, "quantity": part.quantity} for part in parts(organization, wanted)[1:]]


def changes(subscription: StripeSubscription, wanted: Iterable[Part]) -> list[dict[str, Any]]:
    """What Stripe is told to make the subscription this: one list for one call. What we do not know stays."""
    found = list(wanted)
    kept = {part.item.pk for part in found if part.item}
    gone = [
        {"id": item.stripe_id, "deleted": True}
        for item in subscription.items.all()
        if item.pk not in kept and (item.instance_key or item.plan)
    ]
    return [change for part in found if (change := part.change)] + gone


def _refuse_unsold(
    wanted: Composition, types: Mapping[str, InstanceType], held: Mapping[str, StripeSubscriptionItem]
) -> None:
    """Machines that somebody has already may stay, or become fewer, though they are no longer sold."""
    for key, quantity in wanted.machines.items():
        found, present = types.get(key), held.get(catalogue.instance_code(key))
        if found is None or not wanted.plan.allows(key):
            sentence = _("This machine is not sold with %(plan)s.") % {"plan": wanted.plan.label}
            raise errors.NotOffered(sentence, param=f"items.{key}")
        if not found.active and quantity > (present.quantity if present else 0):
            raise errors.NotOffered(_("This machine is no longer sold."), param=f"items.{key}")
    if wanted.machines and wanted.interval != Interval.MONTH:
        raise errors.NotOffered(
            _("Machines are paid by the month, so the plan has to be too."), param="interval"
        )


def _prices(wares: list[Ware], interval: str, currency: str) -> dict[str, StripePrice]:
    """The prices on offer of all these, by the wares' codes. One query. A subscription has one currency for good."""
    keys = {}
    for ware in wares:
        price = catalogue.price_of(ware, interval, currency)
        if price is None:
            sentence = _("%(name)s is not sold for that period in your currency.") % {"name": ware.label}
            raise errors.NotOffered(sentence, param="interval")
        keys[catalogue.lookup_key(ware, price)] = ware.code
    rows = StripePrice.objects.filter(active=True, lookup_key__in=keys).order_by("created")
    return {keys[row.lookup_key]: row for row in rows}


def _plan_part(
    organization: Organization,
    wanted: Composition,
    offered: Mapping[str, StripePrice],
    subscription: StripeSubscription | None,
) -> Part:
    """The plan's quantity is not touched while the plan stays: it follows the members. See `seats`."""
    plan, item = wanted.plan, subscription.plan_item if subscription else None
    if item is not None and (item.key, item.interval) == (plan.key, wanted.interval):
        return Part(plan.code, plan.label, item.price_id, item.amount or 0, item.quantity, item)
    price = offered.get(plan.code)
    if price is None:
        raise errors.NotOnSale
    quantity = purchases.quantity(organization, plan)
    return Part(plan.code, plan.label, price.stripe_id, price.amount or 0, quantity, item)


def _machine_part(
    ware: InstanceType,
    quantity: int,
    offered: Mapping[str, StripePrice],
    held: Mapping[str, StripeSubscriptionItem],
) -> Part:
    item = held.get(ware.code)
    if item is not None:
        return Part(ware.code, ware.label, item.price_id, item.amount or 0, quantity, item)
    price = offered.get(ware.code)
    if price is None:
        raise errors.NotOnSale
    return Part(ware.code, ware.label, price.stripe_id, price.amount or 0, quantity)

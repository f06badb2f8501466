"""The catalogue brought to Stripe: products and prices made, renamed, repriced and archived there, never deleted.

Run twice it does nothing the second time; cut off half-way it goes on; two runs at once make nothing twice, since
what they make has ids and idempotency keys that follow from what is wanted. Nothing is ever found by its name.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices

from billing import catalogue, errors, gateway, mirror
from billing.catalogue import Plan, Price
from billing.gateway import namespace
from billing.gateway.client import Answer
from billing.models import StripePrice

Data = dict[str, Any]


class Act(TextChoices):
    """What is done about a product or a price."""

    CREATE = "+"
    CHANGE = "~"
    KEEP = "="


@dataclass(frozen=True, slots=True)
class Step:
    """One line of what was done, or would be."""

    act: Act
    what: str
    why: str = ""

    def __str__(self) -> str:
        return f"{self.act.value} {self.what}" + (f"  ({self.why})" if self.why else "")


class NotOurs(errors.BillingError):
    """Somebody else has taken the id that our product would have."""

    default_code = "not_ours"


def upsert(*, dry_run: bool = False) -> Iterator[Step]:
    """Make Stripe's products and prices say what the catalogue says, and mirror them; a step for each of them."""
    products = _found_products()
    prices = _found_prices()
    for plan in catalogue.PLANS:
        yield _product(plan, products.get(gateway.catalogue.product_id(plan.key)), dry_run)
        for price in plan.prices:
            yield _price(plan, price, prices.get(catalogue.lookup_key(plan, price)), dry_run)
    yield from _archive(dry_run)


def _found_products() -> dict[str, Data]:
    answer = gateway.catalogue.products([plan.key for plan in catalogue.PLANS])
    for product in answer.data["data"]:
        if not namespace.is_ours(product["metadata"]):
            raise NotOurs(f"The product {product['id']} at Stripe does not bear our namespace.")
        mirror.record(mirror.of_answer(answer, product))
    return {product["id"]: product for product in answer.data["data"]}


def _found_prices() -> dict[str, Data]:
    found: dict[str, Data] = {}
    for answer in gateway.catalogue.prices([catalogue.lookup_key(*pair) for pair in catalogue.prices()]):
        for price in answer.data["data"]:
            mirror.record(mirror.of_answer(answer, price))
            found[price["lookup_key"]] = price
    return found


def _product(plan: Plan, found: Data | None, dry_run: bool) -> Step:
    if found is None:
        step = Step(Act.CREATE, f"product {plan.name}")
        if not dry_run:
            _mirror(gateway.catalogue.create_product(plan.key, name=plan.name, idempotency_key=_key(plan)))
        return step
    if found["name"] == plan.name and found["active"]:
        return Step(Act.KEEP, f"product {plan.name}")
    step = Step(Act.CHANGE, f"product {plan.name}", "archived" if not found["active"] else found["name"])
    if not dry_run:
        key = f"{_key(plan)}:{mirror.sequence_of(found['id'])}"
        _mirror(gateway.catalogue.update_product(plan.key, name=plan.name, active=True, idempotency_key=key))
    return step


def _price(plan: Plan, price: Price, found: Data | None, dry_run: bool) -> Step:
    lookup_key = catalogue.lookup_key(plan, price)
    if found is not None and found["unit_amount"] == price.amount:
        return _sell(found, lookup_key, dry_run)
    if not dry_run:
        answer = gateway.catalogue.create_price(
            plan.key,
            lookup_key=lookup_key,
            interval=price.interval.value,
            currency=price.currency,
            amount=price.amount,
            # The predecessor is part of it: a price that goes up and down again is a new price each time.
            idempotency_key=f"{lookup_key}:{price.amount}:{found['id'] if found else 'first'}",
        )
        _mirror(answer)
        if found is not None:
            mirror.pull("price", found["id"])  # it has lost its lookup key
    if found is None:
        return Step(Act.CREATE, f"price {lookup_key} {price.amount}")
    return Step(Act.CHANGE, f"price {lookup_key} {price.amount}", f"was {found['unit_amount']}")


def _sell(found: Data, lookup_key: str, dry_run: bool) -> Step:
    if found["active"]:
        return Step(Act.KEEP, f"price {lookup_key} {found['unit_amount']}")
    if not dry_run:
        key = f"{found['id']}:sell:{mirror.sequence_of(found['id'])}"
        _mirror(gateway.catalogue.sell_price(found["id"], active=True, idempotency_key=key))
    return Step(Act.CHANGE, f"price {lookup_key} {found['unit_amount']}", "archived")


def _archive(dry_run: bool) -> Iterator[Step]:
    """Sell no more what left the catalogue: prices that lost their key, also when an earlier run was cut off."""
    wanted = [catalogue.lookup_key(*pair) for pair in catalogue.prices()]
    products = [gateway.catalogue.product_id(plan.key) for plan in catalogue.PLANS]
    stale = StripePrice.objects.filter(active=True, product_id__in=products).exclude(lookup_key__in=wanted)
    for price in stale:
        if not dry_run:
            key = f"{price.stripe_id}:archive:{mirror.sequence_of(price.stripe_id)}"
            _mirror(gateway.catalogue.sell_price(price.stripe_id, active=False, idempotency_key=key))
        yield Step(Act.CHANGE, f"price {price}", "no longer sold")


def _mirror(answer: Answer) -> None:
    mirror.record(mirror.of_answer(answer))


def _key(plan: Plan) -> str:
    return f"{gateway.catalogue.product_id(plan.key)}:{plan.name}"

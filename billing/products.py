"""The catalogue brought to Stripe: products and prices made, renamed, repriced and archived there, never deleted.

Run twice it does nothing the second time; cut off half-way it goes on; two runs at once make nothing twice, since
what they make has ids and idempotency keys that follow from what is wanted. Nothing is ever found by its name.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import TextChoices

from billing import catalogue, errors, gateway, mirror
from billing.catalogue import Price, Ware
from billing.gateway import namespace
from billing.gateway.client import Answer
from billing.models import InstanceType, StripePrice, StripeProduct
from billing.steps import Act, Step

Data = dict[str, Any]


class Kind(TextChoices):
    """The kinds of wares."""

    PLAN = "plan"
    INSTANCE = "instance"


class NotOurs(errors.BillingError):
    """Somebody else has taken the id that our product would have."""

    default_code = "not_ours"


def wares(*kinds: Kind) -> list[Ware]:
    """What is to be sold, of these kinds; of all when none is named."""
    plans: list[Ware] = [*catalogue.PLANS] if not kinds or Kind.PLAN in kinds else []
    return plans + ([*InstanceType.objects.on_sale()] if not kinds or Kind.INSTANCE in kinds else [])


def upsert(*kinds: Kind, dry_run: bool = False) -> Iterator[Step]:
    """Make Stripe's products and prices say what the catalogue says, and mirror them; a step for each of them.

    Two reads for up to a hundred wares with ten prices, and one for each further ten prices.
    """
    wanted = wares(*kinds)
    products = _found_products(wanted)
    prices = _found_prices(wanted)
    for ware in wanted:
        yield _product(ware, products.get(gateway.catalogue.product_id(ware.code)), dry_run)
        for price in ware.prices:
            yield _price(ware, price, prices.get(catalogue.lookup_key(ware, price)), dry_run)
    yield from _archive(wanted, kinds, dry_run)


def _found_products(wanted: list[Ware]) -> dict[str, Data]:
    found: dict[str, Data] = {}
    for answer in gateway.catalogue.products([ware.code for ware in wanted]):
        for product in answer.data["data"]:
            if not namespace.is_ours(product["metadata"]):
                raise NotOurs(f"The product {product['id']} at Stripe does not bear our namespace.")
            mirror.record(mirror.of_answer(answer, product))
            found[product["id"]] = product
    return found


def _found_prices(wanted: list[Ware]) -> dict[str, Data]:
    found: dict[str, Data] = {}
    for answer in gateway.catalogue.prices(_lookup_keys(wanted)):
        for price in answer.data["data"]:
            mirror.record(mirror.of_answer(answer, price))
            found[price["lookup_key"]] = price
    return found


def _lookup_keys(wanted: list[Ware]) -> list[str]:
    return [catalogue.lookup_key(ware, price) for ware in wanted for price in ware.prices]


def _product(ware: Ware, found: Data | None, dry_run: bool) -> Step:
    if found is None:
        step = Step(Act.CREATE, f"product {ware.title}")
        if not dry_run:
            _mirror(
                gateway.catalogue.create_product(
                    ware.code, name=ware.title, facts=catalogue.facts(ware), key=_key(ware)
                )
            )
        return step
    if found["name"] == ware.title and found["active"]:
        return Step(Act.KEEP, f"product {ware.title}")
    step = Step(Act.CHANGE, f"product {ware.title}", "archived" if not found["active"] else found["name"])
    if not dry_run:
        key = f"{_key(ware)}:{mirror.sequence_of(found['id'])}"
        _mirror(gateway.catalogue.update_product(ware.code, name=ware.title, active=True, key=key))
    return step


def _price(ware: Ware, price: Price, found: Data | None, dry_run: bool) -> Step:
    lookup_key = catalogue.lookup_key(ware, price)
    if found is not None and found["unit_amount"] == price.amount:
        return _sell(found, lookup_key, dry_run)
    if not dry_run:
        answer = gateway.catalogue.create_price(
            ware.code,
            lookup_key=lookup_key,
            interval=price.interval.value,
            currency=price.currency,
            amount=price.amount,
            facts=catalogue.facts(ware),
            # The predecessor is part of it: a price that goes up and down again is a new price each time.
            key=f"{lookup_key}:{price.amount}:{found['id'] if found else 'first'}",
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
        _mirror(gateway.catalogue.sell_price(found["id"], active=True, key=key))
    return Step(Act.CHANGE, f"price {lookup_key} {found['unit_amount']}", "archived")


def _archive(wanted: list[Ware], kinds: tuple[Kind, ...], dry_run: bool) -> Iterator[Step]:
    """Sell no more what left the catalogue: wares, and prices that have a successor, also when a run was cut off."""
    known = [one for one in StripeProduct.objects.all() if _is_of(one, kinds)]
    codes_of = {one.stripe_id: one.key for one in known}
    offered = {catalogue.lookup_key(ware, price): price.amount for ware in wanted for price in ware.prices}
    for price in StripePrice.objects.filter(active=True, product_id__in=codes_of).order_by("pk"):
        if offered.get(price.lookup_key) == price.amount:
            continue
        if not dry_run:
            key = f"{price.stripe_id}:archive:{mirror.sequence_of(price.stripe_id)}"
            _mirror(gateway.catalogue.sell_price(price.stripe_id, active=False, key=key))
        what = f"price {price.stripe_id} of {codes_of[price.product_id]} {price.amount}"
        yield Step(Act.CHANGE, what, "no longer sold")
    codes = {ware.code for ware in wanted}
    for product in known:
        if product.active and product.key not in codes:
            if not dry_run:
                key = f"{product.stripe_id}:archive:{mirror.sequence_of(product.stripe_id)}"
                _mirror(
                    gateway.catalogue.update_product(product.key, name=product.name, active=False, key=key)
                )
            yield Step(Act.CHANGE, f"product {product.name}", "no longer sold")


def _is_of(product: StripeProduct, kinds: tuple[Kind, ...]) -> bool:
    """Whether it is one that we made, of these kinds. Others that bear our mark were made by hand."""
    kind = Kind.INSTANCE if catalogue.instance_key(product.key) else Kind.PLAN
    made = product.stripe_id == gateway.catalogue.product_id(product.key)
    return made and (not kinds or kind in kinds)


def _mirror(answer: Answer) -> None:
    mirror.record(mirror.of_answer(answer))


def _key(ware: Ware) -> str:
    return f"{gateway.catalogue.product_id(ware.code)}:{ware.title}"

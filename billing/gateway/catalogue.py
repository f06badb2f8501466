"""Products and prices at Stripe. https://docs.stripe.com/api/products, https://docs.stripe.com/api/prices"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.conf import settings

from billing.gateway import namespace
from billing.gateway.client import Answer, call

# Stripe takes so many lookup keys in one call.
LOOKUP_KEYS = 10
PAGE = 100


def product_id(code: str) -> str:
    """The id that a product of ours has at Stripe: chosen by us, so that it cannot be made twice."""
    return f"{settings.STRIPE_NAMESPACE}-{code.replace(':', '-')}"


def products(codes: Sequence[str]) -> Iterator[Answer]:
    """Our products of these codes, archived ones too. One call for a hundred."""
    for start in range(0, len(codes), PAGE):
        yield _products([product_id(code) for code in codes[start : start + PAGE]])


def _products(ids: list[str]) -> Answer:
    return call(lambda stripe: stripe.v1.products.list({"ids": ids, "limit": PAGE}))


def prices(lookup_keys: Sequence[str]) -> Iterator[Answer]:
    """The prices that bear these lookup keys. One call for ten keys."""
    for start in range(0, len(lookup_keys), LOOKUP_KEYS):
        yield _prices(list(lookup_keys[start : start + LOOKUP_KEYS]))


def _prices(lookup_keys: list[str]) -> Answer:
    return call(lambda stripe: stripe.v1.prices.list({"lookup_keys": lookup_keys, "limit": PAGE}))


def create_product(code: str, *, name: str, facts: Mapping[str, str], key: str) -> Answer:
    return call(
        lambda stripe: stripe.v1.products.create(
            {"id": product_id(code), "name": name, "metadata": namespace.stamp(**facts)},
            {"idempotency_key": key},
        )
    )


def update_product(code: str, *, name: str, active: bool, key: str) -> Answer:
    return call(
        lambda stripe: stripe.v1.products.update(
            product_id(code), {"name": name, "active": active}, {"idempotency_key": key}
        )
    )


def create_price(
    code: str,
    *,
    lookup_key: str,
    interval: Any,
    currency: str,
    amount: int,
    facts: Mapping[str, str],
    key: str,
) -> Answer:
    """A price that takes the lookup key over from its predecessor, which stays for those who pay it."""
    return call(
        lambda stripe: stripe.v1.prices.create(
            {
                "product": product_id(code),
                "currency": currency,
                "unit_amount": amount,
                "recurring": {"interval": interval},
                "lookup_key": lookup_key,
                "transfer_lookup_key": True,
                "metadata": namespace.stamp(**facts),
            },
            {"idempotency_key": key},
        )
    )


def sell_price(price: str, *, active: bool, key: str) -> Answer:
    """Sell it again, or no more; those who pay it keep it."""
    return call(lambda stripe: stripe.v1.prices.update(price, {"active": active}, {"idempotency_key": key}))

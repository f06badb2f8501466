"""Products and prices at Stripe. https://docs.stripe.com/api/products, https://docs.stripe.com/api/prices"""

from collections.abc import Iterator, Sequence
from typing import Any

from billing.gateway import namespace
from billing.gateway.client import Answer, call

# Stripe takes so many lookup keys in one call.
LOOKUP_KEYS = 10
PAGE = 100


def products() -> Iterator[tuple[dict[str, Any], int]]:
    """All products that bear our namespace, archived ones too, each with its `as_of`."""
    after = ""
    while True:
        params: Any = {"limit": PAGE} | ({"starting_after": after} if after else {})
        answer = call(lambda stripe, params=params: stripe.v1.products.list(params))  # type: ignore[misc]
        for product in answer.data["data"]:
            if namespace.is_ours(product["metadata"]):
                yield product, answer.as_of
        if not answer.data["has_more"]:
            return
        after = answer.data["data"][-1]["id"]


def prices(lookup_keys: Sequence[str]) -> Iterator[tuple[dict[str, Any], int]]:
    """The prices that bear these lookup keys, each with its `as_of`. One call for ten keys."""
    for start in range(0, len(lookup_keys), LOOKUP_KEYS):
        keys = list(lookup_keys[start : start + LOOKUP_KEYS])
        answer = call(lambda stripe, keys=keys: stripe.v1.prices.list({"lookup_keys": keys, "limit": PAGE}))  # type: ignore[misc]
        for price in answer.data["data"]:
            yield price, answer.as_of


def create_product(*, plan: str, name: str, key: str) -> Answer:
    return call(
        lambda stripe: stripe.v1.products.create(
            {"name": name, "metadata": namespace.stamp(plan=plan)}, {"idempotency_key": key}
        )
    )


def update_product(product: str, *, name: str, key: str) -> Answer:
    """Give a product its name of the catalogue, and offer it again if it was archived."""
    return call(
        lambda stripe: stripe.v1.products.update(
            product, {"name": name, "active": True}, {"idempotency_key": key}
        )
    )


def create_price(
    *, product: str, plan: str, lookup_key: str, interval: Any, currency: str, amount: int, key: str
) -> Answer:
    """A price that takes the lookup key over from its predecessor, which stays for those who pay it."""
    return call(
        lambda stripe: stripe.v1.prices.create(
            {
                "product": product,
                "currency": currency,
                "unit_amount": amount,
                "recurring": {"interval": interval},
                "lookup_key": lookup_key,
                "transfer_lookup_key": True,
                "metadata": namespace.stamp(plan=plan),
            },
            {"idempotency_key": key},
        )
    )


def archive_price(price: str, *, key: str) -> Answer:
    """Sell it no more; those who pay it keep it."""
    return call(lambda stripe: stripe.v1.prices.update(price, {"active": False}, {"idempotency_key": key}))

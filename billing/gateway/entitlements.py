"""Features, and which products have them. https://docs.stripe.com/billing/entitlements"""

from typing import Any

from django.conf import settings

from billing.gateway import lists, namespace
from billing.gateway.catalogue import product_id
from billing.gateway.client import Answer, call


def lookup_key(feature: str) -> str:
    """The name of a feature at Stripe, where each is there once in an account."""
    return f"{settings.STRIPE_NAMESPACE}:{feature}"


def features() -> dict[str, dict[str, Any]]:
    """Ours by their lookup keys, archived ones too. One call for a hundred features of the account."""
    found = [one for page in lists.pages("entitlements.feature") for one in page.objects]
    return {one["lookup_key"]: one for one in found if namespace.is_ours(one["metadata"])}


def create(feature: str, *, name: str, key: str) -> Answer:
    params: Any = {"lookup_key": lookup_key(feature), "name": name, "metadata": namespace.stamp()}
    return call(lambda stripe: stripe.v1.entitlements.features.create(params, {"idempotency_key": key}))


def update(feature_id: str, *, name: str, active: bool, key: str) -> Answer:
    return call(
        lambda stripe: stripe.v1.entitlements.features.update(
            feature_id, {"name": name, "active": active}, {"idempotency_key": key}
        )
    )


def of_product(code: str) -> list[dict[str, Any]]:
    """The product's features, each attached under an id of its own; a hundred are more than any has."""
    return list(
        call(lambda stripe: stripe.v1.products.features.list(product_id(code), {"limit": 100})).data["data"]
    )


def attach(code: str, feature_id: str, *, key: str) -> Answer:
    return call(
        lambda stripe: stripe.v1.products.features.create(
            product_id(code), {"entitlement_feature": feature_id}, {"idempotency_key": key}
        )
    )


def detach(code: str, attached_id: str) -> Answer:
    """Take a feature off a product; one that is off already raises `NotFound`."""
    return call(lambda stripe: stripe.v1.products.features.delete(product_id(code), attached_id))


def note(code: str, features: str, *, key: str) -> Answer:
    """Write down on the product which features it has, so that they need not be listed to be compared."""
    return call(
        lambda stripe: stripe.v1.products.update(
            product_id(code), {"metadata": {"features": features}}, {"idempotency_key": key}
        )
    )

"""Customers of Turnpike's, as they are after they have bought something: made at the local Stripe and mirrored.

python -m benchmarks.ours CLIENTS ORGANIZATIONS prints for each client the objects of its organizations, as JSON
"""

import json
import os
import sys
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from accounts.models import Organization  # noqa: E402
from billing import catalogue, gateway, mirror, products, subscriptions  # noqa: E402
from billing.gateway import namespace  # noqa: E402


def subscribe(name: str) -> list[dict[str, Any]]:
    """An organization with a subscription; its objects at Stripe, which our rows know, and a product for its events."""
    premium = catalogue.find("premium")
    assert premium
    organization = Organization.objects.create(name=name, email="billing@acme.example")
    stripe = gateway.client.connected().v1
    card = stripe.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}})["id"]
    purchase = subscriptions.start(organization, premium, "month", card)
    organization.refresh_from_db()
    customer = str(organization.stripe_customer_id)
    subscription = fetch("subscription", purchase.subscription_id)
    product = stripe.products.create({"name": name, "metadata": namespace.stamp(plan="")})["id"]
    payment = stripe.payment_intents.list({"customer": customer})["data"][0]["id"]
    objects = [
        subscription,
        fetch("invoice", subscription["latest_invoice"]),
        fetch("customer", customer),
        fetch("product", product),
        fetch("payment_intent", payment),
    ]
    for data in objects:
        mirror.pull(data["object"], data["id"], None if data["object"] == "product" else organization.pk)
    return objects


def fetch(kind: str, stripe_id: str) -> dict[str, Any]:
    answer = gateway.objects.fetch(kind, stripe_id)
    assert answer, stripe_id
    return answer.data


def main(clients: int, organizations: int) -> None:
    list(products.upsert(products.Kind.PLAN))
    print(
        json.dumps(
            [
                [data for one in range(organizations) for data in subscribe(f"Organization {client}-{one}")]
                for client in range(clients)
            ]
        )
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))

"""What is run with every deployment: the catalogue, its features, Stripe's page and our endpoint, brought to Stripe.

A run that was killed is begun again, so here one begins until there is nothing left to write.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from billing.models import InstanceType, MirroredObject, StripePrice, StripeProduct
from tests.flows.subscriptions import buy
from tests.house import House
from tests.oracle import NAMESPACE, Oracle


@dataclass(frozen=True)
class Run:
    """`writes`: by which functions of `billing.gateway`."""

    command: tuple[str, ...]
    writes: str
    before: Callable[[House], None] | None = None


def meddle(home: House) -> None:
    """Somebody pays; and in the dashboard everything is changed that we had put there."""
    user = User.objects.create_user("payer@people.example", name="Alice")
    buy(home, user, plan="starter")
    home.deliver()
    stripe = home.stripe().v1
    product, price = (
        f"{NAMESPACE}-starter",
        StripePrice.objects.get(lookup_key=f"{NAMESPACE}:starter:month:usd"),
    )
    dearer: Any = {
        "product": product,
        "currency": "usd",
        "unit_amount": 999,
        "recurring": {"interval": "month"},
    }
    facts = {
        "lookup_key": price.lookup_key,
        "transfer_lookup_key": True,
        "metadata": {"namespace": NAMESPACE},
    }
    stripe.prices.create({**dearer, **facts})
    stripe.prices.update(_premium(), {"active": False})
    stripe.products.update(product, {"name": "Another name", "metadata": {"features": "others"}})
    ours: Any = {"metadata": {"namespace": NAMESPACE}}
    more = stripe.entitlements.features.create({"lookup_key": f"{NAMESPACE}:more", "name": "More", **ours})
    stripe.products.features.create(product, {"entitlement_feature": more["id"]})
    for page in stripe.billing_portal.configurations.list()["data"]:
        stripe.billing_portal.configurations.update(
            page["id"], {"default_return_url": "https://other.example"}
        )
    for endpoint in stripe.webhook_endpoints.list()["data"]:
        stripe.webhook_endpoints.update(endpoint["id"], {"enabled_events": ["invoice.paid"]})


def _premium() -> str:
    return StripePrice.objects.get(lookup_key=f"{NAMESPACE}:premium:month:usd").stripe_id


def begin_anew(home: House) -> None:
    """Nothing is at Stripe yet. One kind of machine tells as much as nine."""
    home.sandbox.reset()
    home.sandbox.deliveries.hold()
    for model in (StripePrice, StripeProduct, MirroredObject):
        model.objects.all().delete()
    InstanceType.objects.exclude(key="t4").delete()


UPSERT = ("upsert_catalogue",)
RUNS = {
    "the catalogue": Run(
        UPSERT,
        "catalogue.create_product catalogue.create_price entitlements.create entitlements.attach "
        "entitlements.note portal.configure",
        begin_anew,
    ),
    "the catalogue put right": Run(
        (*UPSERT, "--migrate-subscribers"),
        "catalogue.update_product catalogue.create_price catalogue.sell_price entitlements.update "
        "entitlements.detach entitlements.note portal.reconfigure endpoints.update subscriptions.set_price",
        meddle,
    ),
    "another endpoint": Run(("setup_webhook", "--url", "http://127.0.0.1:9/other/"), "endpoints.create"),
}


def doubled(oracle: Oracle) -> Iterator[str]:
    """What there is twice of ours at Stripe, or of which nobody knows."""
    ours = [
        one for one in oracle.all("price") if one["metadata"].get("namespace") == NAMESPACE and one["active"]
    ]
    named = {
        "price": [one["lookup_key"] for one in ours],
        "feature": [one["lookup_key"] for one in oracle.all("entitlements.feature")],
        "page": [one["object"] for one in oracle.all("billing_portal.configuration")],
        "endpoint": [one["url"] for one in oracle.all("webhook_endpoint")],
    }
    for kind, names in named.items():
        yield from (f"{times} times the {kind} {name}" for name, times in Counter(names).items() if times > 1)

"""What our rows hold of Stripe's objects, and what they should: in the same words, so that they can be compared."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Model

from billing.mirror import kinds, subscriptions
from billing.mirror.fields import Data
from billing.mirror.kinds import Facts
from billing.models import (
    MirroredObject,
    StripeCustomer,
    StripeInvoice,
    StripePaymentMethod,
    StripePrice,
    StripeProduct,
    StripeSubscription,
    StripeSubscriptionItem,
)

# Kinds that are not here stand in their guards.
TABLES: Mapping[str, type[Model]] = {
    "customer": StripeCustomer,
    "invoice": StripeInvoice,
    "payment_method": StripePaymentMethod,
    "price": StripePrice,
    "product": StripeProduct,
    "subscription": StripeSubscription,
}
# What is no column of theirs: a subscription's items, and what is on an invoice, which stands in its guard.
BESIDE = ("items", "details")


def expected(kind: str, data: Data) -> Facts:
    """What our rows should hold of the object."""
    facts = kinds.all_kinds()[kind].read(data)
    if kind == "subscription":
        subscriptions.name_plans(data["id"], facts["items"])
        facts["items"] = sorted(facts["items"], key=lambda item: str(item["stripe_id"]))
    return facts


def held(kind: str, ids: Collection[str], names: Collection[str]) -> dict[str, Facts]:
    """What our rows hold of objects, by id; nothing for those that we do not have, or have as gone. 1-3 queries."""
    guards = MirroredObject.objects.filter(stripe_id__in=ids, gone=False).exclude(as_of=None)
    present = dict(guards.values_list("stripe_id", "data"))
    if kind not in TABLES:
        return present
    columns = [name for name in names if name not in BESIDE]
    rows: Any = TABLES[kind]._default_manager.filter(stripe_id__in=present).values("stripe_id", *columns)
    found = {row.pop("stripe_id"): row for row in rows}
    if kind == "invoice":
        return {stripe_id: facts | {"details": present[stripe_id]} for stripe_id, facts in found.items()}
    return _with_items(found) if kind == "subscription" else found


def _with_items(found: dict[str, Facts]) -> dict[str, Facts]:
    fields = [name.attname for name in StripeSubscriptionItem._meta.concrete_fields if name.attname != "id"]
    items: Any = StripeSubscriptionItem.objects.filter(subscription__stripe_id__in=found).order_by(
        "stripe_id"
    )
    for facts in found.values():
        facts["items"] = []
    for item in items.values(*fields):
        found[item.pop("subscription_id")]["items"].append(item)
    return found

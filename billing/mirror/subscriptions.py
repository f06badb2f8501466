"""Subscriptions with their items. What they change is who may use what, so access is refreshed with them."""

from typing import Any

import structlog

from billing import access, catalogue
from billing.gateway import namespace
from billing.mirror.fields import Data, id_of, moment, time_of
from billing.mirror.kinds import Facts, Kind, keys_of
from billing.models import (
    Attempt,
    MirroredObject,
    StripeProduct,
    StripeSubscription,
    StripeSubscriptionItem,
)
from config import statements

logger = structlog.get_logger(__name__)


def _read(data: Data) -> Facts:
    metadata = data.get("metadata") or {}
    return {
        "customer_id": id_of(data["customer"]),
        "status": data["status"],
        "currency": data["currency"],
        "collection_method": data.get("collection_method") or "",
        "collection_paused": bool(data.get("pause_collection")),
        "latest_invoice_id": id_of(data.get("latest_invoice")),
        "default_payment_method_id": id_of(data.get("default_payment_method")),
        "attempt_key": metadata.get("attempt", ""),
        "cancel_at": time_of(data.get("cancel_at")),
        "cancel_at_period_end": bool(data.get("cancel_at_period_end")),
        "canceled_at": time_of(data.get("canceled_at")),
        "ended_at": time_of(data.get("ended_at")),
        "trial_end": time_of(data.get("trial_end")),
        "schedule_id": id_of(data.get("schedule")),
        "pending_until": time_of((data.get("pending_update") or {}).get("expires_at")),
        "created": moment(data["created"]),
        "items": [_read_item(item) for item in data["items"]["data"]],
    }


def _read_item(item: Data) -> Facts:
    price = item["price"]
    metadata = price.get("metadata") or {}
    return {
        "stripe_id": item["id"],
        "price_id": price["id"],
        "product_id": id_of(price["product"]),
        "key": catalogue.code_in(metadata) if namespace.is_ours(metadata) else "",
        "quantity": item.get("quantity") or 1,
        "interval": (price.get("recurring") or {}).get("interval", ""),
        "currency": price["currency"],
        "amount": price.get("unit_amount"),
        "tax_rates": [id_of(rate) for rate in item.get("tax_rates") or []],
        "period_start": moment(item["current_period_start"]),
        "period_end": moment(item["current_period_end"]),
    }


def _write(guard: MirroredObject, facts: Facts) -> None:
    columns = {name: value for name, value in facts.items() if name != "items"}
    statements.upsert(StripeSubscription, [keys_of(guard) | columns])
    _write_items(guard, facts["items"])
    if guard.as_of is None and columns["attempt_key"]:
        _finish_attempt(columns["attempt_key"], guard.stripe_id)
    if guard.organization is not None:
        access.refresh(guard.organization)


def _write_items(guard: MirroredObject, items: list[Facts]) -> None:
    """The items as they are now. Those that the guard remembers and that are no longer there are deleted."""
    name_plans(guard.stripe_id, items)
    statements.upsert(
        StripeSubscriptionItem, [{"subscription_id": guard.stripe_id, **item} for item in items]
    )
    present = [item["stripe_id"] for item in items]
    if set(guard.data.get("items", present)) - set(present):
        StripeSubscriptionItem.objects.filter(subscription__stripe_id=guard.stripe_id).exclude(
            stripe_id__in=present
        ).delete()
    guard.data = {"items": present}


def name_plans(subscription: str, items: list[Facts]) -> None:
    """A price made in Stripe's dashboard on a product of ours is of that product's ware. Others grant nothing."""
    unnamed = [item for item in items if not item["key"]]
    if not unnamed:
        return
    products = [item["product_id"] for item in unnamed]
    keys: dict[str, Any] = dict(
        StripeProduct.objects.filter(stripe_id__in=products).values_list("stripe_id", "key")
    )
    for item in unnamed:
        item["key"] = keys.get(item["product_id"], "")
        if not item["key"]:
            logger.warning(
                "unknown price on a subscription", subscription=subscription, price=item["price_id"]
            )


def _finish_attempt(key: str, subscription: str) -> None:
    """Whoever began this purchase may have died before they heard of it. Checkout's are over with their page."""
    Attempt.objects.open().filter(key=key).exclude(kind=Attempt.Kind.CHECKOUT).finish(subscription)


def _forget(guard: MirroredObject) -> None:
    """Stripe keeps subscriptions for good; one that it does not know any more can grant nothing."""
    StripeSubscription.objects.filter(stripe_id=guard.stripe_id).update(
        status=StripeSubscription.Status.CANCELED
    )
    if guard.organization is not None:
        access.refresh(guard.organization)


SUBSCRIPTION = Kind("subscription", _read, _write, _forget, locks_owner=True)

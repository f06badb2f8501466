"""Attempts that nobody finished: what a crash, or a lost answer, left at Stripe is adopted; the rest is closed."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import structlog
from django.utils import timezone

from billing import changes, checkouts, errors, gateway, mirror, ownership, purchases
from billing.mirror.fields import id_of
from billing.models import Attempt, Difference, StripeSubscription
from billing.reconcile.checks import Check, Finding, Scope, Step

logger = structlog.get_logger(__name__)


def check() -> Check:
    return Check("attempt", _find)


def _find(scope: Scope, cursor: str) -> Iterator[Step]:
    """Those so old that nobody can be at them any more."""
    left = Attempt.objects.open().filter(created__lte=timezone.now() - purchases.PATIENCE, **scope.narrow)
    for attempt in left.order_by("pk"):
        if attempt.kind == Attempt.Kind.CHECKOUT and _may_be_paid(attempt):
            yield Step([], 1)
            continue
        made = _made(attempt)
        finding = Finding(
            "attempt",
            attempt.key,
            attempt.organization_id,
            Difference.What.UNFINISHED,
            {attempt.kind: [None, made]},
            partial(_finish, attempt, made),
        )
        yield Step([finding], 1)


def _may_be_paid(attempt: Attempt) -> bool:
    """Whether its page is open; or may be, where we did not hear which it is."""
    if not attempt.result:
        return timezone.now() < attempt.created + checkouts.LIFETIME
    session = gateway.objects.fetch("checkout.session", attempt.result)
    return session is not None and session.data["status"] == "open"


def _made(attempt: Attempt) -> str | None:
    """The id of what the attempt made at Stripe."""
    if attempt.kind == Attempt.Kind.CUSTOMER:
        found = gateway.customers.find(attempt.organization_id).data["data"]
        owners = {customer["id"]: ownership.of("customer", customer).organization_id for customer in found}
        made = [customer for customer, owner in owners.items() if owner == attempt.organization_id]
        return attempt.organization.stripe_customer_id or next(iter(made), None)
    if attempt.kind == Attempt.Kind.CHANGE:
        return _changed(attempt)
    if attempt.kind == Attempt.Kind.CHECKOUT:
        found = attempt.result and gateway.objects.fetch("checkout.session", attempt.result)
        return id_of(found.data.get("subscription")) or None if found else None
    try:
        found = gateway.subscriptions.list_all(attempt.parameters["customer"]).data["data"]
    except errors.NotFound:  # its customer was deleted, and its subscription with it
        return None
    return next((one["id"] for one in found if one["metadata"].get("attempt") == attempt.key), None)


def _changed(attempt: Attempt) -> str | None:
    """The subscription, if it is, or waits to be, or is scheduled to be, what the attempt wanted."""
    answer = gateway.objects.fetch("subscription", attempt.parameters["subscription"])
    if answer is None:
        return None
    data = answer.data
    schedule = data.get("schedule") and gateway.objects.fetch(
        "subscription_schedule", id_of(data["schedule"])
    )
    pending = (data.get("pending_update") or {}).get("subscription_items") or []
    candidates = [data["items"]["data"], pending, schedule.data["phases"][-1]["items"] if schedule else []]
    wanted = attempt.parameters["target"]
    return data["id"] if any(_contents(found) == wanted for found in candidates) else None


def _contents(items: list[dict[str, Any]]) -> list[list[Any]]:
    return sorted([id_of(item["price"]), item.get("quantity") or 1] for item in items)


def _finish(attempt: Attempt, made: str | None) -> None:
    same = Attempt.objects.open().filter(pk=attempt.pk)
    if attempt.kind == Attempt.Kind.CHANGE:
        changes.settle(attempt)
    if attempt.kind == Attempt.Kind.CHECKOUT:
        checkouts.settle(attempt)
    if made is None:
        same.fail("forgotten")
        return
    if attempt.kind in (Attempt.Kind.CUSTOMER, Attempt.Kind.SUBSCRIPTION):
        mirror.pull(attempt.kind, made, attempt.organization_id)
    same.finish(made)
    logger.info("attempt adopted", attempt=attempt.pk, made=made)
    if attempt.kind == Attempt.Kind.SUBSCRIPTION and attempt.parameters["payment_method"]:
        _end_if_declined(made)


def _end_if_declined(stripe_id: str) -> None:
    """The purchase ends as it would have without the crash: a declined one is taken back."""
    subscription = StripeSubscription.objects.get(stripe_id=stripe_id)
    try:
        purchases.refuse_if_declined(subscription)
    except errors.Declined:
        logger.info("declined purchase taken back", subscription=stripe_id)

"""What the endpoints answer: what a page needs, never Stripe's whole object."""

from datetime import datetime
from typing import Any

from billing.changes import Change
from billing.compositions import Part
from billing.purchases import Purchase
from billing.status import CustomerStatus
from billing.upcoming import Upcoming


def of_purchase(purchase: Purchase) -> dict[str, Any]:
    """`client_secret` is null when there is nothing left to confirm."""
    return {
        "subscription_id": purchase.subscription_id,
        "status": purchase.status,
        "client_secret": purchase.client_secret or None,
    }


def of_change(change: Change, status: CustomerStatus) -> dict[str, Any]:
    """`status`: how things stand after it."""
    outcome = "awaiting_payment" if change.awaits_payment else "scheduled" if change.at else "done"
    return {
        "outcome": outcome,
        "at": _time(change.at),
        "client_secret": change.client_secret or None,
        "items": change.subscription.machines,
        "subscription": of_customer(status),
    }


def of_part(part: Part) -> dict[str, Any]:
    return {
        "code": part.code,
        "name": part.name,
        "amount": part.amount,
        "quantity": part.quantity,
        "total": part.total,
    }


def of_customer(status: CustomerStatus) -> dict[str, Any]:
    """`status`, `plan` and `interval` are null for somebody who has no subscription."""
    return {
        "subscription_status": status.subscription_status.value,
        "status": status.stripe_status or None,
        "plan": status.plan or None,
        "interval": status.interval or None,
        "tier": status.tier.value,
        "until": _time(status.until),
        "reason": status.reason or None,
        "cancel_at": _time(status.cancel_at),
        "due": {"amount": status.due.amount, "currency": status.due.currency} if status.due else None,
        "next": _next(status.upcoming),
        "grants": [{"gives": one.gift, "until": _time(one.until), "why": one.why} for one in status.grants],
    }


def _next(event: Upcoming | None) -> dict[str, Any] | None:
    """Amounts are in the smallest unit; an end has none."""
    if event is None:
        return None
    amount = {"amount": event.amount, "currency": event.currency} if event.amount else {}
    return {"event": event.what.value, "at": _time(event.at), **amount}


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None

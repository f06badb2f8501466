"""What the endpoints answer about a subscription: what a page needs, never Stripe's whole object."""

from datetime import datetime
from typing import Any

from accounts.models import Organization
from billing import upcoming
from billing.models import StripeSubscription
from billing.purchases import Purchase
from billing.upcoming import Upcoming


def of_purchase(purchase: Purchase) -> dict[str, Any]:
    """`client_secret` is null when there is nothing left to confirm."""
    return {
        "subscription_id": purchase.subscription_id,
        "status": purchase.status,
        "client_secret": purchase.client_secret or None,
    }


def of_organization(organization: Organization) -> dict[str, Any]:
    """What the organization has and what it may use. Reads rows only; the timeline is the one that was loaded."""
    subscription = organization.subscriptions.shown()
    item = subscription.plan_item if subscription else None
    access = organization.current_access()
    return {
        "subscription_status": _status(organization, subscription),
        "status": subscription.status if subscription else None,
        "plan": item.key if item else None,
        "interval": item.interval if item else None,
        "tier": access.tier.value,
        "until": _time(access.until),
        "next": _next(upcoming.of(subscription)),
    }


def _status(organization: Organization, subscription: StripeSubscription | None) -> str:
    """`active` while it opens something, also when it is set to end; `cancelled` once it is over; else `none`."""
    if subscription is None:
        return "none"
    if subscription.status == StripeSubscription.Status.CANCELED:
        return "cancelled"
    plan = subscription.plan
    opens = plan is not None and organization.current_access().tier.includes(plan.tier)
    return "active" if subscription.is_live and opens else "none"


def _next(event: Upcoming | None) -> dict[str, Any] | None:
    if event is None:
        return None
    amount = {"amount": event.amount, "currency": event.currency} if event.amount else {}
    return {"event": event.what.value, "at": _time(event.at), **amount}


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None

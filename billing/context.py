"""What every page knows of billing: a banner, when a payment failed; and for the admin, whose money moves here."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts import organizations
from accounts.tiers import Reason, Tier
from billing import gateway, overdue


def banner(request: HttpRequest) -> dict[str, Any]:
    """The banner below the header. No query for somebody who has paid, or never bought anything."""
    organization = organizations.current(request) if hasattr(request, "user") else None
    if organization is None or not organization.stripe_customer_id:
        return {}
    access = organization.current_access()
    if access.reason != Reason.PAYMENT_OVERDUE and access.tier != Tier.FREE:
        return {}
    found = overdue.of(organization)
    return {"banner_template": "billing/overdue_banner.html", "overdue": found} if found else {}


def deployment(request: HttpRequest) -> dict[str, Any]:
    """The mode and the namespace, for the admin's header. No query."""
    return {"stripe_mode": gateway.client.mode(), "stripe_namespace": settings.STRIPE_NAMESPACE}

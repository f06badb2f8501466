"""What every page knows of billing: a banner, when a payment failed."""

from typing import Any

from django.http import HttpRequest

from accounts import organizations
from accounts.tiers import Reason, Tier
from billing import overdue


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

"""Invoices that Stripe would make, and does not. https://docs.stripe.com/api/invoices/create_preview"""

from collections.abc import Sequence
from typing import Any

from billing.gateway.client import Answer, call


def of_change(subscription: str, items: Sequence[dict[str, Any]], *, proration_date: int) -> Answer:
    """The invoice that `subscriptions.change` would be charged with the same items and date."""
    details: Any = {
        "items": list(items),
        "proration_behavior": "always_invoice",
        "proration_date": proration_date,
    }
    return call(
        lambda stripe: stripe.v1.invoices.create_preview(
            {"subscription": subscription, "subscription_details": details}
        )
    )


def of_renewal(subscription: str) -> Answer:
    """The next invoice of a subscription, as things are. Raises `Invalid` or `NotFound` when there will be none."""
    return call(lambda stripe: stripe.v1.invoices.create_preview({"subscription": subscription}))


def of_purchase(customer: str, items: Sequence[dict[str, Any]], *, currency: str) -> Answer:
    """The first invoice of a subscription that is not bought yet; perhaps by somebody who is no customer yet."""
    params: Any = {"subscription_details": {"items": list(items), "billing_mode": {"type": "flexible"}}}
    params |= {"customer": customer} if customer else {"currency": currency}
    return call(lambda stripe: stripe.v1.invoices.create_preview(params))

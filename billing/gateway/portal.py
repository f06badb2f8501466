"""Stripe's own page for customers: cards, invoices. https://docs.stripe.com/api/customer_portal/sessions"""

from collections.abc import Mapping
from typing import Any

from billing.gateway import namespace
from billing.gateway.client import Answer, call


def open_page(
    customer: str,
    return_url: str,
    configuration: str = "",
    flow: str = "",
    subscription: str = "",
    locale: Any = "auto",
) -> Answer:
    """A visit to the page; its `url` works for a few minutes.

    `flow`: the one thing that it is for, after which it leads back: `payment_method_update`, or `subscription_cancel`
    of that `subscription`. Without a `configuration` the account's own holds. Without an idempotency key: it makes
    nothing that lasts, and each visit needs a new one.
    """
    params: Any = {"customer": customer, "return_url": return_url, "locale": locale}
    if flow:
        back: Any = {"type": "redirect", "redirect": {"return_url": return_url}}
        params["flow_data"] = {"type": flow, "after_completion": back}
    if subscription:
        params["flow_data"][flow] = {"subscription": subscription}
    if configuration:
        params["configuration"] = configuration
    return call(lambda stripe: stripe.v1.billing_portal.sessions.create(params))


def configurations() -> Answer:
    """Those of the account, newest first; a hundred are more than any has."""
    return call(lambda stripe: stripe.v1.billing_portal.configurations.list({"limit": 100}))


def configure(features: Mapping[str, Any], return_url: str, *, key: str) -> Answer:
    """A new configuration, ours."""
    params: Any = {"features": features, "default_return_url": return_url, "metadata": namespace.stamp()}
    return call(
        lambda stripe: stripe.v1.billing_portal.configurations.create(params, {"idempotency_key": key})
    )


def reconfigure(configuration: str, features: Mapping[str, Any], return_url: str, *, key: str) -> Answer:
    """Let it be so again, and active."""
    params: Any = {"features": features, "default_return_url": return_url, "active": True}
    return call(
        lambda stripe: stripe.v1.billing_portal.configurations.update(
            configuration, params, {"idempotency_key": key}
        )
    )

"""Checkout's hosted pages. https://docs.stripe.com/api/checkout/sessions"""

from collections.abc import Sequence
from typing import Any

from billing.gateway import namespace
from billing.gateway.client import Answer, call

# What a session made, in the same answer.
MADE = ["subscription", "invoice"]


def open_subscription(
    *,
    customer: str,
    price: str,
    plan: str,
    reference: str,
    success_url: str,
    cancel_url: str,
    expires_at: int,
    key: str,
    quantity: int = 1,
    machines: Sequence[dict[str, Any]] = (),
    trial_days: int = 0,
    tax_rate: str = "",
    automatic_tax: bool = False,
    locale: Any = "auto",
) -> Answer:
    """A page on which a customer begins one subscription; the answer's `url` leads there until `expires_at`.

    `machines`: what is bought beside the plan, `{"price", "quantity"}` each. With a `tax_rate`, that is charged on top
    of the plan; with `automatic_tax`, what Stripe Tax finds for the address entered.
    `reference` comes back as the session's `client_reference_id`, and stands in the subscription's metadata.
    """
    item: dict[str, Any] = {"price": price, "quantity": quantity}
    if tax_rate:
        item["tax_rates"] = [tax_rate]
    # A session's metadata is not copied to what it makes.
    stamp = namespace.stamp(attempt=reference, plan=plan)
    params: Any = {
        "mode": "subscription",
        "customer": customer,
        "client_reference_id": reference,
        "line_items": [item, *machines],
        "metadata": stamp,
        "subscription_data": {"metadata": stamp, **_trial(trial_days)},
        "locale": locale,
        "success_url": success_url,
        "cancel_url": cancel_url,
        "expires_at": expires_at,
    }
    if automatic_tax:
        params |= {"automatic_tax": {"enabled": True}, "customer_update": {"address": "auto", "name": "auto"}}
    return call(lambda stripe: stripe.v1.checkout.sessions.create(params, {"idempotency_key": key}))


def _trial(days: int) -> dict[str, Any]:
    """Of a subscription that begins with free days, and ends with them if no card was given."""
    if not days:
        return {}
    ends = {"end_behavior": {"missing_payment_method": "cancel"}}
    return {"trial_period_days": days, "trial_settings": ends}


def fetch(session: str) -> Answer:
    """The session as it is now, with the subscription and the invoice that it made."""
    return call(lambda stripe: stripe.v1.checkout.sessions.retrieve(session, {"expand": MADE}))


def expire(session: str, *, key: str) -> Answer:
    """Close an open session, so that nobody pays on it any more. Raises `Invalid` when it is not open."""
    return call(lambda stripe: stripe.v1.checkout.sessions.expire(session, {}, {"idempotency_key": key}))

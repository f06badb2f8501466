"""Checkout's hosted pages. https://docs.stripe.com/api/checkout/sessions"""

from collections.abc import Sequence
from typing import Any

from billing.gateway import namespace, subscriptions
from billing.gateway.client import Answer, call

# What a session made, in the same answer.
MADE = ["subscription", "invoice"]
# The address that is entered on the page is where the tax is due, and becomes the customer's.
AUTOMATIC_TAX = {"automatic_tax": {"enabled": True}, "customer_update": {"address": "auto", "name": "auto"}}


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
    # A session's metadata is not copied to what it makes.
    stamp = namespace.stamp(attempt=reference, plan=plan)
    item = {"price": price, "quantity": quantity} | ({"tax_rates": [tax_rate]} if tax_rate else {})
    params: Any = {
        "mode": "subscription",
        "customer": customer,
        "client_reference_id": reference,
        "line_items": [item, *machines],
        "metadata": stamp,
        "subscription_data": {"metadata": stamp, **subscriptions.trial(trial_days)},
        "locale": locale,
        "success_url": success_url,
        "cancel_url": cancel_url,
        "expires_at": expires_at,
        **(AUTOMATIC_TAX if automatic_tax else {}),
    }
    return call(lambda stripe: stripe.v1.checkout.sessions.create(params, {"idempotency_key": key}))


def fetch(session: str) -> Answer:
    """The session as it is now, with the subscription and the invoice that it made."""
    return call(lambda stripe: stripe.v1.checkout.sessions.retrieve(session, {"expand": MADE}))


def expire(session: str, *, key: str) -> Answer:
    """Close an open session, so that nobody pays on it any more. Raises `Invalid` when it is not open."""
    return call(lambda stripe: stripe.v1.checkout.sessions.expire(session, {}, {"idempotency_key": key}))

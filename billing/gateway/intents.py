"""Payment intents of one-off purchases. https://docs.stripe.com/api/payment_intents"""

from datetime import datetime
from typing import Any

from billing.gateway import lists, namespace
from billing.gateway.client import Answer, call

# What it is to us, in its metadata.
ORDER = "order"


def create(*, amount: int, currency: str, customer: str, order: str, cart: str, key: str) -> Answer:
    """A payment of an amount in the smallest unit, which the browser confirms. Guests have no customer (empty)."""
    params: Any = {
        "amount": amount,
        "currency": currency,
        "automatic_payment_methods": {"enabled": True},
        "metadata": namespace.stamp(**{ORDER: order, "cart": cart}),
        **({"customer": customer} if customer else {}),
    }
    return call(lambda stripe: stripe.v1.payment_intents.create(params, {"idempotency_key": key}))


def fetch(payment_intent: str) -> Answer:
    """The intent with its client secret. Raises `NotFound`."""
    return call(lambda stripe: stripe.v1.payment_intents.retrieve(payment_intent))


def cancel(payment_intent: str, *, key: str) -> Answer:
    """Let nobody pay it any more. Raises `Invalid` when it is paid or canceled already, or on its way.

    https://docs.stripe.com/api/payment_intents/cancel
    """
    return call(lambda stripe: stripe.v1.payment_intents.cancel(payment_intent, {}, {"idempotency_key": key}))


def search(order: str) -> str:
    """The id of the intent of an order; empty if there is none. The search lags behind by up to a minute."""
    query = namespace.search(**{ORDER: order})
    found = call(lambda stripe: stripe.v1.payment_intents.search({"query": query})).data["data"]
    return str(found[0]["id"]) if found else ""


def look_for(order: str, since: datetime) -> str:
    """As `search`, of what was made since then, by walking over it. It does not lag."""
    for page in lists.pages("payment_intent", since=int(since.timestamp())):
        for intent in page.objects:
            if namespace.is_ours(intent["metadata"]) and intent["metadata"].get(ORDER) == order:
                return str(intent["id"])
    return ""

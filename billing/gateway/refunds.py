"""Money that goes back. https://docs.stripe.com/api/refunds"""

from typing import Any

from billing.gateway import lists, namespace
from billing.gateway.client import Answer, call

# By which of our refunds it was made, in its metadata.
REFUND = "refund"


def create(payment_intent: str, amount: int, *, key: str) -> Answer:
    """Give back an amount of a payment, in the smallest unit. Raises `Invalid` when there is not so much left.

    `key` is also stamped into the metadata, so that what was made can be found when the answer is lost.
    """
    params: Any = {
        "payment_intent": payment_intent,
        "amount": amount,
        "metadata": namespace.stamp(**{REFUND: key}),
    }
    return call(lambda stripe: stripe.v1.refunds.create(params, {"idempotency_key": key}))


def of(payment_intent: str) -> list[dict[str, Any]]:
    """All that went back of a payment."""
    pages = lists.pages("refund", payment_intent=payment_intent)
    return [refund for page in pages for refund in page.objects]

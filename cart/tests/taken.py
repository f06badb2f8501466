"""What Stripe was asked to take in the shop's tests, and what it took."""

from typing import Any

from billing.tests.buying import at_stripe


def intents(stripe: Any) -> list[dict[str, Any]]:
    return at_stripe(stripe, "payment_intent")


def charged(stripe: Any) -> int:
    """What was taken and not given back, in all."""
    return sum(
        charge["amount"] - charge["amount_refunded"]
        for charge in at_stripe(stripe, "charge")
        if charge["paid"]
    )

"""What the publishable key may see of an intent: enough to pay with, nothing of the customer or the metadata.

https://docs.stripe.com/api/payment_intents/object marks the fields that can be retrieved with it.
"""

from __future__ import annotations

from sandbox.store import Record
from sandbox.world import World

PUBLIC = frozenset(
    (
        "amount",
        "amount_details",
        "automatic_payment_methods",
        "canceled_at",
        "cancellation_reason",
        "capture_method",
        "client_secret",
        "confirmation_method",
        "created",
        "currency",
        "description",
        "id",
        "last_payment_error",
        "last_setup_error",
        "livemode",
        "next_action",
        "object",
        "payment_method",
        "payment_method_types",
        "processing",
        "receipt_email",
        "setup_future_usage",
        "shipping",
        "status",
        "usage",
    )
)


def limit(world: World, intent: Record) -> Record:
    """The intent as the caller of this unit may see it."""
    if world.call is None or not world.call.publishable:
        return intent
    return {name: value for name, value in intent.items() if name in PUBLIC}

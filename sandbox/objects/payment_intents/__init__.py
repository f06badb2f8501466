"""Payment intents: the state machine of one payment. https://docs.stripe.com/api/payment_intents

For other objects: `make` (nothing tried yet), `attempt` (try its payment method), `collect` (both), `cancel`.
None of them raises for a decline; the owner is told by owners.py.
"""

from __future__ import annotations

from typing import Any

from sandbox.objects.payment_intents import operations
from sandbox.objects.payment_intents.attempts import attempt
from sandbox.objects.payment_intents.drafts import make
from sandbox.objects.payment_intents.endings import cancel
from sandbox.store import Record
from sandbox.world import World

__all__ = ["attempt", "cancel", "collect", "make", "operations"]


def collect(
    world: World,
    *,
    amount: int,
    currency: str,
    customer: str | None,
    payment_method: str,
    owner: Record | None = None,
    off_session: bool = True,
    **fields: Any,
) -> Record:
    """Try to collect an amount from a customer's payment method for `owner` (an invoice). The intent, tried."""
    intent = make(
        world,
        amount=amount,
        currency=currency,
        customer=customer,
        payment_method=payment_method,
        owner=owner,
        **fields,
    )
    attempt(world, intent, off_session=off_session)
    return intent

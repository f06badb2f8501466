"""What buyers are written: once about each fact, to the address that they gave, in the language that they read."""

from typing import Any

from billing import outbox
from cart.models import Order


def write(order: Order, fact: str, template: str, **more: Any) -> None:
    """Note a mail about a fact of an order. In the transaction of the fact."""
    lines = [
        {"name": line.name, "quantity": line.quantity, "amount": line.amount} for line in order.lines.all()
    ]
    outbox.note(
        order.organization,
        fact,
        template,
        to=order.email,
        language=order.language,
        number=order.number,
        order=str(order.uuid),
        lines=lines,
        amount=order.amount,
        currency=order.currency,
        payment_intent=order.payment_intent_id,
        **more,
    )

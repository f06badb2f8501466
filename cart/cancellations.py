"""Orders that shall not be paid any more, in our rows. What follows at Stripe stands in `withdrawals`."""

from django.utils import timezone

from cart import stock
from cart.models import Order


def cancel(order: Order, reason: Order.Reason, *, frees_stock: bool = False) -> None:
    """Note that an order is not to be paid. In a transaction, with the order locked.

    Its pieces go back to the stock when it is known that nobody can pay; at once if what takes its place needs them.
    """
    order.state, order.reason, order.settled = Order.State.CANCELED, reason, None
    order.save(update_fields=["state", "reason", "settled"])
    if frees_stock:
        stock.release(order)


def settle(order: Order) -> None:
    """Nothing is left to be done for a canceled order. In a transaction, with the order locked."""
    if order.state == Order.State.CANCELED and order.settled is None:
        stock.release(order)
        order.settled = timezone.now()
        order.save(update_fields=["settled"])

"""Pieces of which there are only so many: out of the stock with the order, back when it is surely not paid.

So nobody pays for what somebody else has, and nothing is sold that is not there.
"""

from typing import Any

from django.db.models import F, QuerySet

from cart import errors
from cart.models import Item, Order


def take(order: Order) -> None:
    """Take what the order needs and does not have yet. In a transaction.

    Raises `SoldOut`, and has then taken a part: roll back.
    """
    for line in _lines(order, reserved=False):
        enough = Item.objects.filter(pk=line.item.pk, stock__gte=line.quantity)
        if not enough.update(stock=F("stock") - line.quantity):
            line.item.refresh_from_db()
            raise errors.SoldOut(param=f"items.{line.item.slug}", left=line.item.stock)
        line.reserved = True
        line.save(update_fields=["reserved"])


def release(order: Order) -> None:
    """Put back what the order holds. A second call does nothing. In a transaction."""
    for line in _lines(order, reserved=True):
        Item.objects.filter(pk=line.item.pk).update(stock=F("stock") + line.quantity)
        line.reserved = False
        line.save(update_fields=["reserved"])


def _lines(order: Order, *, reserved: bool) -> QuerySet[Any]:
    """Those of which there are only so many, in one order for all, so that no two wait for each other."""
    limited = order.lines.filter(item__stock__isnull=False, reserved=reserved)
    return limited.select_related("item").order_by("item_id")

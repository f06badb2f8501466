"""Addresses of orders for mails: they open in any browser, without signing in, for some months."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.urls import reverse

# As long as somebody may want to look at it again; the mail itself is the receipt.
DAYS = 90

_ORDERS = TimestampSigner(salt="cart.order")


def order_page(order: str) -> str:
    """The page of an order, by its uuid, with the key that opens it."""
    key = _ORDERS.sign(order).removeprefix(f"{order}:")
    return f"{settings.BASE_URL}{reverse('order', args=[order])}?key={key}"


def opens(key: str, order: UUID) -> bool:
    """Whether a mail's link is about this order, and not too old."""
    try:
        _ORDERS.unsign(f"{order}:{key}", max_age=timedelta(days=DAYS))
    except BadSignature:
        return False
    return True

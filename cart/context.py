"""What every page knows of the shop: how much is in the visitor's cart."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from cart import carts


def count(request: HttpRequest) -> dict[str, Any]:
    """Lazy, so that a page without the header asks nothing. A request that is refused early has no user yet."""
    if not hasattr(request, "user"):
        return {}
    return {"cart_count": SimpleLazyObject(lambda: carts.count(request))}

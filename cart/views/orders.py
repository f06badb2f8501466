"""Orders: all of a visitor's, one with its state, and asking Stripe how its payment stands."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from billing import limits
from billing.views.pages import billing_page
from cart import carts
from cart import orders as verbs
from cart.models import Order
from config.api import ApiError

MOST = 50


@require_safe
@never_cache
def orders(request: HttpRequest) -> HttpResponse:
    """The visitor's orders: a user's, or those of a guest's browser."""
    found = verbs.of_cart(carts.of(request)).placed().prefetch_related("lines")[:MOST]
    return render(request, "cart/orders.html", {"orders": found})


@require_safe
@never_cache
def order(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One order. Somebody else's is a 404, as one that does not exist."""
    return render(request, "cart/order.html", {"order": _own(request, uuid)})


@require_POST
@billing_page
def check(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask Stripe how the payment stands, and show the order."""
    found = _own(request, uuid)
    try:
        limits.spend(request, limits.LOOKS, guest=f"cart:{found.cart_id}")
        verbs.look_again(found)
    except ApiError as error:
        messages.error(request, str(error.detail))
    return redirect("order", found.uuid)


def _own(request: HttpRequest, uuid: UUID) -> Order:
    return get_object_or_404(verbs.of_cart(carts.of(request)), uuid=uuid)

"""Orders: all of a visitor's, one with its state, and asking Stripe how its payment stands."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from billing import limits
from billing.views.pages import billing_page
from cart import carts, links
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
    """One order: the visitor's own, or what the link in a mail shows. Any other is a 404, as one that is not there."""
    own = verbs.of_cart(carts.of(request)).filter(uuid=uuid).first()
    return render(request, "cart/order.html", {"order": own or _mailed(request, uuid), "is_own": bool(own)})


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


def _mailed(request: HttpRequest, uuid: UUID) -> Order:
    """The order that a mail's link is about."""
    if not links.opens(request.GET.get("key", ""), uuid):
        raise Http404
    return get_object_or_404(Order.objects.placed(), uuid=uuid)


def _own(request: HttpRequest, uuid: UUID) -> Order:
    return get_object_or_404(verbs.of_cart(carts.of(request)), uuid=uuid)

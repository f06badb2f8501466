"""What is on sale: all of it, one item, and one more of it into the cart (scripts do that through the API)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cart import carts, errors, shelf
from cart.models import Cart, Item

# So often somebody may have been quicker in another window.
ROUNDS = 5


@require_safe
@never_cache
def shop(request: HttpRequest) -> HttpResponse:
    """Everything on sale, in the currency of the visitor's cart."""
    offers = shelf.offers(Item.objects.on_sale(), carts.of(request).currency)
    return render(request, "cart/shop.html", {"offers": offers})


@require_safe
@never_cache
def item(request: HttpRequest, slug: str) -> HttpResponse:
    """One item on sale."""
    found = get_object_or_404(Item.objects.on_sale(), slug=slug)
    return render(request, "cart/item.html", {"offer": shelf.offer(found, carts.of(request).currency)})


@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """One more of an item, and on to the cart."""
    response = redirect("cart")
    try:
        carts.keep(request, response, _one_more(request, request.POST.get("item", "")))
    except errors.ShopError as error:
        messages.error(request, str(error.detail))
    else:
        messages.success(request, _("It is in your cart."))
    return response


def _one_more(request: HttpRequest, slug: str) -> Cart:
    """The cart with one more. Somebody who is quicker is not overwritten, and what they put in counts."""
    cart = carts.of(request)
    for _round in range(ROUNDS):
        held = {line.item.slug: line.quantity for line in cart.lines}
        try:
            return carts.change(cart, {slug: held.get(slug, 0) + 1}, cart.version)
        except errors.StaleCart as stale:
            cart = stale.cart
    raise errors.StaleCart(cart)

"""The cart's page. The script changes it through the API; without it the form here does."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cart import carts, errors, shelf
from cart.models import Cart

FIELD = "quantity:"
LONGEST = 4  # digits
# Where the choice of a currency stands.
CHOOSERS = ("cart", "checkout")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def cart(request: HttpRequest) -> HttpResponse:
    """What is in it. A POST sets the quantities; that of a stale window changes nothing, and shows what is there."""
    if request.method != "POST":
        return show(request, carts.of(request))
    found = carts.of(request)
    try:
        changed = carts.change(found, _quantities(request.POST), request.POST.get("version"))
    except errors.StaleCart as stale:
        return show(request, stale.cart, stale=True)
    except errors.ShopError as error:
        messages.error(request, str(error.detail))
        return redirect("cart")
    response = redirect("cart")
    carts.keep(request, response, changed)
    return response


@require_POST
def currency(request: HttpRequest) -> HttpResponse:
    """Pay in another currency."""
    chooser = request.POST.get("chooser", "")
    response = redirect(chooser if chooser in CHOOSERS else "cart")
    try:
        changed = carts.prefer(carts.of(request), request.POST.get("currency", ""))
    except errors.ShopError as error:
        messages.error(request, str(error.detail))
    else:
        carts.keep(request, response, changed)
    return response


def show(request: HttpRequest, found: Cart, *, stale: bool = False) -> HttpResponse:
    context = {"cart": found, "rows": shelf.rows(found), "stale": stale, "most": carts.MOST_OF_ONE}
    return render(request, "cart/cart.html", context, status=409 if stale else 200)


def _quantities(form: QueryDict) -> dict[str, int]:
    """By slug; the button that takes an item out overrules its field."""
    if "remove" in form:
        return {str(form["remove"]): 0}
    written = {name.removeprefix(FIELD): str(form[name]) for name in form if name.startswith(FIELD)}
    return {slug: _quantity(slug, text) for slug, text in written.items()}


def _quantity(slug: str, text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= LONGEST):
        raise errors.ShopError(_("A quantity is a whole number from 0 on."), param=f"items.{slug}")
    return int(text)

"""What one does with carts: find one's own, and change it.

    cart = carts.of(request)                                     # never writes; not yet a row for who has none
    cart = carts.change(cart, {"atlas": 2}, version="...")       # a fresh one; `StaleCart` when it is another by now
    carts.keep(request, response, cart)                          # the guest's cookie, for a year from now

A user's cart hangs on the user, a guest's on a cookie of its own: a long cart is not a long login, and nothing of a
user's is left in the browser.
"""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from cart import contents, errors
from cart.models import Cart, CartLine, Item
from cart.models.carts import NEW
from config.statements import Prepared

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.response import Response

COOKIE = "cart"
KNOWN = "cart"  # in the session of a user who has one
COOKIE_AGE = 365 * 24 * 60 * 60
MOST_OF_ONE = contents.MOST_OF_ONE

_BY_TOKEN = Prepared(lambda token: Cart.objects.filter(token_hash=token), "a hash")
_BY_USER = Prepared(lambda user: Cart.objects.filter(user_id=user), 0)

# By the item's slug.
Quantities = Mapping[str, int]


def of(request: "HttpRequest | Request") -> Cart:
    """The visitor's cart; an empty one that is no row yet if there is none. One query, none without a cookie."""
    if request.user.is_authenticated:
        return _BY_USER.first(request.user.pk) or Cart(user=request.user)
    return of_guest(request) or Cart()


def of_guest(request: "HttpRequest | Request") -> Cart | None:
    """The cart of the browser's cookie, whoever is signed in."""
    token = request.COOKIES.get(COOKIE, "")
    return _BY_TOKEN.first(_hash(token)) if token else None


def count(request: HttpRequest) -> int:
    """How many pieces are in it, for every page's header. One query; none for who has no cart, as far as this browser
    knows: a guest's has the cookie, a user's session that there is one."""
    if not request.user.is_authenticated and COOKIE in request.COOKIES:
        rows = CartLine.objects.filter(cart__token_hash=_hash(request.COOKIES[COOKIE]))
    elif request.user.is_authenticated and request.session.get(KNOWN):
        rows = CartLine.objects.filter(cart__user=request.user)
    else:
        return 0
    return rows.filter(item__active=True).aggregate(pieces=Sum("quantity"))["pieces"] or 0


def keep(request: "HttpRequest | Request", response: "HttpResponse | Response", cart: Cart) -> None:
    """Let a guest's browser keep its cart for a year from now. Call it after every change."""
    if cart.user_id is not None and not request.session.get(KNOWN):
        request.session[KNOWN] = True
    token = getattr(cart, "token", "") or request.COOKIES.get(COOKIE, "")
    if cart.pk is None or cart.user_id is not None or not token:
        return
    response.set_cookie(
        COOKIE,
        token,
        max_age=COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def change(cart: Cart, quantities: Quantities, version: str | None = None) -> Cart:
    """Set the quantities of these items; 0 takes one out. The others stay. Answers the cart as it is now.

    Raises `StaleCart` when `version` is given and not the present one, `UnknownItem`, `TooMany`, `NotSoldTogether`.
    """
    return _edit(cart, version, quantities, others_stay=True)


def replace(cart: Cart, quantities: Quantities, version: str | None = None) -> Cart:
    """Let this be all that is in it. As `change` otherwise. Twice the same is once."""
    return _edit(cart, version, quantities, others_stay=False)


def prefer(cart: Cart, currency: str, version: str | None = None) -> Cart:
    """Pay in this currency. Raises `CurrencyNotOffered`, `StaleCart`; one with nothing in it has nothing to pay."""
    if currency not in cart.currencies:
        raise errors.CurrencyNotOffered(param="currency")
    with transaction.atomic():
        locked = _locked(cart, version)
        if locked.currency != currency:
            locked.preferred = currency
            contents.touch(locked)
    return fresh(locked)


def _edit(cart: Cart, version: str | None, quantities: Quantities, *, others_stay: bool) -> Cart:
    wanted = _items(quantities)
    if cart.pk is None and not any(wanted.values()) and version in (None, NEW):
        return cart
    with transaction.atomic():
        locked = _locked(cart, version)
        held = contents.of(locked)
        content = (held if others_stay else {}) | wanted
        if contents.write(locked, held, content) and len(locked.lines) != len(locked.rows_on_sale):
            raise errors.NotSoldTogether
    return locked


def _items(quantities: Quantities) -> dict[int, int]:
    """By primary key. What is on sale may be put in; what is not, taken out only."""
    # Of a NUL PostgreSQL does not even want to hear.
    slugs = [slug for slug in quantities if "\0" not in slug]
    found = {item.slug: item for item in Item.objects.filter(slug__in=slugs).only("slug", "active")}
    for slug, quantity in quantities.items():
        if slug not in found or (quantity and not found[slug].active):
            raise errors.UnknownItem(param=f"items.{slug}")
        if quantity > MOST_OF_ONE:
            raise errors.TooMany(param=f"items.{slug}")
    return {found[slug].pk: quantity for slug, quantity in quantities.items()}


def _locked(cart: Cart, version: str | None) -> Cart:
    """The row, made if there is none, which nobody else changes now."""
    row, expected = cart, cart.version
    if cart.pk is None:
        row, expected = _make(cart)
    found = Cart.objects.select_for_update(no_key=True).filter(pk=row.pk).first()
    if found is None:  # it became part of a user's cart meanwhile
        raise errors.StaleCart(Cart())
    if version is not None and version != (NEW if expected == NEW else found.version):
        raise errors.StaleCart(found)
    found.token = row.token
    return found


def _make(cart: Cart) -> tuple[Cart, str]:
    """A row for the visitor; and the version under which they knew it: they may have been quicker elsewhere."""
    if cart.user_id is not None:
        row, new = Cart.objects.get_or_create(user_id=cart.user_id)
        return row, NEW if new else row.version
    token = secrets.token_urlsafe(24)
    row = Cart.objects.create(token_hash=_hash(token))
    row.token = token
    return row, NEW


def fresh(cart: Cart) -> Cart:
    """The cart as it is now."""
    found = Cart.objects.get(pk=cart.pk)
    found.token = cart.token
    return found


def forget_old() -> int:
    """Delete guests' carts whose cookie is gone by now, unless something was ordered with them. Returns how many."""
    before = timezone.now() - timedelta(seconds=COOKIE_AGE)
    return Cart.objects.filter(user=None, orders=None, touched__lt=before).delete()[1].get("cart.Cart", 0)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

"""A guest who signs in: what they put into their cart goes into the user's, once."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest

from accounts.models import User
from cart import cancellations, carts, contents, withdrawals
from cart.models import Cart, CartLine, Order


def signed_in(request: HttpRequest | None, user: User, **signal: Any) -> None:
    """The guest's cart, with its orders, becomes part of the user's. Its cookie leads nowhere from now on."""
    if request is None:
        return
    guest = carts.of_guest(request)
    if guest is not None:
        _take(guest, user)
    if CartLine.objects.filter(cart__user=user).exists():
        request.session[carts.KNOWN] = True


def _take(guest: Cart, user: User) -> None:
    with transaction.atomic():
        mine, _new = Cart.objects.get_or_create(user=user)
        locked = {
            cart.pk: cart
            for cart in Cart.objects.select_for_update(no_key=True)
            .filter(pk__in=[mine.pk, guest.pk])
            .order_by("pk")
        }
        if guest.pk in locked and locked[guest.pk].user_id is None:
            _merge(locked[mine.pk], locked[guest.pk])


def _merge(mine: Cart, guest: Cart) -> None:
    contents.merge(mine, guest)
    if mine.orders.filter(state=Order.State.OPEN).exists():
        for order in guest.orders.select_for_update().filter(state=Order.State.OPEN):
            cancellations.cancel(order, Order.Reason.SUPERSEDED, frees_stock=True)
            withdrawals.soon(order.purchase)
    guest.orders.update(cart=mine)
    guest.delete()

"""Orders before their payment: put down from a cart, kept while that stays, dropped when they will not be paid."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language

from accounts.models import Organization
from cart import cancellations, errors, stock
from cart.models import Cart, Order, OrderLine

State = Order.State

# The most that Stripe charges at once: eight digits. https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
MOST = 99_999_999
# The least, in the currencies of which Stripe says so; in all others 1. (Same page.)
_LEAST = {
    30: "gbp",
    50: "aud brl cad chf eur inr jpy nzd sgd usd",
    100: "bgn",
    200: "aed myr pln ron",
    250: "dkk",
    300: "nok sek",
    400: "cny hkd",
    1000: "mxn thb",
    1500: "czk",
    17500: "huf",
}
LEAST = {currency: least for least, currencies in _LEAST.items() for currency in currencies.split()}


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be ordered. `organization` is who pays, None for guests; `version` and `total` are what the buyer was
    shown, None if they do not say. `begun_from`: by what the limits count their address.
    """

    cart: Cart
    email: str
    organization: Organization | None
    version: str | None = None
    total: int | None = None
    begun_from: str = ""

    @property
    def customer(self) -> str:
        return (self.organization.stripe_customer_id or "") if self.organization else ""


def check(draft: Draft) -> None:
    """Refuse what cannot be ordered, before anybody is asked. Raises as `orders.place`."""
    cart = draft.cart
    if draft.version not in (None, cart.version):
        raise errors.StaleCart(cart)
    if not cart.lines:
        raise errors.EmptyCart
    if not draft.email:
        raise errors.EmailMissing(param="email")
    if not LEAST.get(cart.currency, 1) <= cart.total <= MOST:
        raise errors.AmountOutOfRange(amount=cart.total, currency=cart.currency)
    if draft.total not in (None, cart.total):
        raise errors.PriceChanged(cart)


def store(draft: Draft) -> Order:
    """The open order of just this content at these prices for this payer; a new one takes the place of any other.

    Raises as `check` for what has changed since, and `SoldOut`.
    """
    with transaction.atomic():
        cart = Cart.objects.select_for_update(no_key=True).filter(pk=draft.cart.pk).first()
        if cart is None:  # it became part of a user's cart meanwhile
            raise errors.StaleCart(Cart())
        check(Draft(cart, draft.email, draft.organization, draft.version, draft.total))
        present = cart.orders.select_for_update().filter(state=State.OPEN).first()
        if present is not None and _is(present, cart, draft):
            return _keep(present, draft.email)
        if present is not None:
            cancellations.cancel(present, Order.Reason.SUPERSEDED, frees_stock=True)
        return _make(cart, draft)


def _is(order: Order, cart: Cart, draft: Draft) -> bool:
    if (order.cart_uuid, order.currency, order.customer_id) != (cart.uuid, cart.currency, draft.customer):
        return False
    sold = [(line.item_id, line.quantity, line.price) for line in order.lines.all()]
    return sold == [(line.item.pk, line.quantity, line.price) for line in cart.lines]


def _keep(order: Order, email: str) -> Order:
    order.email, order.expires = email, max(order.expires, _expiry(order))
    order.save(update_fields=["email", "expires"])
    return order


def _make(cart: Cart, draft: Draft) -> Order:
    order = Order.objects.create(
        cart=cart,
        cart_uuid=cart.uuid,
        purchase=_purchase(cart),
        key=_key(cart),
        organization=draft.organization,
        customer_id=draft.customer,
        email=draft.email,
        language=get_language() or "",
        begun_from=draft.begun_from,
        amount=cart.total,
        currency=cart.currency,
        expires=timezone.now(),
    )
    OrderLine.objects.bulk_create(
        OrderLine(order=order, item=line.item, name=line.item.name, quantity=line.quantity, price=line.price)
        for line in cart.lines
    )
    stock.take(order)
    order.expires = _expiry(order)
    order.save(update_fields=["expires"])
    return order


def _key(cart: Cart) -> str:
    """The content, the amount and the currency; and which order of that it is, since a key may be spoilt."""
    tries = cart.orders.filter(cart_uuid=cart.uuid).count()
    return f"cart:{cart.uuid}:{cart.total}:{cart.currency}:{tries + 1}"


def _purchase(cart: Cart) -> UUID:
    """That of the order before, if none of it was paid: then this one takes its place."""
    last = cart.orders.order_by("-pk").first()
    if last is None or Order.objects.taken().filter(purchase=last.purchase).exists():
        return uuid4()
    return last.purchase


def _expiry(order: Order) -> datetime:
    """One that holds pieces of which there are only so many does not hold them for days."""
    holds = order.lines.filter(reserved=True).exists()
    waits = (
        timedelta(minutes=settings.SHOP_HOLD_MINUTES) if holds else timedelta(days=settings.SHOP_ORDER_DAYS)
    )
    return timezone.now() + waits


def expire(order: Order) -> None:
    """It waited long enough for its payment, unless somebody has come back to it meanwhile."""
    with transaction.atomic():
        locked = Order.objects.overdue().select_for_update().filter(pk=order.pk).first()
        if locked is not None:
            cancellations.cancel(locked, Order.Reason.EXPIRED)


def drop(order: Order) -> None:
    """Stripe will never make its payment, and has made none."""
    with transaction.atomic():
        locked = Order.objects.select_for_update().get(pk=order.pk)
        if locked.state == State.OPEN and locked.payment_intent_id is None:
            cancellations.cancel(locked, Order.Reason.REFUSED)
            cancellations.settle(locked)
    order.refresh_from_db()

"""What is on sale as a visitor sees it: each item in the currency that they pay in, where it has a price in it; and the
lines of a cart with what is left of them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext

from cart.models import Cart, Item, Line, Order, OrderLine

# From so few on it says how many are left.
SCARCE = 5


@dataclass(frozen=True, slots=True)
class Offer:
    """An item, what it costs in which currency, and its prices in the others."""

    item: Item
    currency: str
    amount: int
    others: dict[str, int]

    @property
    def name(self) -> str:
        """The sample assortment's names are translated; those of one's own items are read as they stand."""
        return gettext(self.item.name)

    @property
    def is_scarce(self) -> bool:
        return self.item.stock is not None and 0 < self.item.stock <= SCARCE


def offers(items: Iterable[Item], currency: str) -> list[Offer]:
    """The items in this currency, or in their own if they have no price in it. One query for all prices."""
    found = list(items)
    prefetch_related_objects(found, "prices")
    return [offer(item, currency) for item in found]


def offer(item: Item, currency: str) -> Offer:
    """One item, in the same way."""
    amounts = item.amounts
    used = currency if currency in amounts else item.currency
    return Offer(item, used, amounts[used], {code: price for code, price in amounts.items() if code != used})


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a cart. `left` is how many there are, if that is less than is wanted."""

    line: Line
    left: int | None


def rows(cart: Cart) -> list[Row]:
    """A cart's lines. What its own open order holds is there for it. One query at most."""
    short = {
        line.item.pk for line in cart.lines if line.item.stock is not None and line.quantity > line.item.stock
    }
    held = _held(cart) if short else {}
    return [Row(line, _left(line, held.get(line.item.pk, 0))) for line in cart.lines]


def _left(line: Line, held: int) -> int | None:
    if line.item.stock is None or line.quantity <= line.item.stock + held:
        return None
    return line.item.stock + held


def _held(cart: Cart) -> dict[int | None, int]:
    """By item, what the cart's open order has taken out of the stock."""
    held = OrderLine.objects.filter(order__cart=cart, order__state=Order.State.OPEN, reserved=True)
    return dict(held.values_list("item_id", "quantity"))

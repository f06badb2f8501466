"""A cart: items and quantities, never prices. It belongs to a user, or to whoever bears its cookie."""

from dataclasses import dataclass
from functools import cached_property
from uuid import uuid4

from django.conf import settings
from django.db import connection, models
from django.db.models import Q, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cart.models.items import Item

# What a cart that nobody has put anything into is known by.
NEW = "new"

_PRICED = """
    SELECT item.slug, item.price, item.currency, line.quantity
    FROM cart_cartline line JOIN cart_item item ON item.id = line.item_id
    WHERE line.cart_id = %s AND item.active ORDER BY line.id
"""


@dataclass(frozen=True, slots=True)
class Line:
    """So many of an item, at its price now in the cart's currency."""

    item: Item
    quantity: int
    price: int

    @property
    def amount(self) -> int:
        return self.price * self.quantity


class Cart(models.Model):
    """What somebody means to buy. `uuid` changes whenever the content does, and only then.

    What it holds is read once for an instance; verbs answer a fresh one.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="cart",
    )
    # Of the cookie, for guests. The cookie itself is kept nowhere.
    token_hash = models.CharField(max_length=64, null=True, unique=True, editable=False)
    # The currency that was chosen; the one in use is `currency`.
    preferred = models.CharField(_("preferred currency"), max_length=3, blank=True)
    # The last change of its content.
    touched = models.DateTimeField(_("last change"), default=timezone.now, db_index=True)

    # The cookie's value, in the request that made the cart.
    token = ""

    class Meta:
        verbose_name = _("cart")
        verbose_name_plural = _("carts")

    def __str__(self) -> str:
        return str(self.uuid)

    @property
    def version(self) -> str:
        """What `If-Match` names."""
        return NEW if self.pk is None else str(self.uuid)

    @cached_property
    def lines(self) -> list[Line]:
        """What is in it and on sale, in the order in which it came. Lines of items taken off sale sleep."""
        return [
            Line(row.item, row.quantity, amount)
            for row in self.rows_on_sale
            if (amount := self._price(row.item))
        ]

    @property
    def total(self) -> int:
        """In the smallest unit of `currency`, by the prices of now."""
        return sum(line.amount for line in self.lines)

    @property
    def count(self) -> int:
        """How many pieces."""
        return sum(line.quantity for line in self.lines)

    def priced(self) -> dict[str, tuple[int, int]]:
        """Price and quantity by slug, as `lines`. In the usual case, of one currency, without making a row of each."""
        if self.pk is not None and not self.preferred and "rows_on_sale" not in self.__dict__:
            with connection.cursor() as cursor:
                cursor.execute(_PRICED, [self.pk])
                rows = cursor.fetchall()
            if len({currency for _slug, _price, currency, _quantity in rows}) == 1:
                self.currency = rows[0][2]
                return {slug: (price, quantity) for slug, price, _currency, quantity in rows}
        return {line.item.slug: (line.price, line.quantity) for line in self.lines}

    @cached_property
    def currency(self) -> str:
        """The preferred one if everything has a price in it; else the items' own."""
        own = {row.item.currency for row in self.rows_on_sale}
        if not own:
            return self.preferred or settings.SHOP_CURRENCY
        if len(own) == 1 and self.preferred in ("", *own):
            return own.pop()
        if self.preferred in self.currencies:
            return self.preferred
        return next(iter(self.currencies), self.rows_on_sale[0].item.currency)

    @cached_property
    def currencies(self) -> list[str]:
        """Those in which everything that is in it has a price."""
        amounts = list(self._amounts.values())
        return [one for one in (amounts[0] if amounts else []) if all(one in others for others in amounts)]

    @cached_property
    def rows_on_sale(self) -> list["CartLine"]:
        """As `lines`, priced or not. One query."""
        if self.pk is None:
            return []
        return list(self.rows.filter(item__active=True).select_related("item"))

    @cached_property
    def _amounts(self) -> dict[int, dict[str, int]]:
        """By item and currency. One query for all."""
        items = [row.item for row in self.rows_on_sale]
        prefetch_related_objects(items, "prices")
        return {item.pk: item.amounts for item in items}

    def _price(self, item: Item) -> int | None:
        return item.price if item.currency == self.currency else self._amounts[item.pk].get(self.currency)


class CartLine(models.Model):
    """So many of one item in a cart."""

    cart = models.ForeignKey(Cart, verbose_name=_("cart"), on_delete=models.CASCADE, related_name="rows")
    item = models.ForeignKey(Item, verbose_name=_("item"), on_delete=models.CASCADE, related_name="+")
    quantity = models.PositiveIntegerField(_("quantity"))

    class Meta:
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["cart", "item"], name="one_line_per_item"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="line_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.item_id}"

"""What is on sale, and for how much in which currency. Prices are in the smallest unit; customers never send one."""

from typing import Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ItemQuerySet(models.QuerySet["Item"]):
    """Questions about many items."""

    def on_sale(self) -> Self:
        return self.filter(active=True)


class Item(models.Model):
    """One thing that can be put into a cart. `slug` is its id in the API and in addresses."""

    slug = models.SlugField(_("slug"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    # The name of a file in static/img/shop/.
    picture = models.CharField(_("picture"), max_length=100, blank=True)
    price = models.PositiveBigIntegerField(
        _("price"), validators=[MinValueValidator(1)], help_text=_("In the smallest unit: cents, yen.")
    )
    currency = models.CharField(_("currency"), max_length=3, default="usd")
    stock = models.PositiveIntegerField(
        _("stock"), null=True, blank=True, help_text=_("How many are free to sell; empty: any number.")
    )
    active = models.BooleanField(_("on sale"), default=True)
    position = models.PositiveIntegerField(_("position"), default=0)

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(price__gt=0), name="item_costs_something"),
            models.CheckConstraint(condition=Q(stock=None) | Q(stock__gte=0), name="item_not_oversold"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_sold_out(self) -> bool:
        return self.stock == 0

    @property
    def amounts(self) -> dict[str, int]:
        """Its price in each currency, its own currency first. One query, unless `prices` are prefetched."""
        return {self.currency: self.price} | {other.currency: other.amount for other in self.prices.all()}


class ItemPrice(models.Model):
    """An item's price in one more currency."""

    item = models.ForeignKey(Item, verbose_name=_("item"), on_delete=models.CASCADE, related_name="prices")
    currency = models.CharField(_("currency"), max_length=3)
    amount = models.PositiveBigIntegerField(
        _("price"), validators=[MinValueValidator(1)], help_text=_("In the smallest unit: cents, yen.")
    )

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        ordering = ["currency"]
        constraints = [
            models.UniqueConstraint(fields=["item", "currency"], name="one_price_per_currency"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="item_price_above_nothing"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

"""What is on sale as Stripe knows it: products and their prices. Written by the mirror only."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from billing import catalogue
from billing.catalogue import Plan, Ware
from billing.models.instances import InstanceType


class StripeProduct(models.Model):
    """A ware, a plan or an instance type, and its product at Stripe. `key` is the ware's code."""

    stripe_id = models.CharField(_("Stripe id"), max_length=255, unique=True)
    key = models.CharField(_("key"), max_length=100, db_index=True)
    name = models.CharField(_("name"), max_length=250)
    active = models.BooleanField(_("active"), default=True)
    # Which of our features are attached to it at Stripe, as noted in its metadata: `charts,export`.
    features = models.CharField(_("features"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["key", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def plan(self) -> Plan | None:
        return catalogue.find(self.key)

    @property
    def instance_type(self) -> InstanceType | None:
        """The instance type that it is the product of; None for a plan's. One query."""
        key = catalogue.instance_key(self.key)
        return InstanceType.objects.filter(key=key).first() if key else None


class PriceQuerySet(models.QuerySet["StripePrice"]):
    """Questions about many prices."""

    def on_offer(self, ware: Ware, interval: str, currency: str = "usd") -> Self:
        """The price that new subscribers get; at most one row, unless a price change is under way."""
        price = catalogue.price_of(ware, interval, currency)
        if price is None:
            return self.none()
        return self.filter(active=True, lookup_key=catalogue.lookup_key(ware, price)).order_by("-created")


class StripePrice(models.Model):
    """What a product costs per interval, in the currency's smallest unit. Its amount never changes."""

    stripe_id = models.CharField(_("Stripe id"), max_length=255, unique=True)
    # The product's own row may still be on its way: events come in any order.
    product_id = models.CharField(_("Stripe product"), max_length=255, db_index=True)
    # Not unique: a key that moves from one price to the next arrives in two events, in any order.
    lookup_key = models.CharField(_("lookup key"), max_length=200, blank=True, db_index=True)
    interval = models.CharField(_("interval"), max_length=16, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    amount = models.BigIntegerField(_("amount"), null=True)
    active = models.BooleanField(_("active"), default=True)
    # From the price list: it bears our mark. Others were made by hand on a product of ours, for somebody.
    listed = models.BooleanField(_("from the price list"), default=False)
    created = models.DateTimeField(_("created"))

    objects = PriceQuerySet.as_manager()

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        ordering = ["-created", "pk"]

    def __str__(self) -> str:
        return self.lookup_key or self.stripe_id

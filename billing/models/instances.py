"""The paid machine types: rows, so that whoever runs the product can rename and reprice them. Nothing of Stripe's."""

from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing import catalogue
from billing.catalogue import Interval, Price


class InstanceTypeQuerySet(models.QuerySet["InstanceType"]):
    """Questions about many types."""

    def on_sale(self) -> Self:
        return self.filter(active=True)

    def by_key(self) -> dict[str, "InstanceType"]:
        """All of them, for whoever has many keys. One query."""
        return {one.key: one for one in self}


class InstanceType(models.Model):
    """A kind of machine, priced per month and machine, sold as an item of a subscription with a quantity.

    What it costs and is called at Stripe follows with the next `upsert_catalogue`. It is never deleted:
    subscriptions and invoices name it.
    """

    key = models.SlugField(_("key"), max_length=50, unique=True, help_text=_("Stays as it is for good."))
    name = models.CharField(_("name"), max_length=100, help_text=_("The short one, as in “A10G:4x16”."))
    display_name = models.CharField(_("display name"), max_length=100, help_text=_("For people."))
    vcpu = models.PositiveSmallIntegerField(_("vCPU"), validators=[MinValueValidator(1)])
    memory_gib = models.PositiveIntegerField(_("memory in GiB"), validators=[MinValueValidator(1)])
    gpu = models.CharField(_("GPU"), max_length=50, blank=True)
    amount = models.PositiveIntegerField(
        _("price per month"), validators=[MinValueValidator(1)], help_text=_("In cents.")
    )
    active = models.BooleanField(_("on sale"), default=True)

    objects = InstanceTypeQuerySet.as_manager()

    class Meta:
        verbose_name = _("instance type")
        verbose_name_plural = _("instance types")
        ordering = ["amount", "pk"]

    def __str__(self) -> str:
        return self.display_name

    def clean(self) -> None:
        """A subscription's items and the product at Stripe bear the key."""
        before = InstanceType.objects.filter(pk=self.pk).values_list("key", flat=True).first()
        if before not in (None, self.key):
            raise ValidationError({"key": _("The key of an instance type cannot be changed.")})

    @property
    def code(self) -> str:
        """Its code among all wares, which is also the name of the limit that each machine adds to."""
        return catalogue.instance_code(self.key)

    @property
    def title(self) -> str:
        return f"{self.display_name} ({self.name})"

    @property
    def label(self) -> str:
        """The names that the product begins with are translated; others are read as they stand."""
        return gettext(self.display_name)

    @property
    def prices(self) -> tuple[Price, ...]:
        return (Price(Interval.MONTH, self.amount),)

    @property
    def features(self) -> frozenset[str]:
        """None: machines add to limits only."""
        return frozenset()

"""Taxes of the states: what somebody looked up, what was made of it at Stripe, and who pays none."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from billing.models.attempts import new_key


class StateTaxRate(models.Model):
    """At which rate a state taxes software as a service: a figure that somebody looked up, where and when.

    A state is sold to only when its figure is `verified`.
    """

    country = models.CharField(_("country"), max_length=2, default="us")
    state = models.CharField(_("state"), max_length=10, help_text=_("As in addresses: NY."))
    name = models.CharField(_("name"), max_length=100)
    percentage = models.DecimalField(
        _("rate in percent"), max_digits=7, decimal_places=4, null=True, blank=True
    )
    source_url = models.URLField(_("source"), max_length=500, blank=True)
    source_date = models.DateField(_("looked up on"), null=True, blank=True)
    verified = models.BooleanField(_("verified"), default=False)
    notes = models.TextField(_("notes"), blank=True)
    changed = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("state's tax rate")
        verbose_name_plural = _("states' tax rates")
        ordering = ["country", "name"]
        constraints = [
            models.UniqueConstraint(fields=["country", "state"], name="one_rate_per_state"),
            models.CheckConstraint(
                condition=Q(verified=False)
                | Q(percentage__isnull=False, percentage__gte=0, percentage__lte=100),
                name="verified_rate_is_a_percentage",
                violation_error_message=_("A verified figure is a percentage between 0 and 100."),
            ),
            models.CheckConstraint(
                condition=Q(verified=False) | ~Q(source_url="") & Q(source_date__isnull=False),
                name="verified_rate_has_a_source",
                violation_error_message=_("A verified figure says where and when it was looked up."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class StripeTaxRate(models.Model):
    """A state's percentage as a tax rate at Stripe, made when it is first needed. The key is stored before that."""

    country = models.CharField(_("country"), max_length=2)
    state = models.CharField(_("state"), max_length=10)
    percentage = models.DecimalField(_("rate in percent"), max_digits=7, decimal_places=4)
    key = models.CharField(_("idempotency key"), max_length=64, unique=True, default=new_key, editable=False)
    stripe_id = models.CharField(_("Stripe id"), max_length=255, blank=True)
    created = models.DateTimeField(_("created"), default=timezone.now)

    class Meta:
        verbose_name = _("tax rate at Stripe")
        verbose_name_plural = _("tax rates at Stripe")
        constraints = [
            models.UniqueConstraint(
                fields=["country", "state", "percentage"], name="one_tax_rate_per_percentage"
            )
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.state} {self.percentage}"


class Exemption(models.Model):
    """What staff learned of an organization's exemption after its order. Renewals go by it, from the next one on."""

    organization = models.OneToOneField(
        Organization,
        verbose_name=_("organization"),
        on_delete=models.CASCADE,
        related_name="exemption",
        primary_key=True,
    )
    number = models.CharField(
        _("exemption certificate number"),
        max_length=100,
        blank=True,
        help_text=_("Empty: it is not exempt any more, and renews with its state's tax."),
    )
    changed = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("exemption")
        verbose_name_plural = _("exemptions")

    def __str__(self) -> str:
        return f"{self.organization}: {self.number}"

"""Sales, and the years that were paid for."""

from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from billing.models.attempts import new_key
from portal.models.taxes import Exemption


class SaleQuerySet(models.QuerySet["Sale"]):
    """Questions about many sales."""

    def unpaid(self) -> Self:
        return self.filter(status__in=Sale.UNPAID)

    def paid(self) -> Self:
        return self.filter(status=Sale.Status.PAID)


class Sale(models.Model):
    """One purchase through the portal, as it was agreed: who, where, what, with which tax; in the smallest unit.

    `tax` and `total` are None while Stripe Tax has still to work them out.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("Not paid")
        PENDING = "pending", _("Payment under way")
        REFUSED = "refused", _("Refused by the bank")
        PAID = "paid", _("Paid")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    UNPAID = (Status.OPEN, Status.PENDING, Status.REFUSED)

    organization = models.ForeignKey(
        Organization, verbose_name=_("organization"), on_delete=models.CASCADE, related_name="sales"
    )
    # What Stripe knows it by.
    reference = models.CharField(_("reference"), max_length=64, unique=True, default=new_key, editable=False)
    # A digest of the form and what was entered: the same form makes one sale, however often it is sent.
    submission = models.CharField(max_length=64, unique=True, editable=False)
    renews = models.ForeignKey(
        "self",
        verbose_name=_("renews"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="renewals",
    )
    status = models.CharField(_("state"), max_length=16, choices=Status, default=Status.OPEN)

    company = models.CharField(_("company"), max_length=200)
    contact = models.CharField(_("contact"), max_length=200)
    email = models.EmailField(_("e-mail address"))
    line1 = models.CharField(_("street"), max_length=200)
    line2 = models.CharField(_("address, second line"), max_length=200, blank=True)
    city = models.CharField(_("city"), max_length=100)
    state = models.CharField(_("state"), max_length=100, blank=True)
    postal_code = models.CharField(_("ZIP code"), max_length=20, blank=True)
    country = models.CharField(_("country"), max_length=2, default="us")
    exemption = models.CharField(_("exemption certificate number"), max_length=100, blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")

    plan = models.CharField(_("plan"), max_length=100)
    currency = models.CharField(_("currency"), max_length=3)
    subtotal = models.BigIntegerField(_("subtotal"))
    tax_percentage = models.DecimalField(
        _("tax in percent"), max_digits=7, decimal_places=4, null=True, blank=True
    )
    tax = models.BigIntegerField(_("tax"), null=True, blank=True)
    total = models.BigIntegerField(_("total"), null=True, blank=True)
    price_id = models.CharField(_("Stripe price"), max_length=255)

    # The name that stands in addresses of pages; of the order form too.
    filename = models.CharField(_("file name"), max_length=255, unique=True)
    session_id = models.CharField(_("Checkout session"), max_length=255, blank=True, db_index=True)
    subscription_id = models.CharField(_("Stripe subscription"), max_length=255, blank=True, db_index=True)
    created = models.DateTimeField(_("created"), default=timezone.now)
    paid = models.DateTimeField(_("paid on"), null=True, blank=True)

    objects = SaleQuerySet.as_manager()

    class Meta:
        verbose_name = _("sale")
        verbose_name_plural = _("sales")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(status__in=["open", "pending", "refused"]),
                name="one_unpaid_sale_per_organization",
            )
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def is_paid(self) -> bool:
        return self.status == self.Status.PAID

    @property
    def is_exempt(self) -> bool:
        return bool(self.exemption)

    @property
    def certificate(self) -> str:
        """The number of its exemption by now, which may be another than when it was agreed. One query."""
        later = Exemption.objects.filter(organization=self.organization_id).first()
        return later.number if later else self.exemption

    @property
    def percentage(self) -> Decimal:
        """The tax in percent, without trailing zeros: 4, 6.25."""
        return (self.tax_percentage or Decimal(0)).normalize() + 0

    @property
    def is_taxed_by_stripe(self) -> bool:
        """Whether Stripe Tax works it out, so that the rate is not ours to name."""
        return self.tax_percentage is None


class PaidYear(models.Model):
    """What one paid invoice gave: the organization's year, as the invoice's period says. One row for each invoice."""

    sale = models.ForeignKey(Sale, verbose_name=_("sale"), on_delete=models.CASCADE, related_name="years")
    organization = models.ForeignKey(
        Organization, verbose_name=_("organization"), on_delete=models.CASCADE, related_name="paid_years"
    )
    invoice_id = models.CharField(_("Stripe invoice"), max_length=255, unique=True)
    subscription_id = models.CharField(_("Stripe subscription"), max_length=255)
    start = models.DateTimeField(_("begins"))
    end = models.DateTimeField(_("ends"))
    created = models.DateTimeField(_("created"), default=timezone.now)

    class Meta:
        verbose_name = _("paid year")
        verbose_name_plural = _("paid years")
        ordering = ["-start", "-pk"]

    def __str__(self) -> str:
        return f"{self.organization_id}: {self.start:%Y-%m-%d} – {self.end:%Y-%m-%d}"

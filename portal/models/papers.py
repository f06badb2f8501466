"""Papers about sales with their numbers, and the codes that make somebody an owner."""

import secrets

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, User
from billing.models.attempts import new_key
from portal.models.sales import Sale


def new_public_id() -> str:
    return secrets.token_urlsafe(16)


class NumberSeries(models.Model):
    """The last number of a year's receipts, or credit notes. Locked while the next is given, so there are no gaps."""

    series = models.CharField(_("series"), max_length=20)
    year = models.PositiveIntegerField(_("year"))
    last = models.PositiveIntegerField(_("last number"), default=0)

    class Meta:
        verbose_name = _("series of numbers")
        verbose_name_plural = _("series of numbers")
        constraints = [models.UniqueConstraint(fields=["series", "year"], name="one_series_per_year")]

    def __str__(self) -> str:
        return f"{self.series} {self.year}: {self.last}"


class Receipt(models.Model):
    """A paper about a sale: the order form, the receipt of a paid invoice, the credit note of a refund.

    `facts` is all that is printed, as it was then; the file can be made from it again at any time, the same one.
    """

    class Kind(models.TextChoices):
        ORDER_FORM = "order_form", _("Order form")
        RECEIPT = "receipt", _("Receipt")
        CREDIT_NOTE = "credit_note", _("Credit note")

    class State(models.TextChoices):
        WAITING = "waiting", _("To be filed")
        FILED = "filed", _("Filed")
        PARKED = "parked", _("Given up")

    public_id = models.CharField(
        _("public id"), max_length=64, unique=True, default=new_public_id, editable=False
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    sale = models.ForeignKey(Sale, verbose_name=_("sale"), on_delete=models.CASCADE, related_name="receipts")
    organization = models.ForeignKey(
        Organization, verbose_name=_("organization"), on_delete=models.CASCADE, related_name="receipts"
    )
    number = models.CharField(_("number"), max_length=32, blank=True)
    # The invoice that was paid, or the refund that was given.
    stripe_id = models.CharField(_("Stripe id"), max_length=255, blank=True)
    facts = models.JSONField(_("facts"), default=dict)
    language = models.CharField(_("language"), max_length=10, default="en")
    filename = models.CharField(_("file name"), max_length=255, unique=True)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.WAITING)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    next_try = models.DateTimeField(_("next try"), default=timezone.now)
    error = models.CharField(_("error"), max_length=200, blank=True)
    issued = models.DateTimeField(_("issued"), default=timezone.now)

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        ordering = ["-issued", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "stripe_id"], condition=~Q(stripe_id=""), name="one_paper_per_payment"
            ),
            models.UniqueConstraint(
                fields=["kind", "number"], condition=~Q(number=""), name="one_paper_per_number"
            ),
            models.UniqueConstraint(
                fields=["sale"], condition=Q(kind="order_form"), name="one_order_form_per_sale"
            ),
        ]
        indexes = [models.Index(fields=["next_try"], name="receipt_waiting", condition=Q(state="waiting"))]

    def __str__(self) -> str:
        return self.number or self.filename


class ActivationCode(models.Model):
    """What makes whoever enters it the owner of a sale's organization. Only its keyed hash is kept, and a nonce."""

    sale = models.ForeignKey(
        Sale, verbose_name=_("sale"), on_delete=models.CASCADE, related_name="activation_codes"
    )
    organization = models.ForeignKey(
        Organization,
        verbose_name=_("organization"),
        on_delete=models.CASCADE,
        related_name="activation_codes",
    )
    nonce = models.CharField(max_length=64, default=new_key, editable=False)
    code_hash = models.CharField(max_length=64, unique=True, editable=False)
    created = models.DateTimeField(_("created"), default=timezone.now)
    expires = models.DateTimeField(_("expires"))
    shown = models.DateTimeField(_("shown"), null=True, blank=True)
    withdrawn = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    used = models.DateTimeField(_("used"), null=True, blank=True)
    used_by = models.ForeignKey(
        User, verbose_name=_("used by"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("activation code")
        verbose_name_plural = _("activation codes")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(used=None, withdrawn=None),
                name="one_open_activation_code_per_organization",
            )
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} {self.created:%Y-%m-%d}"

    @property
    def is_open(self) -> bool:
        return self.used is None and self.withdrawn is None and self.expires > timezone.now()

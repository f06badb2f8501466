"""Money that went back, to be confirmed by a credit note."""

from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization


class RefundQuerySet(models.QuerySet["Refund"]):
    """Questions about many refunds."""

    def due(self) -> Self:
        return self.filter(done=None, next_try__lte=timezone.now()).order_by("next_try")


class Refund(models.Model):
    """A refund that Stripe carried out. Which invoice it is for is asked after the commit; then there is a credit note,
    unless it was for something that the portal did not sell."""

    stripe_id = models.CharField(_("Stripe refund"), max_length=255, unique=True)
    organization = models.ForeignKey(
        Organization, verbose_name=_("organization"), on_delete=models.CASCADE, related_name="refunds"
    )
    payment_intent_id = models.CharField(_("Stripe payment"), max_length=255)
    amount = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    next_try = models.DateTimeField(_("next try"), default=timezone.now)
    error = models.CharField(_("error"), max_length=100, blank=True)
    created = models.DateTimeField(_("created"), default=timezone.now)
    done = models.DateTimeField(_("done"), null=True, blank=True)

    objects = RefundQuerySet.as_manager()

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.stripe_id

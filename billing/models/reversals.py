"""Money that went back, and what that ends. One row for each refund or dispute that ends something."""

from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization


class ReversalQuerySet(models.QuerySet["Reversal"]):
    """Questions about many reversals."""

    def due(self) -> Self:
        return self.filter(done=None, next_try__lte=timezone.now()).order_by("next_try")


class Reversal(models.Model):
    """What a refund or a dispute does to the subscription that was paid with it; done at Stripe after the commit."""

    class Act(models.TextChoices):
        KEEP = "keep", _("Nothing ends")
        PERIOD_END = "period_end", _("The subscription ends with its period")
        NOW = "now", _("The subscription ends at once")

    # Such as `refund:ch_123` or `dispute:dp_123`: each ends something once.
    fact = models.CharField(_("fact"), max_length=255, unique=True)
    organization = models.ForeignKey(
        Organization, verbose_name=_("organization"), on_delete=models.CASCADE, related_name="reversals"
    )
    payment_intent_id = models.CharField(_("Stripe payment"), max_length=255)
    act = models.CharField(_("act"), max_length=16, choices=Act)
    # Which one it ended; empty when the payment was for nothing that still runs.
    subscription_id = models.CharField(_("Stripe subscription"), max_length=255, blank=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    next_try = models.DateTimeField(_("next try"), default=timezone.now)
    error = models.CharField(_("error"), max_length=100, blank=True)
    created = models.DateTimeField(_("created"), default=timezone.now)
    done = models.DateTimeField(_("done"), null=True)

    objects = ReversalQuerySet.as_manager()

    class Meta:
        verbose_name = _("reversal")
        verbose_name_plural = _("reversals")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.fact

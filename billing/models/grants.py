"""Access without Stripe: a tier for an organization until a date, with who gave it and why."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from accounts.tiers import Tier


class GrantQuerySet(models.QuerySet["Grant"]):
    """Questions about many grants."""

    def in_force(self) -> Self:
        """Not withdrawn and not over."""
        return self.filter(withdrawn=None).filter(Q(until=None) | Q(until__gt=timezone.now()))


class Grant(models.Model):
    """A gift. It is never changed, only withdrawn, so that what somebody had stays on record."""

    organization = models.ForeignKey(
        Organization, verbose_name=_("organization"), on_delete=models.CASCADE, related_name="grants"
    )
    tier = models.CharField(_("tier"), max_length=16, choices=Tier)
    until = models.DateTimeField(_("until"), null=True, blank=True, help_text=_("Empty: without end."))
    why = models.CharField(_("why"), max_length=200)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("given by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    created = models.DateTimeField(_("given"), default=timezone.now)
    withdrawn = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.tier}: {self.why}"

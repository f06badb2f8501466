"""Access without Stripe: a tier, a feature or a limit for an organization until a date, with who gave it and why."""

from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import OuterRef, Q, Subquery, Value
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from accounts.tiers import Tier
from billing import catalogue, words
from billing.models.instances import InstanceType


class GrantQuerySet(models.QuerySet["Grant"]):
    """Questions about many grants."""

    def in_force(self) -> Self:
        """Not withdrawn and not over."""
        return self.filter(withdrawn=None).filter(Q(until=None) | Q(until__gt=timezone.now()))

    def with_machines(self) -> Self:
        """Each comes with its `machine`, so that saying what many give takes no further query."""
        code = Concat(Value(catalogue.INSTANCE), "key", output_field=models.CharField())
        types = InstanceType.objects.annotate(limit=code).filter(limit=OuterRef("limit"))
        return self.annotate(machine=Subquery(types.values("display_name")[:1]))


class Grant(models.Model):
    """A gift. It is never changed, only withdrawn, so that what somebody had stays on record."""

    organization = models.ForeignKey(
        Organization, verbose_name=_("organization"), on_delete=models.CASCADE, related_name="grants"
    )
    # One of the three.
    tier = models.CharField(_("tier"), max_length=16, choices=Tier, blank=True)
    feature = models.CharField(_("feature"), max_length=100, blank=True)
    limit = models.CharField(_("limit"), max_length=100, blank=True)
    amount = models.PositiveBigIntegerField(
        _("amount"), null=True, blank=True, help_text=_("How much of the limit; empty: unlimited.")
    )
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
        constraints = [
            models.CheckConstraint(
                condition=(~Q(tier="") & Q(feature="", limit="", amount=None))
                | (~Q(feature="") & Q(tier="", limit="", amount=None))
                | (~Q(limit="") & Q(tier="", feature="")),
                name="grant_gives_one_thing",
            )
        ]

    def __str__(self) -> str:
        return f"{self.gift}: {self.why}"

    def clean(self) -> None:
        given = [one for one in (self.tier, self.feature, self.limit) if one]
        if len(given) != 1:
            raise ValidationError(_("Give one thing: a tier, a feature or a limit."))
        if self.amount is not None and not self.limit:
            raise ValidationError({"amount": _("An amount belongs to a limit.")})
        if self.until is not None and self.until <= timezone.now():
            raise ValidationError({"until": _("That date is over.")})

    @cached_property
    def machine(self) -> str | None:
        """The name of the machines that it gives; None when it gives none. A query, unless it came `with_machines`."""
        key = catalogue.instance_key(self.limit)
        types = InstanceType.objects.filter(key=key) if key else InstanceType.objects.none()
        return types.values_list("display_name", flat=True).first()

    @property
    def gift(self) -> str:
        """What is given, in words for whoever has it."""
        if self.tier:
            return str(Tier(self.tier).label)
        if self.feature:
            return words.of_feature(self.feature)
        return (
            words.of_machines(self.machine, self.amount)
            if self.machine
            else words.of_limit(self.limit, self.amount)
        )

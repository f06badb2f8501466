"""What `reconcile_stripe` has compared and found: a row for each run, and one for each difference, which is also the
record of what was mended."""

from typing import Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization


class Reconciliation(models.Model):
    """One comparison of Stripe with our rows. An interrupted one goes on where `check_name` and `cursor` say."""

    # Empty scope: everything. `since`: what was made or talked about at Stripe since then.
    organization = models.ForeignKey(
        Organization,
        verbose_name=_("organization"),
        null=True,
        on_delete=models.CASCADE,
        related_name="reconciliations",
    )
    since = models.DateTimeField(_("since"), null=True)
    mends = models.BooleanField(_("mends"), default=False)
    begun = models.DateTimeField(_("begun"), default=timezone.now)
    finished = models.DateTimeField(_("finished"), null=True)
    check_name = models.CharField(_("comparing"), max_length=50, blank=True)
    cursor = models.CharField(max_length=255, blank=True, editable=False)
    # While it is under way, when it last took a step.
    beat = models.DateTimeField(null=True, editable=False)
    compared = models.PositiveBigIntegerField(_("compared"), default=0)

    class Meta:
        verbose_name = _("reconciliation")
        verbose_name_plural = _("reconciliations")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.begun:%Y-%m-%d %H:%M}"


class DifferenceQuerySet(models.QuerySet["Difference"]):
    """Questions about many differences."""

    def left(self) -> Self:
        """What is not mended."""
        return self.filter(mended=None)


class Difference(models.Model):
    """Something in which our rows and Stripe did not agree, and when that was mended."""

    class What(models.TextChoices):
        MISSING = "missing", _("Missing here")
        GONE = "gone", _("Gone at Stripe")
        DIFFERS = "differs", _("Differs")
        UNFINISHED = "unfinished", _("Unfinished")

    run = models.ForeignKey(
        Reconciliation, verbose_name=_("run"), on_delete=models.CASCADE, related_name="differences"
    )
    kind = models.CharField(_("kind"), max_length=50)
    # What it is about: an id of Stripe's, or the key of a row of ours.
    subject = models.CharField(_("subject"), max_length=255)
    organization = models.ForeignKey(
        Organization,
        verbose_name=_("organization"),
        null=True,
        on_delete=models.CASCADE,
        related_name="differences",
    )
    what = models.CharField(_("what"), max_length=16, choices=What)
    # Name -> [here, at Stripe].
    fields = models.JSONField(_("fields"), default=dict, encoder=DjangoJSONEncoder)
    found = models.DateTimeField(_("found"), default=timezone.now)
    mended = models.DateTimeField(_("mended"), null=True)
    # Why it could not be.
    error = models.CharField(_("error"), max_length=100, blank=True)

    objects = DifferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("difference")
        verbose_name_plural = _("differences")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["run", "kind", "subject"], name="one_difference_per_subject")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}: {self.get_what_display()}"

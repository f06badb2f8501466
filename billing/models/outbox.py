"""The outbox: mails to be sent once their cause is committed, each at most once."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization


class Mail(models.Model):
    """One mail about one fact, to an organization or to the address that somebody gave."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        PARKED = "parked", _("Given up")

    # What it is about, such as `payment_failed:in_123:2`: the same fact is never mailed twice.
    fact = models.CharField(_("fact"), max_length=255, unique=True)
    organization = models.ForeignKey(
        Organization,
        verbose_name=_("organization"),
        null=True,
        on_delete=models.CASCADE,
        related_name="mails",
    )
    # Empty: the organization's address at the time of sending.
    to = models.EmailField(_("e-mail address"), blank=True)
    template = models.CharField(_("template"), max_length=100)
    context = models.JSONField(_("context"), default=dict)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.WAITING)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    next_try = models.DateTimeField(_("next try"), default=timezone.now)
    error = models.CharField(_("error"), max_length=200, blank=True)
    created = models.DateTimeField(_("created"), default=timezone.now)
    sent = models.DateTimeField(_("sent"), null=True)

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["next_try"], name="mail_waiting", condition=Q(state="waiting"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(organization__isnull=False) | ~Q(to=""), name="mail_to_somebody"
            )
        ]

    def __str__(self) -> str:
        return self.fact

    @property
    def address(self) -> str:
        """Where it goes."""
        return self.to or (self.organization.email if self.organization else "")

    @property
    def language(self) -> str:
        """What it is written in."""
        ours = self.organization.language if self.organization else settings.LANGUAGE_CODE
        return self.context.get("language") or ours

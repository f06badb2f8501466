"""What we set out to make at Stripe: stored, with its key and parameters, before Stripe is called."""

import uuid
from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization

# Stripe keeps a key for at least 24 hours; what is older is looked up instead of sent again.
KEY_LIFETIME = timedelta(hours=23)


def new_key() -> str:
    return uuid.uuid4().hex


class AttemptQuerySet(models.QuerySet["Attempt"]):
    """Questions about many attempts."""

    def open(self) -> Self:
        return self.filter(state=Attempt.State.OPEN)

    def finish(self, stripe_id: str) -> int:
        """They made this."""
        return self.update(state=Attempt.State.DONE, result=stripe_id, finished=timezone.now())

    def fail(self, error: str) -> int:
        """They made nothing that is still there."""
        return self.update(state=Attempt.State.FAILED, error=error, finished=timezone.now())


class Attempt(models.Model):
    """One intention to make or change one object. Repeated with its key and parameters it is never done twice."""

    class Kind(models.TextChoices):
        CUSTOMER = "customer", _("Customer")
        SUBSCRIPTION = "subscription", _("Subscription")
        CHANGE = "change", _("Change of a subscription")
        # Open as long as somebody can pay on the page; `result` is the session until it is known what it made.
        CHECKOUT = "checkout", _("Stripe's payment page")

    class State(models.TextChoices):
        OPEN = "open", _("Under way")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    key = models.CharField(_("idempotency key"), max_length=64, unique=True, default=new_key, editable=False)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    organization = models.ForeignKey(
        Organization, verbose_name=_("organization"), on_delete=models.CASCADE, related_name="attempts"
    )
    plan = models.CharField(_("plan"), max_length=100, blank=True)
    interval = models.CharField(_("interval"), max_length=16, blank=True)
    parameters = models.JSONField(_("parameters"), default=dict)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.OPEN)
    result = models.CharField(_("Stripe id"), max_length=255, blank=True)
    error = models.CharField(_("error"), max_length=100, blank=True)
    created = models.DateTimeField(_("created"), default=timezone.now)
    finished = models.DateTimeField(_("finished"), null=True)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "kind"], condition=Q(state="open"), name="one_open_attempt"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    @property
    def is_stale(self) -> bool:
        """Whether Stripe may have forgotten its key."""
        return timezone.now() - self.created > KEY_LIFETIME

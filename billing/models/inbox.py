"""The inbox: every event of Stripe's that reached us, once, and what became of it."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.models.mirrored_objects import MirroredObject


class EventQuerySet(models.QuerySet["Event"]):
    """Questions about many events."""

    def due(self) -> Self:
        """What waits to be processed: never tried, to be tried again, or left behind by a dead worker."""
        now = timezone.now()
        waiting = Q(state=Event.State.RECEIVED) | Q(state=Event.State.FAILED, next_try__lte=now)
        return self.filter(waiting).filter(Q(leased_until=None) | Q(leased_until__lte=now)).order_by("pk")

    def untouched(self) -> Self:
        """What nobody has begun with, the longest there first."""
        return self.filter(state=Event.State.RECEIVED, leased_until=None).order_by("pk")


class Event(models.Model):
    """One event. Its payload is kept as it came, so that it can be processed again."""

    class State(models.TextChoices):
        RECEIVED = "received", _("Received")
        DONE = "done", _("Done")
        IGNORED = "ignored", _("Ignored")
        FAILED = "failed", _("Failed, will be tried again")
        PARKED = "parked", _("Given up, can be replayed")

    class Reason(models.TextChoices):
        FOREIGN = "foreign", _("Another application's")
        WRONG_MODE = "wrong_mode", _("Live and test mode differ")
        UNKNOWN_TYPE = "unknown_type", _("A type that means nothing to us")
        CONNECTED_ACCOUNT = "connected_account", _("A connected account's")

    # In these a re-delivery changes nothing.
    SETTLED = (State.DONE, State.IGNORED, State.PARKED)

    stripe_id = models.CharField(_("Stripe id"), max_length=255)
    type = models.CharField(_("type"), max_length=100)
    object_kind = models.CharField(_("kind of object"), max_length=50, blank=True)
    # What it is about, by its id at Stripe, whether or not we mirror that; whose it is, its guard knows.
    object = models.ForeignKey(
        MirroredObject,
        verbose_name=_("object"),
        to_field="stripe_id",
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        on_delete=models.DO_NOTHING,
        related_name="events",
    )
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.RECEIVED)
    reason = models.CharField(_("reason"), max_length=32, choices=Reason, blank=True)
    error = models.TextField(_("error"), blank=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    next_try = models.DateTimeField(_("next try"), null=True)
    leased_until = models.DateTimeField(_("being worked on until"), null=True)
    created = models.DateTimeField(_("created at Stripe"))
    received = models.DateTimeField(_("received"), default=timezone.now)
    # The raw body, not parsed: a text column takes what a JSON column refuses. Empty for what is not ours.
    payload = models.TextField(_("payload"), blank=True)
    # Whether dj-stripe's rows know of it.
    copied = models.BooleanField(_("copied to dj-stripe"), default=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-pk"]
        # Not `unique` and `db_index`: on PostgreSQL each would keep a second index, for searches by a beginning.
        constraints = [models.UniqueConstraint(fields=["stripe_id"], name="event_once")]
        indexes = [
            models.Index(fields=["object"], name="event_object"),
            models.Index(fields=["id"], name="event_received", condition=Q(state="received")),
            models.Index(fields=["id"], name="event_failed", condition=Q(state="failed")),
            models.Index(fields=["id"], name="event_to_copy", condition=Q(state="done", copied=False)),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.stripe_id}"

    @property
    def is_settled(self) -> bool:
        return self.state in self.SETTLED

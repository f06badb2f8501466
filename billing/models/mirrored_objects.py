"""The guard: one row for each mirrored object of Stripe's, whatever its kind. See `billing.mirror.order`."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization


class MirroredObject(models.Model):
    """As of when Stripe said what our rows hold, and which of those who asked has written last."""

    stripe_id = models.CharField(_("Stripe id"), max_length=255, unique=True)
    kind = models.CharField(_("kind"), max_length=50)
    organization = models.ForeignKey(
        Organization,
        verbose_name=_("organization"),
        null=True,
        on_delete=models.CASCADE,
        related_name="mirrored_objects",
    )
    # The object's state is at least this new, by Stripe's clock. None: asked for, not yet answered.
    as_of = models.DateTimeField(_("as of"), null=True)
    # The number of the last write; the highest number handed out, to writers and to those who ask.
    sequence = models.PositiveBigIntegerField(_("sequence"), default=0)
    tickets = models.PositiveBigIntegerField(_("numbers handed out"), default=0)
    answered = models.PositiveBigIntegerField(_("number of the last answer"), default=0)
    # What was written, as a digest: what says nothing new need not be written again.
    digest = models.CharField(max_length=64, blank=True, editable=False)
    gone = models.BooleanField(_("gone at Stripe"), default=False)
    # Which run last compared it with Stripe's. Without an index, which every write of a guard would have to keep.
    compared_by = models.ForeignKey(
        "Reconciliation",
        verbose_name=_("compared by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
    )
    # What we keep of kinds without rows of their own: payment intents, charges, refunds, disputes, sessions.
    data = models.JSONField(_("data"), default=dict, blank=True)

    class Meta:
        verbose_name = _("mirrored object")
        verbose_name_plural = _("mirrored objects")
        indexes = [models.Index(fields=["kind", "organization"], name="mirrored_by_kind")]

    def __str__(self) -> str:
        return self.stripe_id

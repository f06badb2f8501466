"""What staff should look at: each fact once, until somebody has seen it."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cart.models.orders import Order


class Alarm(models.Model):
    """Something about a payment that must not happen, or that nobody but people can decide."""

    class Kind(models.TextChoices):
        PAID_TWICE = "paid_twice", _("One purchase was paid twice; the second payment goes back")
        NO_MATCH = "no_match", _("A payment does not match its order; nothing was delivered")
        NO_ORDER = "no_order", _("A payment of ours belongs to no order")
        OVERSOLD = "oversold", _("More was paid for than is in stock")
        DISPUTED = "disputed", _("A payment is disputed")
        REFUND_FAILED = "refund_failed", _("A refund failed")

    # Such as `paid_twice:pi_123`.
    fact = models.CharField(_("fact"), max_length=255, unique=True)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    order = models.ForeignKey(
        Order, verbose_name=_("order"), null=True, on_delete=models.CASCADE, related_name="alarms"
    )
    details = models.JSONField(_("details"), default=dict, blank=True)
    created = models.DateTimeField(_("created"), default=timezone.now)
    seen = models.DateTimeField(_("seen"), null=True, blank=True)

    class Meta:
        verbose_name = _("alarm")
        verbose_name_plural = _("alarms")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.fact

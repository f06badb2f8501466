"""Money that went back for an order: given here, or in Stripe's dashboard."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cart.models.orders import Order


class RefundQuerySet(models.QuerySet["Refund"]):
    """Questions about many refunds."""

    def counted(self) -> Self:
        """Those that have gone back, are on their way, or are about to be."""
        return self.exclude(state__in=[Refund.State.FAILED, Refund.State.CANCELED])

    def left_behind(self) -> Self:
        """Those of which Stripe has not been heard."""
        return self.filter(state=Refund.State.BEGUN)


class Refund(models.Model):
    """One amount that goes back. Stored, with its idempotency key, before Stripe is called."""

    class State(models.TextChoices):
        BEGUN = "begun", _("Under way")
        PENDING = "pending", _("On its way")
        REQUIRES_ACTION = "requires_action", _("Waits for the customer")
        SUCCEEDED = "succeeded", _("Given back")
        FAILED = "failed", _("Failed")
        CANCELED = "canceled", _("Canceled")

    order = models.ForeignKey(
        Order, verbose_name=_("order"), on_delete=models.CASCADE, related_name="refunds"
    )
    # Of those that were given here.
    key = models.CharField(_("idempotency key"), max_length=64, null=True, unique=True, editable=False)
    stripe_id = models.CharField(_("Stripe id"), max_length=255, null=True, unique=True)
    amount = models.PositiveBigIntegerField(_("amount"))
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.BEGUN)
    error = models.CharField(_("error"), max_length=100, blank=True)
    # Nobody: it was given at Stripe, or because the order was paid twice.
    by = models.ForeignKey(User, verbose_name=_("by"), null=True, on_delete=models.SET_NULL, related_name="+")
    created = models.DateTimeField(_("created"), default=timezone.now)

    objects = RefundQuerySet.as_manager()

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_of_something"),
            models.UniqueConstraint(
                fields=["order"], condition=Q(state="begun"), name="one_refund_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return self.stripe_id or f"{self.order_id} {self.amount}"

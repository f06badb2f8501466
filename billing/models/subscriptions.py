"""Which subscription an organization has, with which items. Written by the mirror; never calls Stripe."""

from datetime import datetime
from itertools import chain
from typing import Any, Self

from django.db import models
from django.db.models import Count, Exists, F, OuterRef
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from billing import catalogue
from billing.catalogue import Plan
from billing.models.customers import StripeInvoice
from billing.models.instances import InstanceType


class SubscriptionQuerySet(models.QuerySet["StripeSubscription"]):
    """Questions about many subscriptions."""

    def live(self) -> Self:
        """Those that are, or may again be, paid for."""
        return self.filter(status__in=StripeSubscription.LIVE)

    def unfinished(self) -> Self:
        """Those whose first payment is still awaited."""
        return self.filter(status=StripeSubscription.Status.INCOMPLETE)

    def invoices_of_changes(self) -> "models.QuerySet[StripeSubscription, dict[str, Any]]":
        """Of changes that await their payment. Nothing was had for them yet, so nothing is owed."""
        return self.filter(pending_until__isnull=False).values("latest_invoice_id")

    def newest(self) -> Self:
        return self.order_by("-created", "-pk")

    def of(self, organization: Organization) -> "StripeSubscription | None":
        """The one that the organization has, with its items; None when it has none, or none any more."""
        return self.filter(organization=organization).live().newest().prefetch_related("items").first()

    def shown(self) -> "StripeSubscription | None":
        """What a page about an organization's subscription is about: one it has, one begun, or the last one it had.

        What was begun and taken back, or never finished, was never had.
        """
        found = list(self.newest().prefetch_related("items"))
        live = (one for one in found if one.is_live)
        begun = (one for one in found if one.is_unfinished)
        return next(chain(live, begun), None) or (self._paid().newest().first() if found else None)

    def present(self) -> "StripeSubscription | None":
        """What can be cancelled or resumed: the one that there is, or that was begun; None when it is over."""
        found = self.shown()
        return None if found is None or found.is_over else found

    def _paid(self) -> Self:
        paid = StripeInvoice.objects.filter(
            subscription_id=OuterRef("stripe_id"), status=StripeInvoice.Status.PAID
        )
        return self.filter(Exists(paid)).prefetch_related("items")


class StripeSubscription(models.Model):
    """A subscription of an organization, as Stripe last described it."""

    class Status(models.TextChoices):
        INCOMPLETE = "incomplete", _("Awaiting the first payment")
        INCOMPLETE_EXPIRED = "incomplete_expired", _("Never paid")
        TRIALING = "trialing", _("On trial")
        ACTIVE = "active", _("Active")
        PAST_DUE = "past_due", _("Payment overdue")
        UNPAID = "unpaid", _("Unpaid")
        PAUSED = "paused", _("Paused")
        CANCELED = "canceled", _("Ended")

    LIVE = (Status.TRIALING, Status.ACTIVE, Status.PAST_DUE, Status.UNPAID, Status.PAUSED)
    OVER = (Status.CANCELED, Status.INCOMPLETE_EXPIRED)

    stripe_id = models.CharField(_("Stripe id"), max_length=255, unique=True)
    organization = models.ForeignKey(
        Organization, verbose_name=_("organization"), on_delete=models.CASCADE, related_name="subscriptions"
    )
    customer_id = models.CharField(_("Stripe customer"), max_length=255, db_index=True)
    status = models.CharField(_("state"), max_length=32, choices=Status)
    currency = models.CharField(_("currency"), max_length=3)
    collection_method = models.CharField(_("collection method"), max_length=32, blank=True)
    collection_paused = models.BooleanField(_("collection paused"), default=False)
    # Stripe's ids, without foreign keys: what they name may arrive later than the subscription.
    latest_invoice_id = models.CharField(_("latest invoice"), max_length=255, blank=True)
    default_payment_method_id = models.CharField(_("payment method"), max_length=255, blank=True)
    # Which of our purchase attempts made it; empty when it was made elsewhere, as in the dashboard.
    attempt_key = models.CharField(_("attempt"), max_length=64, blank=True, db_index=True)
    cancel_at = models.DateTimeField(_("ends on"), null=True)
    cancel_at_period_end = models.BooleanField(_("ends with the period"), default=False)
    canceled_at = models.DateTimeField(_("cancelled on"), null=True)
    ended_at = models.DateTimeField(_("ended on"), null=True)
    trial_end = models.DateTimeField(_("trial ends on"), null=True)
    # Stripe's schedule that changes it when its period ends; empty when it just renews.
    schedule_id = models.CharField(_("schedule"), max_length=255, blank=True)
    # A change waits until then for its payment, and is dropped if it does not come; what is paid for stays as it is.
    pending_until = models.DateTimeField(_("change awaits payment until"), null=True)
    created = models.DateTimeField(_("created"))

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        ordering = ["-created", "-pk"]

    def __str__(self) -> str:
        return self.stripe_id

    @property
    def is_live(self) -> bool:
        return self.status in self.LIVE

    @property
    def is_over(self) -> bool:
        return self.status in self.OVER

    @property
    def is_unfinished(self) -> bool:
        return self.status == self.Status.INCOMPLETE

    @property
    def plan_item(self) -> "StripeSubscriptionItem | None":
        """The item that carries the plan: of several the one with the highest tier. Uses prefetched items."""
        known = [item for item in self.items.all() if item.plan]
        return max(known, key=lambda item: item.plan.tier.rank if item.plan else -1, default=None)

    @property
    def plan(self) -> Plan | None:
        item = self.plan_item
        return item.plan if item else None

    @property
    def machines(self) -> dict[str, int]:
        """How many of which instance types, by their keys. Uses prefetched items."""
        return {item.instance_key: item.quantity for item in self.items.all() if item.instance_key}

    @property
    def period_end(self) -> datetime | None:
        """When the next payment is due: the first end of its items' periods."""
        return min((item.period_end for item in self.items.all()), default=None)

    @property
    def recurring(self) -> int:
        """What one period costs, in the smallest unit. Uses prefetched items."""
        return sum(item.total for item in self.items.all())

    @property
    def ends_at(self) -> datetime | None:
        """When it is scheduled to end, by a date or with its period; None when it renews."""
        return self.cancel_at or (self.period_end if self.cancel_at_period_end else None)

    def anew(self) -> "StripeSubscription":
        """The row as it is now, with its organization and items."""
        rows = StripeSubscription.objects.select_related("organization").prefetch_related("items")
        return rows.get(pk=self.pk)


class ItemQuerySet(models.QuerySet["StripeSubscriptionItem"]):
    """Questions about many items."""

    def machines(self) -> Self:
        """Those that are machines of an instance type."""
        return self.filter(key__startswith=catalogue.INSTANCE)

    def astray(self) -> Self:
        """What is priced per member and has another quantity than there are `members`, which each then knows."""
        members = Greatest(Count("subscription__organization__memberships"), 1)
        priced = [plan.key for plan in catalogue.PLANS if plan.per_member]
        running = self.filter(key__in=priced, subscription__status__in=StripeSubscription.LIVE)
        return running.annotate(members=members).exclude(quantity=F("members"))


class StripeSubscriptionItem(models.Model):
    """One line of a subscription: a price, how many of it, and the period that is paid for."""

    subscription = models.ForeignKey(
        StripeSubscription,
        verbose_name=_("subscription"),
        to_field="stripe_id",
        on_delete=models.CASCADE,
        related_name="items",
    )
    stripe_id = models.CharField(_("Stripe id"), max_length=255, unique=True)
    price_id = models.CharField(_("Stripe price"), max_length=255, db_index=True)
    product_id = models.CharField(_("Stripe product"), max_length=255)
    # The ware's code: `premium`, `instance:a10g`; empty for a price that we do not know, which grants nothing.
    key = models.CharField(_("plan"), max_length=100, blank=True)
    quantity = models.PositiveBigIntegerField(_("quantity"), default=1)
    interval = models.CharField(_("interval"), max_length=16, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    amount = models.BigIntegerField(_("amount"), null=True)
    # Ids of the tax rates that are charged on top of it.
    tax_rates = models.JSONField(_("tax rates"), default=list, blank=True)
    period_start = models.DateTimeField(_("period begins"))
    period_end = models.DateTimeField(_("period ends"))

    members: int  # of those that `astray` finds

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscription item")
        verbose_name_plural = _("subscription items")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.key or self.price_id} × {self.quantity}"

    @property
    def total(self) -> int:
        """What it costs for a period, in the smallest unit."""
        return (self.amount or 0) * self.quantity

    @property
    def plan(self) -> Plan | None:
        """The base plan that this item is; None for machines and for what we do not know."""
        return catalogue.find(self.key)

    @property
    def instance_key(self) -> str:
        """The key of the instance type that it is so many machines of; empty for a plan. No query."""
        return catalogue.instance_key(self.key)

    @property
    def instance_type(self) -> InstanceType | None:
        """The instance type's row. One query: for many items ask `InstanceType.objects.by_key()` once."""
        return InstanceType.objects.filter(key=self.instance_key).first() if self.instance_key else None

"""Who pays, and how: customers, their cards, their invoices. Written by the mirror only."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from billing import locales


class CustomerQuerySet(models.QuerySet["StripeCustomer"]):
    """Questions about many customers."""

    def outdated(self) -> Self:
        """Those in use whose organization has another name, address or language by now. None is not another one."""
        used = self.filter(
            deleted=False, organization__closed=None, organization__stripe_customer_id=F("stripe_id")
        )
        same_name = Q(organization__name="") | Q(name=F("organization__name"))
        same_address = Q(organization__email="") | Q(email=F("organization__email"))
        known = Q(organization__language__in=locales.AT_STRIPE)
        same_language = ~known
        for ours, theirs in locales.AT_STRIPE.items():
            same_language |= Q(organization__language=ours, locale=theirs)
        return used.exclude(same_name & same_address & same_language)


class StripeCustomer(models.Model):
    """An organization's customer at Stripe; the organization names the one in use, former ones stay."""

    stripe_id = models.CharField(_("Stripe id"), max_length=255, unique=True)
    organization = models.ForeignKey(
        Organization, verbose_name=_("organization"), on_delete=models.CASCADE, related_name="customers"
    )
    name = models.TextField(_("name"), blank=True)
    email = models.TextField(_("e-mail address"), blank=True)
    # The language of Stripe's mails and invoices, as Stripe calls it; empty: the account's.
    locale = models.CharField(_("language"), max_length=35, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    # In the smallest unit; negative is credit.
    balance = models.BigIntegerField(_("balance"), default=0)
    delinquent = models.BooleanField(_("delinquent"), default=False)
    default_payment_method_id = models.CharField(_("default payment method"), max_length=255, blank=True)
    deleted = models.BooleanField(_("deleted at Stripe"), default=False)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")

    def __str__(self) -> str:
        return self.stripe_id


class PaymentMethodQuerySet(models.QuerySet["StripePaymentMethod"]):
    """Questions about many ways to pay."""

    def offered(self) -> list["StripePaymentMethod"]:
        """Those that can be paid with, newest first; a card that was typed twice is shown once."""
        stored = self.filter(attached=True).order_by("pk")
        looks = {(card.kind, card.brand, card.last4, card.exp_year, card.exp_month): card for card in stored}
        return sorted(looks.values(), key=lambda card: card.pk, reverse=True)


class StripePaymentMethod(models.Model):
    """A card, or another way to pay, of a customer of ours. Never more of a number than four digits."""

    stripe_id = models.CharField(_("Stripe id"), max_length=255, unique=True)
    organization = models.ForeignKey(
        Organization, verbose_name=_("organization"), on_delete=models.CASCADE, related_name="payment_methods"
    )
    customer_id = models.CharField(_("Stripe customer"), max_length=255, blank=True, db_index=True)
    attached = models.BooleanField(_("attached"), default=True)
    kind = models.CharField(_("kind"), max_length=50)
    brand = models.CharField(_("brand"), max_length=50, blank=True)
    last4 = models.CharField(_("last four digits"), max_length=4, blank=True)
    exp_month = models.PositiveSmallIntegerField(_("expiry month"), null=True)
    exp_year = models.PositiveSmallIntegerField(_("expiry year"), null=True)

    objects = PaymentMethodQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment method")
        verbose_name_plural = _("payment methods")

    def __str__(self) -> str:
        return f"{self.brand or self.kind} {self.last4}".strip()


class InvoiceQuerySet(models.QuerySet["StripeInvoice"]):
    """Questions about many invoices."""

    def shown(self) -> Self:
        """What a customer may see: not the drafts, and not what was withdrawn. Newest first."""
        Status = StripeInvoice.Status  # noqa: N806  (a class)
        return self.filter(
            deleted=False, status__in=[Status.OPEN, Status.PAID, Status.UNCOLLECTIBLE]
        ).order_by("-created", "-pk")

    def behind(self, last: "StripeInvoice") -> Self:
        """Those that come after it when the newest is first."""
        return self.filter(Q(created__lt=last.created) | Q(created=last.created, pk__lt=last.pk))

    def awaited(self) -> Self:
        """What is still to be paid."""
        return self.filter(deleted=False, status=StripeInvoice.Status.OPEN)


class StripeInvoice(models.Model):
    """An invoice, in the smallest unit of its currency."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OPEN = "open", _("Open")
        PAID = "paid", _("Paid")
        UNCOLLECTIBLE = "uncollectible", _("Uncollectible")
        VOID = "void", _("Void")

    stripe_id = models.CharField(_("Stripe id"), max_length=255, unique=True)
    organization = models.ForeignKey(
        Organization, verbose_name=_("organization"), on_delete=models.CASCADE, related_name="invoices"
    )
    subscription_id = models.CharField(_("Stripe subscription"), max_length=255, blank=True, db_index=True)
    number = models.CharField(_("number"), max_length=100, blank=True)
    status = models.CharField(_("state"), max_length=32, choices=Status)
    billing_reason = models.CharField(_("reason"), max_length=50, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    total = models.BigIntegerField(_("total"))
    amount_due = models.BigIntegerField(_("amount due"))
    amount_paid = models.BigIntegerField(_("amount paid"))
    amount_remaining = models.BigIntegerField(_("amount remaining"))
    attempt_count = models.PositiveIntegerField(_("payment attempts"), default=0)
    next_payment_attempt = models.DateTimeField(_("next payment attempt"), null=True)
    created = models.DateTimeField(_("created"))
    paid_at = models.DateTimeField(_("paid on"), null=True)
    hosted_url = models.TextField(_("page at Stripe"), blank=True)
    pdf_url = models.TextField(_("PDF"), blank=True)
    deleted = models.BooleanField(_("deleted at Stripe"), default=False)

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering = ["-created", "-pk"]

    def __str__(self) -> str:
        return self.number or self.stripe_id

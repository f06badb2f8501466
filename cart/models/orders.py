"""An order: what was in a cart when its payment was begun, at the prices of then. It never changes but in state."""

from collections.abc import Iterable
from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, User
from cart.models.carts import Cart
from cart.models.items import Item


class OrderQuerySet(models.QuerySet["Order"]):
    """Questions about many orders."""

    def placed(self) -> Self:
        """What its buyer should see in a list: those that were paid, or whose payment is on its way. Newest first."""
        return self.filter(state__in=[*Order.TAKEN, Order.State.RETURNED]).order_by("-created", "-pk")

    def taken(self) -> Self:
        return self.filter(state__in=Order.TAKEN)

    def unsettled(self) -> Self:
        """Those of which something is left to be done at Stripe: an intent to cancel, a payment to give back."""
        return self.filter(state__in=[Order.State.CANCELED, Order.State.RETURNED], settled=None)

    def overdue(self) -> Self:
        """Those that waited long enough for their payment."""
        return self.filter(state=Order.State.OPEN, expires__lte=timezone.now())

    def holding(self, items: Iterable[Item]) -> Self:
        """Those that keep pieces of these out of the stock."""
        return self.filter(lines__reserved=True, lines__item__in=list(items)).distinct()

    def visible_to(self, cart: Cart) -> Self:
        """Those of whoever holds the cart."""
        return self.filter(cart=cart) if cart.pk else self.none()


class Order(models.Model):
    """One purchase of a cart's content. `uuid` is its name outside; who knows it still needs the cart to see it."""

    class State(models.TextChoices):
        OPEN = "open", _("Not paid yet")
        PROCESSING = "processing", _("Payment on its way")
        PAID = "paid", _("Paid")
        REFUNDED = "refunded", _("Refunded")
        CANCELED = "canceled", _("Canceled")
        # Paid though another order of the same purchase was paid already: the payment goes back.
        RETURNED = "returned", _("Paid twice, given back")

    # Of all orders of one purchase, one at most is ever in these.
    TAKEN = (State.PROCESSING, State.PAID, State.REFUNDED)

    class Reason(models.TextChoices):
        NONE = "", ""
        SUPERSEDED = "superseded", _("The cart was changed")
        EXPIRED = "expired", _("It was not paid in time")
        AT_STRIPE = "at_stripe", _("Canceled at Stripe")
        DECLINES = "declines", _("Too many cards were declined")
        REFUSED = "refused", _("Stripe could not make its payment")

    uuid = models.UUIDField(_("id"), default=uuid4, unique=True, editable=False)
    cart = models.ForeignKey(Cart, verbose_name=_("cart"), on_delete=models.PROTECT, related_name="orders")
    # The cart's uuid then: it says of which content this is the order.
    cart_uuid = models.UUIDField(_("content of the cart"), editable=False)
    # Orders that took each other's place, since the cart was changed: one of them may be paid.
    purchase = models.UUIDField(_("purchase"), default=uuid4, editable=False)
    # Stored before Stripe is called; made of the content, the amount and the currency.
    key = models.CharField(_("idempotency key"), max_length=100, unique=True, editable=False)
    organization = models.ForeignKey(
        Organization,
        verbose_name=_("organization"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="orders",
    )
    customer_id = models.CharField(_("Stripe customer"), max_length=255, blank=True)
    email = models.EmailField(_("e-mail address"))
    language = models.CharField(_("language"), max_length=16, blank=True)
    # From where its payment was begun, as `billing.limits` counts; the address cannot be read back.
    begun_from = models.CharField(max_length=64, blank=True, editable=False)
    amount = models.PositiveBigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    refunded = models.PositiveBigIntegerField(_("refunded"), default=0)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.OPEN)
    reason = models.CharField(_("reason"), max_length=16, choices=Reason, default=Reason.NONE, blank=True)
    payment_intent_id = models.CharField(_("Stripe payment"), max_length=255, null=True, unique=True)
    # Why the last try to pay failed, in Stripe's code; and how many have.
    failure = models.CharField(_("last decline"), max_length=100, blank=True)
    declines = models.PositiveIntegerField(_("declines"), default=0)
    # Stripe's state of the dispute; empty: there was none.
    dispute = models.CharField(_("dispute"), max_length=64, blank=True)
    created = models.DateTimeField(_("created"), default=timezone.now)
    expires = models.DateTimeField(_("expires"))
    paid = models.DateTimeField(_("paid on"), null=True)
    # When nothing was left to be done at Stripe for one that is canceled or returned.
    settled = models.DateTimeField(_("settled"), null=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["cart"], condition=Q(state="open"), name="one_open_order_per_cart"
            ),
            models.UniqueConstraint(
                fields=["purchase"],
                condition=Q(state__in=["processing", "paid", "refunded"]),
                name="one_paid_order_per_purchase",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="order_costs_something"),
            models.CheckConstraint(
                condition=Q(refunded__lte=models.F("amount")), name="order_not_refunded_twice"
            ),
        ]
        indexes = [
            models.Index(fields=["expires"], name="order_open", condition=Q(state="open")),
            models.Index(
                fields=["created"],
                name="order_unsettled",
                condition=Q(settled=None, state__in=["canceled", "returned"]),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """What people call it."""
        return self.uuid.hex[:8].upper()

    @property
    def user(self) -> User | None:
        """Who bought it; None for a guest. One query, unless the cart and its user were selected."""
        return self.cart.user

    @property
    def is_paid(self) -> bool:
        return self.state in (Order.State.PAID, Order.State.REFUNDED)

    @property
    def refundable(self) -> int:
        """What can still be given back, in the smallest unit."""
        paid = self.state in (Order.State.PAID, Order.State.RETURNED)
        return self.amount - self.refunded if paid else 0


class OrderLine(models.Model):
    """So many of an item, as it was called and what one cost then."""

    order = models.ForeignKey(Order, verbose_name=_("order"), on_delete=models.CASCADE, related_name="lines")
    item = models.ForeignKey(
        Item, verbose_name=_("item"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    name = models.CharField(_("name"), max_length=200)
    quantity = models.PositiveIntegerField(_("quantity"))
    price = models.PositiveBigIntegerField(_("price"))
    # Whether its pieces are taken out of the stock.
    reserved = models.BooleanField(_("out of the stock"), default=False)

    class Meta:
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.name}"

    @property
    def amount(self) -> int:
        return self.price * self.quantity

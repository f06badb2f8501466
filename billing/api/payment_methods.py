"""Ways to pay: listed, stored with a setup intent, made the default, removed. Of owners and admins; never a number."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing import errors, limits, payment_methods
from billing.api.endpoint import BuyersEndpoint
from billing.api.fields import PAYMENT_METHOD
from billing.models import StripePaymentMethod
from config.bodies import Nothing
from config.description import describe


class PaymentMethodShape(serializers.Serializer[Any]):
    """A card or the like. `brand` and the expiry are a card's."""

    id = serializers.CharField()
    kind = serializers.CharField(help_text=_("Stripe's word: `card`, `sepa_debit`, ..."))
    brand = serializers.CharField(allow_blank=True)
    last4 = serializers.CharField(allow_blank=True)
    exp_month = serializers.IntegerField(allow_null=True)
    exp_year = serializers.IntegerField(allow_null=True)
    default = serializers.BooleanField(help_text=_("The next payment is taken from it."))


class PaymentMethodList(serializers.Serializer[Any]):
    payment_methods = PaymentMethodShape(many=True)


class SetupShape(serializers.Serializer[Any]):
    """What Stripe.js needs: `stripe.confirmSetup({clientSecret: client_secret, ...})`."""

    client_secret = serializers.CharField()
    publishable_key = serializers.CharField()


LIST: dict[str, Any] = {
    "payment_methods": [
        {
            "id": "pm_1QbYw1LkdIwHu7ixA2c4",
            "kind": "card",
            "brand": "visa",
            "last4": "4242",
            "exp_month": 12,
            "exp_year": 2030,
            "default": True,
        }
    ]
}
SETUP: dict[str, Any] = {
    "client_secret": "seti_1QbYw3LkdIwHu7ix_secret_RTf0",
    "publishable_key": "pk_test_51QbYw",
}


class Wallet(BuyersEndpoint):
    """What the endpoints of ways to pay share."""

    def listed(self) -> Response:
        organization = self.organization()
        default = payment_methods.default_of(organization)
        found = [_of(one, default) for one in payment_methods.of(organization)]
        return Response({"payment_methods": found})

    def find(self, stripe_id: str) -> StripePaymentMethod:
        """One of the organization's. Raises `NotFound`, also for what is no id at all."""
        if not PAYMENT_METHOD.fullmatch(stripe_id):
            raise errors.NotFound
        limits.spend(self.request, limits.LOOKS)
        return payment_methods.find(self.organization(), stripe_id)


class PaymentMethods(Wallet):
    """Those that are stored, and the way to another one."""

    @describe(_("Ways to pay"), answers=PaymentMethodList, example=LIST)
    def get(self, request: Request) -> Response:
        """Newest first, from our own rows."""
        return self.listed()

    @describe(
        _("Store another way to pay"),
        takes=Nothing,
        answers=SetupShape,
        example=SETUP,
        refuses=[errors.NotFound, errors.TooOften],
    )
    def post(self, request: Request) -> Response:
        """Begins a setup intent. The browser gives the card to Stripe with it, never to us, and hears the new id, with
        which `default` can be called. Nothing is charged.
        """
        self.body(Nothing)
        limits.spend(request, limits.CARDS)
        secret = payment_methods.begin(self.organization())
        return Response({"client_secret": secret, "publishable_key": settings.STRIPE_PUBLISHABLE_KEY})


class PaymentMethod(Wallet):
    """One of them."""

    @describe(
        _("Remove a way to pay"),
        answers=PaymentMethodList,
        example=LIST,
        refuses=[errors.PaymentMethodInUse, errors.Invalid, errors.TooOften],
    )
    def delete(self, request: Request, payment_method: str) -> Response:
        """For good: Stripe does not take it again. What a plan that renews is paid with stays. Answers those left."""
        payment_methods.remove(self.find(payment_method))
        return self.listed()


class Default(Wallet):
    """What everything is paid with from now on."""

    @describe(
        _("Pay with this from now on"),
        takes=Nothing,
        answers=PaymentMethodList,
        example=LIST,
        refuses=[errors.Invalid, errors.TooOften],
    )
    def post(self, request: Request, payment_method: str) -> Response:
        """What runs already, and what is bought later. Works at once for one that the browser has just stored."""
        self.body(Nothing)
        payment_methods.prefer(self.find(payment_method))
        return self.listed()


def _of(method: StripePaymentMethod, default: str) -> dict[str, Any]:
    return {
        "id": method.stripe_id,
        "kind": method.kind,
        "brand": method.brand,
        "last4": method.last4,
        "exp_month": method.exp_month,
        "exp_year": method.exp_year,
        "default": method.stripe_id == default,
    }

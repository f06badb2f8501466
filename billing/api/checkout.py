"""Buying on Stripe's own page: `POST /api/billing/checkout/`."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing import errors, limits, subscriptions
from billing.api import refusals
from billing.api.endpoint import BuyersEndpoint
from billing.api.serializers import Order
from config.description import describe


class CheckoutShape(serializers.Serializer[Any]):
    """Stripe's page. It leads back here when it is paid, and to the prices when it is left."""

    id = serializers.CharField()
    url = serializers.URLField()
    expires_at = serializers.DateTimeField()


EXAMPLE: dict[str, Any] = {
    "id": "cs_test_a1QbYw2LkdIwHu7ixN3b9",
    "url": "https://checkout.stripe.com/c/pay/cs_test_a1QbYw2LkdIwHu7ixN3b9",
    "expires_at": "2027-01-16T00:00:00Z",
}


class Checkout(BuyersEndpoint):
    """The hosted way to buy, for who shows no card form of their own."""

    @describe(
        _("Stripe's page to buy a plan"),
        takes=Order,
        answers=CheckoutShape,
        sends={"plan": "premium", "interval": "year"},
        example=EXAMPLE,
        refuses=[*refusals.OF_A_PAGE, errors.TooOften],
    )
    def post(self, request: Request) -> Response:
        """The same page for the same order, until it is paid or closes. Another order, or another way to buy, closes
        it: there are never two ways to pay at once. What is bought shows in `billing/status` once Stripe has told us.
        """
        order = self.body(Order)
        limits.spend(request, limits.CARDS)
        page = subscriptions.check_out(
            self.organization(), order["plan"], order["interval"], order.get("items")
        )
        body = {"id": page.session_id, "url": page.url, "expires_at": page.expires_at}
        return Response(body, headers={"Cache-Control": "no-store"})

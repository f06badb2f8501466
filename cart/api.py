"""The endpoints of the shop: the cart, and the payment of what is in it. For guests too; writing needs CSRF tokens."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.http import parse_etags
from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authentication import SessionAuthentication
from billing import errors as stripe_errors
from billing import gateway, limits
from billing.errors import BillingOff
from cart import bodies, carts, drafts, errors, orders, shapes
from cart.drafts import Draft
from cart.models import Cart as Content
from config import description


class Endpoint(APIView):
    """For everybody, by session; a guest's cart is found by its cookie."""

    authentication_classes = [SessionAuthentication]
    permission_classes = [AllowAny]

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, errors.StaleCart):
            exc.fields["cart"] = describe(exc.cart)
        return super().handle_exception(exc)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response["Cache-Control"] = "no-store"
        return super().finalize_response(request, response, *args, **kwargs)

    def version(self) -> str | None:
        """Which cart the client means to change; None if any."""
        etags = parse_etags(self.request.headers.get("If-Match", "*"))
        return None if etags == ["*"] else ",".join(etag.removeprefix("W/").strip('"') for etag in etags)


IN_A_CART = (errors.UnknownItem, errors.TooMany, errors.NotSoldTogether, errors.StaleCart)


class Cart(Endpoint):
    """What is in it, with prices and a version. Whoever has none yet has an empty one."""

    @description.describe(_("The cart"), answers=shapes.Cart, example=shapes.CART_ANSWER)
    def get(self, request: Request) -> Response:
        get_token(request._request)  # so that a client without pages of ours can write, too
        return _answer(carts.of(request))

    @description.describe(
        _("Let this be in the cart"),
        takes=shapes.CART,
        answers=shapes.Cart,
        sends=shapes.CART_SENT,
        example=shapes.CART_ANSWER,
        query=[shapes.IF_MATCH],
        refuses=IN_A_CART,
    )
    def post(self, request: Request) -> Response:
        """Let the body be the cart's content. Twice the same is once."""
        return self._change(carts.replace)

    @description.describe(
        _("Change the cart"),
        takes=shapes.CART,
        answers=shapes.Cart,
        sends={"items": {"atlas": {"qty": 0}}, "currency": "eur"},
        example=shapes.CART_ANSWER | {"items": {}, "total": 0, "currency": "eur"},
        query=[shapes.IF_MATCH],
        refuses=[*IN_A_CART, errors.CurrencyNotOffered],
    )
    def patch(self, request: Request) -> Response:
        """Change single items; a quantity of 0 takes one out. `currency`: pay in that one."""
        return self._change(carts.change)

    def _change(self, change: Callable[[Content, carts.Quantities, str | None], Content]) -> Response:
        order, version = bodies.cart(self.request.data), self.version()
        cart = carts.of(self.request)
        if order.quantities is not None:
            cart = change(cart, order.quantities, version)
            version = None
        if order.currency and self.request.method == "PATCH":
            cart = carts.prefer(cart, order.currency, version)
        response = _answer(cart)
        carts.keep(self.request, response, cart)
        return response


class CreatePaymentIntent(Endpoint):
    """`POST /create-payment-intent`: the order of what is in the cart, and what the browser pays it with."""

    @description.describe(
        _("Order what is in the cart"),
        takes=shapes.CHECKOUT,
        answers=shapes.Payment,
        sends={"email": "zoe@example.com"},
        example=shapes.PAYMENT,
        query=[shapes.IF_MATCH],
        refuses=[
            BillingOff,
            *(stripe_errors.Misconfigured, stripe_errors.Unavailable, stripe_errors.Busy),
            *(stripe_errors.Invalid, stripe_errors.NotFound, stripe_errors.KeyReused, stripe_errors.TooOften),
            *(errors.StaleCart, errors.PriceChanged, errors.EmptyCart, errors.EmailMissing),
            *(errors.AmountOutOfRange, errors.CurrencyNotOffered, errors.SoldOut),
            *(errors.OrderOver, errors.AlreadyPaid),
        ],
    )
    def post(self, request: Request) -> Response:
        """The same order and payment while the cart stays as it is; the browser pays with `client_secret`.

        With the `version` and `total` that a buyer was shown nobody pays another amount than they saw.
        """
        body, cart = bodies.checkout(request.data), carts.of(request)
        if not gateway.client.is_on():
            raise BillingOff
        draft = Draft(
            cart,
            body.email or getattr(request.user, "email", ""),
            orders.payer(request),
            body.version or self.version(),
            body.total,
            limits.address_of(request),
        )
        drafts.check(draft)
        if body.currency not in ("", cart.currency):
            raise errors.CurrencyNotOffered(param="currency")
        limits.spend(request, limits.CARDS, guest=f"cart:{cart.pk}")
        return Response(_describe_payment(orders.check_out(draft)))


def describe(cart: Content) -> dict[str, Any]:
    """What is in it, under which version, and what it comes to. Prices are in the smallest unit."""
    priced = cart.priced()
    return {
        "items": {slug: {"price": price, "qty": quantity} for slug, (price, quantity) in priced.items()},
        "version": cart.version,
        "total": sum(price * quantity for price, quantity in priced.values()),
        "currency": cart.currency,
    }


def _answer(cart: Content) -> Response:
    return Response(describe(cart), headers={"ETag": f'"{cart.version}"'})


def _describe_payment(payment: orders.Payment) -> dict[str, Any]:
    """`client_secret` is null when nothing is left to pay; `status` tells why. `return_url`: the order's page."""
    return {
        "client_secret": payment.client_secret or None,
        "publishable_key": settings.STRIPE_PUBLISHABLE_KEY,
        "payment_intent": payment.payment_intent_id,
        "amount": payment.amount,
        "currency": payment.currency,
        "order": str(payment.order.uuid),
        "status": payment.order.state,
        "return_url": settings.BASE_URL + reverse("order", args=[payment.order.uuid]),
    }

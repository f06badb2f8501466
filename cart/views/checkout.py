"""The checkout: what is paid, for whom, and the card form."""

import json
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from billing import locales
from billing.models import StripePaymentMethod
from billing.views.pages import billing_page, test_cards
from cart import carts, errors, orders, shelf
from cart.models import Cart


@require_safe
@billing_page
def checkout(request: HttpRequest) -> HttpResponse:
    """For guests too. Whoever has nothing in the cart, or more than there is, is shown the cart."""
    cart = carts.of(request)
    if not cart.lines:
        messages.info(request, _("There is nothing to pay. What you have paid for stands under your orders."))
        return redirect("cart")
    if any(row.left is not None for row in shelf.rows(cart)):
        messages.error(request, str(errors.SoldOut.default_detail))
        return redirect("cart")
    return render(request, "cart/checkout.html", {"cart": cart, **_form(request, cart)})


def _form(request: HttpRequest, cart: Cart) -> dict[str, Any]:
    return {
        "email": request.user.email if request.user.is_authenticated else "",
        "cards": _cards(request),
        "body": json.dumps({"currency": cart.currency, "total": cart.total}),
        "stripe_js": settings.STRIPE_JS_URL,
        "publishable_key": settings.STRIPE_PUBLISHABLE_KEY,
        "stripe_locale": locales.current(),
        "return_url": settings.BASE_URL + reverse("orders"),
        "test_cards": test_cards(),
    }


def _cards(request: HttpRequest) -> list[StripePaymentMethod]:
    """Those of the organization, for who may spend its money."""
    organization = orders.payer(request)
    return organization.payment_methods.offered() if organization else []

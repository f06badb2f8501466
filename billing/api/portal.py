"""Stripe's own page for customers, for one visit: `POST /api/billing/portal/`."""

from typing import Any

from django.conf import settings
from django.db.models import TextChoices
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing import customers, errors, limits
from billing.api.endpoint import BuyersEndpoint
from config.bodies import OneOfField, StrictSerializer
from config.description import describe


class Flow(TextChoices):
    """What a visit is for; the values are ours, the labels Stripe's."""

    HOME = "home", ""
    UPDATE_CARD = "update_card", "payment_method_update"
    CANCEL = "cancel", "subscription_cancel"
    CHANGE = "change", ""


# Where the page may lead back to. No address is taken from a client: a link that opens with Stripe's name would
# otherwise end wherever somebody likes.
RETURNS = {
    "billing": "billing",
    "machines": "billing-machines",
    "pricing": "pricing",
    "account": "account",
    "home": "home",
}


class Visit(StrictSerializer):
    """`{flow?, return_to?}`"""

    flow = OneOfField(Flow.values, default=Flow.HOME)
    return_to = OneOfField(list(RETURNS), default="billing")


class VisitShape(serializers.Serializer[Any]):
    url = serializers.URLField(
        help_text=_("Works for a few minutes, for whoever has it. Open it, do not keep it.")
    )


class Portal(BuyersEndpoint):
    """Cards, invoices and the plan's end, on Stripe's own page."""

    @describe(
        _("Stripe's page for customers"),
        takes=Visit,
        answers=VisitShape,
        sends={"flow": "update_card", "return_to": "billing"},
        example={"url": "https://billing.stripe.com/p/session/test_YWNjdF8x"},
        refuses=[errors.NoSubscription, errors.SetToEnd, errors.Invalid, errors.NotFound, errors.TooOften],
    )
    def post(self, request: Request) -> Response:
        """`update_card` and `cancel` open that very thing, and lead back when it is done; `home` opens all of it.

        `change` leads to our own page of plans: Stripe's knows neither what is priced per member nor machines, so it
        would show another price than the one that is paid. Programs change the plan with
        `PATCH /api/billing/subscription/`.
        """
        wanted = self.body(Visit)
        flow, back = Flow(wanted["flow"]), settings.BASE_URL + reverse(RETURNS[wanted["return_to"]])
        limits.spend(request, limits.LOOKS)
        if flow is Flow.CHANGE:
            self.subscription()
            return _answer(settings.BASE_URL + reverse("pricing"))
        subscription = self._ending() if flow is Flow.CANCEL else ""
        return _answer(customers.page(self.organization(), back, flow.label, subscription))

    def _ending(self) -> str:
        """The subscription that is to be cancelled."""
        subscription = self.subscription()
        if subscription.ends_at is not None:
            raise errors.SetToEnd(_("Your plan is set to end already."))  # type: ignore[arg-type]
        return subscription.stripe_id


def _answer(url: str) -> Response:
    return Response({"url": url}, headers={"Cache-Control": "no-store"})

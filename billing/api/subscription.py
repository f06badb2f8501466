"""The organization's subscription: see it, buy, change, cancel, resume, look again at Stripe.

Each endpoint has two paths: below /api/billing/, and below /api/stripe/ as it was called first.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import SAFE_METHODS, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from billing import compositions, errors, limits, subscriptions
from billing.api import answers, refusals, shapes
from billing.api.endpoint import BuyersEndpoint
from billing.api.serializers import Cancellation, Change, Purchase, refuse_unpriced
from billing.status import get_customer_status
from config.bodies import Nothing
from config.description import describe


class Subscription(BuyersEndpoint):
    """What the organization has, for every member, from our rows only; and buying it, for owners and admins."""

    def get_permissions(self) -> Any:
        return [IsAuthenticated()] if self.request.method in SAFE_METHODS else super().get_permissions()

    @describe(_("What the organization has"), answers=shapes.Subscription, example=shapes.SUBSCRIPTION)
    def get(self, request: Request) -> Response:
        """Reads our own rows: Stripe is not asked, so this is quick, and answers while Stripe does not."""
        return Response(answers.of_customer(get_customer_status(self.organization())))

    @describe(
        _("Buy a plan"),
        takes=Purchase,
        answers=shapes.Purchase,
        sends={"plan": "premium", "interval": "month", "payment_method_id": "pm_card_visa"},
        example=shapes.PURCHASE,
        refuses=[*refusals.OF_A_PURCHASE, errors.TooOften],
    )
    def post(self, request: Request) -> Response:
        """Repeating it is safe: one purchase, one answer.

        With `payment_method_id` the card is charged at once, and a decline is a 402 with Stripe's sentence. Without,
        or if the bank wants to ask, the browser confirms the payment with `client_secret` and then calls `sync`.
        """
        order = self.body(Purchase)
        limits.spend(request, limits.CARDS)
        purchase = subscriptions.start(
            self.organization(),
            order["plan"],
            order["interval"],
            order.get("payment_method_id", ""),
            order.get("items"),
        )
        return Response(answers.of_purchase(purchase))

    @describe(
        _("Change the plan"),
        takes=Change,
        answers=shapes.Change,
        sends={"plan": "business", "proration_date": "2027-01-30T12:00:00Z"},
        example=shapes.CHANGE,
        refuses=[*refusals.OF_A_CHANGE, errors.TooOften],
    )
    def patch(self, request: Request) -> Response:
        """Another plan, or how often it is paid. More is had and paid at once, less comes with the period's end.

        `proration_date`, from the preview, lets the price that was shown be the one that is paid. What one has already
        takes back what was scheduled.
        """
        wanted, subscription = self.body(Change), self.subscription()
        held = compositions.of(subscription)
        plan, interval = wanted.get("plan", held.plan), wanted.get("interval", held.interval)
        refuse_unpriced(plan, interval)
        limits.spend(request, limits.CARDS)
        change = subscriptions.change(
            subscription, plan, interval, proration_date=wanted.get("proration_date")
        )
        return Response(answers.of_change(change, self.status()))


class TakeBack(BuyersEndpoint):
    """Takes back a change that is scheduled, or that awaits its payment."""

    @describe(
        _("Take a change back"),
        takes=Nothing,
        answers=shapes.Subscription,
        example=shapes.SUBSCRIPTION,
        refuses=[errors.NoSubscription, errors.Invalid, errors.NotFound],
    )
    def post(self, request: Request) -> Response:
        """All stays as it is. With nothing to take back this changes nothing."""
        self.body(Nothing)
        subscriptions.take_back(self.subscription())
        return self.answer()


class Cancel(BuyersEndpoint):
    """Ends the subscription."""

    @describe(
        _("Cancel"),
        takes=Cancellation,
        answers=shapes.Subscription,
        sends={"at": "period_end"},
        example=shapes.ENDING,
        refuses=[errors.NoSubscription],
    )
    def post(self, request: Request) -> Response:
        """With the period that is paid for, or now. One that was never paid ends now."""
        wanted = self.body(Cancellation)
        subscriptions.cancel(self.present(), now=wanted["at"] == "now")
        return self.answer()


class Resume(BuyersEndpoint):
    """Takes a scheduled end back."""

    @describe(
        _("Resume"),
        takes=Nothing,
        answers=shapes.Subscription,
        example=shapes.SUBSCRIPTION,
        refuses=[errors.NoSubscription, errors.NotResumable],
    )
    def post(self, request: Request) -> Response:
        """Takes a scheduled end back: the subscription renews as before."""
        self.body(Nothing)
        subscriptions.resume(self.present())
        return self.answer()


class Sync(BuyersEndpoint):
    """Asks Stripe how things stand."""

    @describe(
        _("Look again at Stripe"),
        takes=Nothing,
        answers=shapes.Subscription,
        example=shapes.SUBSCRIPTION,
        refuses=[errors.Declined, errors.TooOften],
    )
    def post(self, request: Request) -> Response:
        """For when a payment was confirmed in a browser, or failed to be, so that nobody waits for a webhook.

        If the first payment was declined, the purchase is taken back, and this is a 402 with Stripe's sentence.
        """
        self.body(Nothing)
        limits.spend(request, limits.LOOKS)
        subscriptions.look_again(self.organization())
        return self.answer()

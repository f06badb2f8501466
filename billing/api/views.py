"""The endpoints. All act for the caller's current organization; buying and cancelling is for owners and admins."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import organizations
from accounts.models import Organization
from billing import errors, gateway, limits, subscriptions
from billing.api import answers
from billing.api.serializers import Cancellation, Nothing, Purchase, StrictSerializer
from billing.buyers import may_buy
from billing.models import StripeSubscription
from billing.status import get_customer_status


class IsBuyer(BasePermission):
    """For owners and admins of the current organization."""

    message = _("Only the owners and admins of your organization can do this.")

    def has_permission(self, request: Request, view: Any) -> bool:
        return may_buy(request)


class Endpoint(APIView):
    """For whoever is signed in. Without a key it says that billing is off."""

    permission_classes: list[type[BasePermission]] = [IsAuthenticated]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not gateway.client.is_on():
            raise errors.BillingOff

    def organization(self) -> Organization:
        organization = organizations.current(self.request)
        assert organization is not None  # every user acts for one
        return organization

    def body(self, serializer: type[StrictSerializer]) -> dict[str, Any]:
        """The request's body as the serializer reads it; a 400 that names the field otherwise."""
        found = serializer(data=self.request.data)
        found.is_valid(raise_exception=True)
        return found.validated_data

    def answer(self) -> Response:
        """The organization's subscription after a change, which the organization that was loaded does not know."""
        organization = Organization.objects.get(pk=self.organization().pk)
        return Response(answers.of_customer(get_customer_status(organization)))


class Subscription(Endpoint):
    """`GET /api/stripe/subscription/`, for every member. Asks our rows only."""

    def get(self, request: Request) -> Response:
        return Response(answers.of_customer(get_customer_status(self.organization())))


class CreateSubscription(Endpoint):
    """`POST /api/stripe/create-subscription/`. Repeating it is safe: one purchase, one answer."""

    permission_classes = [IsAuthenticated, IsBuyer]

    def post(self, request: Request) -> Response:
        order = self.body(Purchase)
        limits.spend(request, limits.CARDS)
        purchase = subscriptions.start(
            self.organization(), order["plan"], order["interval"], order["payment_method_id"]
        )
        return Response(answers.of_purchase(purchase))


class CancelSubscription(Endpoint):
    """`POST /api/stripe/cancel-subscription/`: with the period, or now."""

    permission_classes = [IsAuthenticated, IsBuyer]

    def post(self, request: Request) -> Response:
        wanted = self.body(Cancellation)
        subscriptions.cancel(_present(self.organization()), now=wanted["at"] == "now")
        return self.answer()


class ResumeSubscription(Endpoint):
    """`POST /api/stripe/resume-subscription/`: takes a scheduled end back."""

    permission_classes = [IsAuthenticated, IsBuyer]

    def post(self, request: Request) -> Response:
        self.body(Nothing)
        subscriptions.resume(_present(self.organization()))
        return self.answer()


class SyncSubscription(Endpoint):
    """`POST /api/stripe/sync-subscription/`: asks Stripe how things stand.

    The browser calls it when a payment was confirmed, or failed to be, so that nobody waits for a webhook. If the
    first payment was declined, the purchase is taken back, and this is a 402 with Stripe's sentence.
    """

    permission_classes = [IsAuthenticated, IsBuyer]

    def post(self, request: Request) -> Response:
        self.body(Nothing)
        limits.spend(request, limits.LOOKS)
        subscriptions.look_again(self.organization())
        return self.answer()


def _present(organization: Organization) -> StripeSubscription:
    """What can be cancelled or resumed: the subscription that the organization has, or has begun."""
    found = organization.subscriptions.shown()
    if found is None or found.is_over:
        raise errors.NoSubscription
    return found

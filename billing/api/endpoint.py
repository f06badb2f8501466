"""What the endpoints share. All act for the caller's current organization; what moves money is for its buyers."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import organizations
from accounts.api.idempotency import IdempotentWrites
from accounts.models import Organization
from billing import errors, gateway
from billing.api import answers
from billing.buyers import may_buy
from billing.models import StripeSubscription
from billing.status import CustomerStatus, get_customer_status
from config import bodies
from config.bodies import StrictSerializer


class IsBuyer(BasePermission):
    """For owners and admins of the current organization."""

    message = _("Only the owners and admins of your organization can do this.")

    def has_permission(self, request: Request, view: Any) -> bool:
        return may_buy(request)


class Endpoint(IdempotentWrites):
    """For whoever is signed in. Without a key it says that billing is off."""

    permission_classes: list[type[BasePermission]] = [IsAuthenticated]
    refuses: tuple[Any, ...] = (errors.BillingOff,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not gateway.client.is_on():
            raise errors.BillingOff

    def organization(self) -> Organization:
        organization = organizations.current(self.request)
        assert organization is not None  # every user acts for one
        return organization

    def body(self, serializer: type[StrictSerializer]) -> dict[str, Any]:
        return bodies.read(self.request, serializer)

    def subscription(self) -> StripeSubscription:
        """What the organization has and could change. Raises `NoSubscription`."""
        found = StripeSubscription.objects.of(self.organization())
        if found is None:
            raise errors.NoSubscription
        return found

    def present(self) -> StripeSubscription:
        """What can be cancelled or resumed: the subscription that the organization has, or has begun.

        Raises `NoSubscription`.
        """
        found = self.organization().subscriptions.present()
        if found is None:
            raise errors.NoSubscription
        return found

    def status(self) -> CustomerStatus:
        """How things stand after a change, which the organization that was loaded does not know."""
        return get_customer_status(Organization.objects.get(pk=self.organization().pk))

    def answer(self) -> Response:
        """The organization's subscription after a change."""
        return Response(answers.of_customer(self.status()))


class BuyersEndpoint(Endpoint):
    """For owners and admins; what it does is done at Stripe."""

    permission_classes = [IsAuthenticated, IsBuyer]
    refuses = (errors.BillingOff, errors.Misconfigured, errors.Unavailable, errors.Busy)

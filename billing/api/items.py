"""What the subscription consists of, and its machines by quantity: `GET` and `PUT /api/billing/items/`."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import SAFE_METHODS, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from billing import errors, limits, subscriptions
from billing.api import answers, refusals, shapes
from billing.api.endpoint import BuyersEndpoint
from billing.api.serializers import ItemsChange
from billing.models import InstanceType, StripeSubscription, StripeSubscriptionItem
from config.description import describe


class Items(BuyersEndpoint):
    """The plan and the machines that are paid for, for every member; changing the machines, for owners and admins."""

    def get_permissions(self) -> Any:
        return [IsAuthenticated()] if self.request.method in SAFE_METHODS else super().get_permissions()

    @describe(_("What is paid for"), answers=shapes.Items, example=shapes.ITEMS)
    def get(self, request: Request) -> Response:
        """Which and how many, from our own rows."""
        return Response(_describe(StripeSubscription.objects.of(self.organization())))

    @describe(
        _("Have so many machines"),
        takes=ItemsChange,
        answers=shapes.Change,
        sends={"items": {"a10g": 2}, "proration_date": "2027-01-30T12:00:00Z"},
        example=shapes.CHANGE,
        refuses=[*refusals.OF_A_CHANGE, errors.TooOften],
    )
    def put(self, request: Request) -> Response:
        """These, and no others: what is not named goes. More is paid at once for the rest of the period; what goes is
        credited for the next invoices. All in one call to Stripe, so it happens whole or not at all.
        """
        wanted, subscription = self.body(ItemsChange), self.subscription()
        limits.spend(request, limits.CARDS)
        change = subscriptions.set_items(
            subscription, wanted["items"], proration_date=wanted.get("proration_date")
        )
        return Response(answers.of_change(change, self.status()))


def _describe(subscription: StripeSubscription | None) -> dict[str, Any]:
    """As `shapes.Items` says. One query if there are machines."""
    if subscription is None:
        return {"items": {}, "parts": [], "recurring": 0, "currency": None, "interval": None}
    held, plan = list(subscription.items.all()), subscription.plan_item
    types = InstanceType.objects.by_key() if subscription.machines else {}
    return {
        "items": subscription.machines,
        "parts": [_part(item, types.get(item.instance_key)) for item in held],
        "recurring": subscription.recurring,
        "currency": subscription.currency,
        "interval": plan.interval if plan else None,
    }


def _part(item: StripeSubscriptionItem, machine: InstanceType | None) -> dict[str, Any]:
    name = machine.label if machine else item.plan.label if item.plan else item.price_id
    return {
        "code": item.key,
        "name": name,
        "amount": item.amount or 0,
        "quantity": item.quantity,
        "total": item.total,
    }

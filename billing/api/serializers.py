"""The bodies that the endpoints take, read strictly: what is not asked for, or of another type, is a 400."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from billing.api.fields import (
    EndField,
    IntervalField,
    ItemsField,
    MomentField,
    PaymentMethodField,
    PlanField,
)
from billing.catalogue import Interval, Plan
from config.bodies import StrictSerializer


class Order(StrictSerializer):
    """`{plan, interval?, items?}`"""

    plan = PlanField()
    interval = IntervalField(default=Interval.MONTH)
    items = ItemsField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        refuse_unpriced(attrs["plan"], attrs["interval"])
        return attrs


class Purchase(Order):
    """`{plan, interval?, payment_method_id?, items?}`"""

    payment_method_id = PaymentMethodField(required=False)


class Cancellation(StrictSerializer):
    """`{at?}`"""

    at = EndField(default="period_end")


class Change(StrictSerializer):
    """`{plan?, interval?, proration_date?}`: what is not named stays as it is, but something has to be named."""

    plan = PlanField(required=False)
    interval = IntervalField(required=False)
    proration_date = MomentField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not {"plan", "interval"} & attrs.keys():
            raise serializers.ValidationError(
                {"plan": _("Say what to change: the plan, the interval or both.")}
            )
        return attrs


class PlanPreview(StrictSerializer):
    """`{plan?, interval?, items?}`: for a subscriber what is not named stays; a buyer names a plan."""

    plan = PlanField(required=False)
    interval = IntervalField(required=False)
    items = ItemsField(required=False)


class Items(StrictSerializer):
    """`{items}`"""

    items = ItemsField()


class ItemsChange(Items):
    """`{items, proration_date?}`"""

    proration_date = MomentField(required=False)


def refuse_unpriced(plan: Plan, interval: str) -> None:
    """Raises a 400 for a plan that is not sold for that period."""
    if plan.price(interval) is None:
        raise serializers.ValidationError({"interval": _("This plan is not sold for that period.")})

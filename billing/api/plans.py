"""What is on sale, for everybody: `GET /api/billing/plans/`. From code and our own rows; Stripe is not asked."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.tiers import Tier
from billing import catalogue, price_list
from billing.api.endpoint import Endpoint
from billing.catalogue import Plan
from billing.models import InstanceType
from config.description import describe
from config.refusals import Price


class PlanShape(serializers.Serializer[Any]):
    key = serializers.CharField(help_text=_("What it is called in bodies."))
    name = serializers.CharField()
    summary = serializers.CharField()
    tier = serializers.ChoiceField(Tier.choices)
    prices = Price(many=True)
    per_member = serializers.BooleanField(help_text=_("The price is for each member of the organization."))
    trial_days = serializers.IntegerField(
        help_text=_("Free days before the first payment, once per organization.")
    )
    features = serializers.ListField(child=serializers.CharField())
    limits = serializers.DictField(
        child=serializers.IntegerField(allow_null=True), help_text=_("Null: unlimited.")
    )


class MachineShape(serializers.Serializer[Any]):
    """An instance type, paid per month and machine beside a plan."""

    key = serializers.CharField(help_text=_("What it is called in `items`."))
    name = serializers.CharField()
    display_name = serializers.CharField()
    vcpu = serializers.IntegerField()
    memory_gib = serializers.IntegerField()
    gpu = serializers.CharField(allow_blank=True)
    prices = Price(many=True)
    plans = serializers.ListField(
        child=serializers.CharField(), help_text=_("The keys of those it is sold with.")
    )


class PriceList(serializers.Serializer[Any]):
    plans = PlanShape(many=True)
    machines = MachineShape(many=True)


EXAMPLE: dict[str, Any] = {
    "plans": [
        {
            "key": "premium",
            "name": "Open SEC Data Premium",
            "summary": "Unlimited requests, charts and export.",
            "tier": "premium",
            "prices": [{"interval": "month", "amount": 2000, "currency": "usd"}],
            "per_member": False,
            "trial_days": 0,
            "features": ["charts", "export"],
            "limits": {"api_requests_per_day": None},
        }
    ],
    "machines": [
        {
            "key": "a10g",
            "name": "A10G:4x16",
            "display_name": "NVIDIA A10G",
            "vcpu": 4,
            "memory_gib": 16,
            "gpu": "A10G",
            "prices": [{"interval": "month", "amount": 85000, "currency": "usd"}],
            "plans": ["business"],
        }
    ],
}


class Plans(Endpoint):
    """The plans that one buys by oneself, from the lowest tier to the highest, and the machines beside them."""

    permission_classes = [AllowAny]

    @describe(_("What is on sale"), answers=PriceList, example=EXAMPLE)
    def get(self, request: Request) -> Response:
        """Names and summaries are in the caller's language (`Accept-Language`)."""
        plans = catalogue.on_offer()
        types = list(InstanceType.objects.on_sale())
        listed = price_list.read(*plans, *types)
        machines = [_of_machine(one, plans, listed) for one in types]
        return Response({"plans": [_of_plan(plan, listed) for plan in plans], "machines": machines})


def _of_plan(plan: Plan, listed: price_list.PriceList) -> dict[str, Any]:
    return {
        "key": plan.key,
        "name": plan.label,
        "summary": str(plan.summary),
        "tier": plan.tier,
        "prices": _prices(plan, listed),
        "per_member": plan.per_member,
        "trial_days": plan.trial_days,
        "features": sorted(plan.features),
        "limits": plan.limits,
    }


def _of_machine(machine: InstanceType, plans: Iterable[Plan], listed: price_list.PriceList) -> dict[str, Any]:
    return {
        "key": machine.key,
        "name": machine.name,
        "display_name": machine.label,
        "vcpu": machine.vcpu,
        "memory_gib": machine.memory_gib,
        "gpu": machine.gpu,
        "prices": _prices(machine, listed),
        "plans": [plan.key for plan in plans if plan.allows(machine.key)],
    }


def _prices(ware: catalogue.Ware, listed: price_list.PriceList) -> list[dict[str, Any]]:
    return [
        {"interval": price.interval, "amount": price.amount, "currency": price.currency}
        for price in listed.prices(ware)
    ]

"""What it would cost, before it is done: a purchase, another plan, other machines. Asking changes nothing."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing import compositions, errors, limits, previews
from billing.api import answers, refusals
from billing.api.endpoint import BuyersEndpoint
from billing.api.serializers import Items, PlanPreview, refuse_unpriced
from billing.api.shapes import CENTS, ITEMS, Part
from billing.catalogue import Interval
from billing.models import StripeSubscription
from billing.previews import Preview
from config.description import describe


class LineShape(serializers.Serializer[Any]):
    """A line of the invoice; what is given back is negative."""

    text = serializers.CharField(allow_blank=True)
    amount = serializers.IntegerField(help_text=CENTS)
    begins = serializers.DateTimeField()
    ends = serializers.DateTimeField()


class PreviewShape(serializers.Serializer[Any]):
    """What it would be and cost. Taxes and discounts are Stripe's to work out, and are in `lines` and `due_now`."""

    plan = serializers.CharField()
    interval = serializers.ChoiceField(Interval.choices)
    items = serializers.DictField(
        child=serializers.IntegerField(), help_text=_("How many of which machines.")
    )
    currency = serializers.CharField()
    parts = Part(many=True, help_text=_("What is then paid for, each period."))
    recurring = serializers.IntegerField(
        help_text=_("What each period then costs, in the currency's smallest unit.")
    )
    lines = LineShape(many=True, help_text=_("Of what is due now; empty when nothing is."))
    due_now = serializers.IntegerField(help_text=_("What is charged at once."))
    credit = serializers.IntegerField(help_text=_("What is given back, and used with the next invoices."))
    credit_used = serializers.IntegerField(help_text=_("What is paid with credit from before."))
    at = serializers.DateTimeField(allow_null=True, help_text=_("When it happens; null: at once."))
    trial_days = serializers.IntegerField()
    proration_date = serializers.DateTimeField(
        allow_null=True, help_text=_("Send it with the change, so that this price is the one that is paid.")
    )


EXAMPLE: dict[str, Any] = {
    "plan": "business",
    "interval": "month",
    "items": {"a10g": 2},
    "currency": "usd",
    "parts": ITEMS["parts"],
    "recurring": 174000,
    "lines": [
        {
            "text": "Remaining time on 2 × NVIDIA A10G after 30 Jan 2027",
            "amount": 85000,
            "begins": "2027-01-30T12:00:00Z",
            "ends": "2027-02-15T12:00:00Z",
        }
    ],
    "due_now": 85000,
    "credit": 0,
    "credit_used": 0,
    "at": None,
    "trial_days": 0,
    "proration_date": "2027-01-30T12:00:00Z",
}


class PreviewOfPlan(BuyersEndpoint):
    """A purchase for who has nothing yet, else a change of the plan or of how often it is paid."""

    reads_by_post = True  # for keys that may only read, too

    @describe(
        _("What a plan would cost"),
        takes=PlanPreview,
        answers=PreviewShape,
        sends={"plan": "business", "items": {"a10g": 2}},
        example=EXAMPLE,
        refuses=[*refusals.OF_A_PREVIEW, errors.TooOften],
    )
    def post(self, request: Request) -> Response:
        """Worked out by Stripe, to the cent. Machines beside a plan that runs have a preview of their own."""
        wanted = self.body(PlanPreview)
        subscription = StripeSubscription.objects.of(self.organization())
        limits.spend(request, limits.LOOKS)
        return Response(of_preview(self._of(subscription, wanted)))

    def _of(self, subscription: StripeSubscription | None, wanted: Mapping[str, Any]) -> Preview:
        if subscription is None:
            if "plan" not in wanted:
                raise serializers.ValidationError({"plan": _("Say which plan.")})
            interval = wanted.get("interval", Interval.MONTH)
            refuse_unpriced(wanted["plan"], interval)
            return previews.of_purchase(self.organization(), wanted["plan"], interval, wanted.get("items"))
        if "items" in wanted:
            sentence = _("You have a plan. What its machines cost is asked at /api/billing/items/preview/.")
            raise serializers.ValidationError({"items": sentence})
        held = compositions.of(subscription)
        plan, interval = wanted.get("plan", held.plan), wanted.get("interval", held.interval)
        refuse_unpriced(plan, interval)
        return previews.of_change(subscription, plan, interval)


class PreviewOfItems(BuyersEndpoint):
    """So many machines of these types beside the plan, and no others."""

    reads_by_post = True

    @describe(
        _("What machines would cost"),
        takes=Items,
        answers=PreviewShape,
        sends={"items": {"a10g": 2}},
        example=EXAMPLE,
        refuses=[*refusals.OF_A_PREVIEW, errors.NoSubscription, errors.TooOften],
    )
    def post(self, request: Request) -> Response:
        """Worked out by Stripe, to the cent, for the rest of the period."""
        wanted = self.body(Items)
        limits.spend(request, limits.LOOKS)
        return Response(of_preview(previews.of_items(self.subscription(), wanted["items"])))


def of_preview(preview: Preview) -> dict[str, Any]:
    """As `PreviewShape` says."""
    return {
        "plan": preview.wanted.plan.key,
        "interval": preview.interval,
        "currency": preview.currency,
        "items": dict(preview.wanted.machines),
        "parts": [answers.of_part(part) for part in preview.parts],
        "recurring": preview.recurring,
        "lines": [
            {"text": line.text, "amount": line.amount, "begins": line.begins, "ends": line.ends}
            for line in preview.lines
        ],
        "due_now": preview.due_now,
        "credit": preview.credit,
        "credit_used": preview.used,
        "at": preview.at,
        "trial_days": preview.trial_days,
        "proration_date": preview.proration_date,
    }

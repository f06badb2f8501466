"""The shapes of what the endpoints answer, for the API's description. What fills them is in `answers`."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.tiers import Tier
from billing.catalogue import Interval
from billing.models import StripeSubscription
from billing.status import SubscriptionStatus
from billing.upcoming import Next

Shape = serializers.Serializer[Any]
CENTS = _("In the currency's smallest unit.")


class Upcoming(Shape):
    """What happens next: it renews, ends, or a payment is awaited. An end has no amount."""

    event = serializers.ChoiceField(Next.choices)
    at = serializers.DateTimeField(allow_null=True, help_text=_("Null: now."))
    amount = serializers.IntegerField(required=False, help_text=CENTS)
    currency = serializers.CharField(required=False)


class Due(Shape):
    """What is to be paid now."""

    amount = serializers.IntegerField(help_text=CENTS)
    currency = serializers.CharField()


class Grant(Shape):
    """What was given without payment: a tier, a feature or a limit."""

    gives = serializers.CharField(help_text=_("In words, in the language that was asked for."))
    until = serializers.DateTimeField(allow_null=True, help_text=_("Null: without end."))
    why = serializers.CharField()


class Subscription(Shape):
    """What the organization has. `status`, `plan` and `interval` are null if it never had a subscription."""

    subscription_status = serializers.ChoiceField(SubscriptionStatus.choices)
    status = serializers.ChoiceField(
        StripeSubscription.Status.choices, allow_null=True, help_text=_("Stripe's own word.")
    )
    plan = serializers.CharField(allow_null=True)
    interval = serializers.ChoiceField(Interval.choices, allow_null=True)
    tier = serializers.ChoiceField(Tier.choices, help_text=_("What may be used now, for whatever reason."))
    until = serializers.DateTimeField(allow_null=True, help_text=_("Null: without end."))
    reason = serializers.CharField(
        allow_null=True, help_text=_("Why there is more than free; null if there is not.")
    )
    cancel_at = serializers.DateTimeField(
        allow_null=True, help_text=_("When it is set to end; null if it renews.")
    )
    due = Due(allow_null=True)
    next = Upcoming(allow_null=True)
    grants = Grant(many=True)


class Purchase(Shape):
    """A purchase that was begun: `client_secret` is null when nothing is left to confirm in a browser."""

    subscription_id = serializers.CharField()
    status = serializers.ChoiceField(StripeSubscription.Status.choices)
    client_secret = serializers.CharField(allow_null=True)


class Part(Shape):
    """So many of a price: the plan (`premium`), or machines (`instance:a10g`)."""

    code = serializers.CharField(
        allow_blank=True, help_text=_("Empty: something that is not from our price list.")
    )
    name = serializers.CharField()
    amount = serializers.IntegerField(help_text=CENTS)
    quantity = serializers.IntegerField()
    total = serializers.IntegerField(help_text=CENTS)


class Items(Shape):
    """What each period is paid for. Empty, and null, without a subscription."""

    items = serializers.DictField(
        child=serializers.IntegerField(), help_text=_("How many of which machines.")
    )
    parts = Part(many=True)
    recurring = serializers.IntegerField(help_text=CENTS)
    currency = serializers.CharField(allow_null=True)
    interval = serializers.ChoiceField(Interval.choices, allow_null=True)


class Change(Shape):
    """What became of a change."""

    outcome = serializers.ChoiceField(["done", "scheduled", "awaiting_payment"])
    at = serializers.DateTimeField(allow_null=True, help_text=_("When it happens, if it is scheduled."))
    client_secret = serializers.CharField(
        allow_null=True, help_text=_("With it a browser confirms the payment that is awaited.")
    )
    items = serializers.DictField(
        child=serializers.IntegerField(), help_text=_("How many of which machines.")
    )
    subscription = Subscription()


SUBSCRIPTION: dict[str, Any] = {
    "subscription_status": "active",
    "status": "active",
    "plan": "premium",
    "interval": "month",
    "tier": "premium",
    "until": "2027-02-18T12:00:00Z",
    "reason": "subscription",
    "cancel_at": None,
    "due": None,
    "next": {"event": "renewal", "at": "2027-02-15T12:00:00Z", "amount": 2000, "currency": "usd"},
    "grants": [{"gives": "2 × NVIDIA A10G", "until": "2027-03-01T00:00:00Z", "why": "For the pilot"}],
}
ENDING = SUBSCRIPTION | {
    "until": "2027-02-15T12:00:00Z",
    "reason": "ending",
    "cancel_at": "2027-02-15T12:00:00Z",
    "next": {"event": "end", "at": "2027-02-15T12:00:00Z"},
}
PURCHASE: dict[str, Any] = {
    "subscription_id": "sub_1QbYw2LkdIwHu7ixN3b9",
    "status": "active",
    "client_secret": None,
}
CHANGE: dict[str, Any] = {
    "outcome": "done",
    "at": None,
    "client_secret": None,
    "items": {"a10g": 2},
    "subscription": SUBSCRIPTION | {"plan": "business", "tier": "business"},
}
ITEMS: dict[str, Any] = {
    "items": {"a10g": 2},
    "parts": [
        {
            "code": "business",
            "name": "Open SEC Data Business",
            "amount": 4000,
            "quantity": 1,
            "total": 4000,
        },
        {"code": "instance:a10g", "name": "NVIDIA A10G", "amount": 85000, "quantity": 2, "total": 170000},
    ],
    "recurring": 174000,
    "currency": "usd",
    "interval": "month",
}

"""The fields of bodies, each of which takes exactly what it says. What is on sale is decided elsewhere."""

import re
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from billing import catalogue
from billing.catalogue import Interval, Plan
from config.bodies import TextField

# What Stripe.js and Stripe's older card ids look like; whose it is, is asked elsewhere.
PAYMENT_METHOD = re.compile(r"(pm|card)_[A-Za-z0-9_]{1,240}")
ENDS = ("period_end", "now")


class ItemsField(serializers.Field[dict[str, int], Any, dict[str, int], Any]):
    """How many of which machines: whole numbers by the instance types' keys."""

    default_error_messages = {"invalid": _("Give a whole number for each machine.")}

    def to_internal_value(self, data: Any) -> dict[str, int]:
        if not isinstance(data, dict):
            self.fail("invalid")
        for key, quantity in data.items():
            if type(quantity) is not int:
                raise serializers.ValidationError({key: self.error_messages["invalid"]})
        return data

    def schema(self) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}}


class PlanField(TextField):
    default_error_messages = {"invalid": _("There is no such plan on sale.")}

    def read(self, text: str) -> Plan | None:
        plan = catalogue.find(text)
        return plan if plan and plan.self_service else None

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": [plan.key for plan in catalogue.on_offer()]}


class IntervalField(TextField):
    default_error_messages = {"invalid": _("A plan is paid by the month or by the year.")}

    def read(self, text: str) -> Interval | None:
        return Interval(text) if text in Interval.values else None

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": Interval.values}


class PaymentMethodField(TextField):
    default_error_messages = {"invalid": _("This is not the id of a payment method.")}

    def read(self, text: str) -> str | None:
        return text if PAYMENT_METHOD.fullmatch(text) else None

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{PAYMENT_METHOD.pattern}$"}


class EndField(TextField):
    default_error_messages = {"invalid": _("A subscription ends with its period (period_end) or now.")}

    def read(self, text: str) -> str | None:
        return text if text in ENDS else None

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(ENDS)}


class MomentField(TextField):
    """A moment with its offset from UTC: `2027-01-15T12:00:00Z`."""

    default_error_messages = {"invalid": _("This is not a moment such as 2027-01-15T12:00:00Z.")}

    def read(self, text: str) -> datetime | None:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return None
        return moment if moment.tzinfo else None

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date-time"}

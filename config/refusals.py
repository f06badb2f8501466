"""How the API's description shows refusals: for each status the one shape of errors, with the codes that may come."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, OpenApiResponse
from rest_framework import exceptions, serializers

from config.description import Refusal


class Price(serializers.Serializer[Any]):
    """What a plan costs per interval, in the currency's smallest unit."""

    amount = serializers.IntegerField()
    currency = serializers.CharField()
    interval = serializers.CharField()


class Reason(serializers.Serializer[Any]):
    """Why something was refused. Some codes bring further fields."""

    code = serializers.CharField(help_text=_("Stable; programs decide by it."))
    message = serializers.CharField(help_text=_("A sentence for people, in their language."))
    param = serializers.CharField(
        required=False, help_text=_("The field that is to blame: `items.0.quantity`.")
    )
    upgrade_url = serializers.URLField(
        required=False, help_text=_("Where people get a plan that opens this.")
    )
    tier = serializers.CharField(
        required=False, allow_null=True, help_text=_("The lowest tier that opens this.")
    )
    plan = serializers.CharField(required=False, help_text=_("The plan that opens this for the least."))
    price = Price(required=False)
    reason = serializers.CharField(required=False, help_text=_("Of a decline: the bank's code."))


class Error(serializers.Serializer[Any]):
    """What every endpoint answers when it does not do what it was asked."""

    error = Reason()


MALFORMED = Refusal(
    exceptions.ValidationError.status_code,
    exceptions.ValidationError.default_code,
    _("A field is missing, unknown or malformed: the one that param names."),
)
UNREADABLE = Refusal(
    exceptions.ParseError.status_code,
    exceptions.ParseError.default_code,
    _("The body is not a JSON object, or not one that we read."),
)
UNSUPPORTED = Refusal(
    exceptions.UnsupportedMediaType.status_code,
    exceptions.UnsupportedMediaType.default_code,
    _("The body must be sent as application/json."),
)


def responses(refusals: Sequence[Refusal], shape: dict[str, Any]) -> dict[int, OpenApiResponse]:
    """One response for each status, with an example for each code. `shape`: where that of errors is described."""
    by_status: dict[int, list[Refusal]] = {}
    for refusal in refusals:
        by_status.setdefault(refusal.status, []).append(refusal)
    return {status: _response(same, shape) for status, same in by_status.items()}


def codes_of(response: dict[str, Any]) -> list[str]:
    """The codes that a response of the finished description may bear; none if it is not a refusal."""
    schema = response.get("content", {}).get("application/json", {}).get("schema", {})
    narrowed = schema.get("allOf", [{}])[-1]
    return list(
        narrowed.get("properties", {}).get("error", {}).get("properties", {}).get("code", {}).get("enum", [])
    )


def _response(refusals: Sequence[Refusal], shape: dict[str, Any]) -> OpenApiResponse:
    examples = [
        OpenApiExample(one.code, value={"error": {"code": one.code, "message": str(one.sentence)}})
        for one in refusals
    ]
    words = " ".join(f"`{one.code}`: {one.sentence}" for one in refusals)
    code = {"type": "string", "enum": sorted({one.code for one in refusals})}
    narrowed = {"properties": {"error": {"properties": {"code": code}}}}
    return OpenApiResponse({"allOf": [shape, narrowed]}, description=words, examples=examples)

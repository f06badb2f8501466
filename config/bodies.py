"""Bodies that endpoints take, read strictly: what is unknown, or of another type, is a 400 that names the field."""

from typing import Any, TypeVar

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields that it does not know, instead of passing over them."""

    strict = True

    def to_internal_value(self, data: Any) -> Any:
        if unknown := sorted(set(data) - set(self.fields)):
            raise serializers.ValidationError({unknown[0]: _("This field is not known.")})
        return super().to_internal_value(data)


class Nothing(StrictSerializer):
    """`{}`"""


class TextField(serializers.Field[str, Any, str, Any]):
    """A string that says exactly one of several things. No number or boolean is taken for one."""

    default_error_messages = {"invalid": _("This is not a valid value.")}

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or (value := self.read(data)) is None:
            self.fail("invalid")
        return value

    def read(self, text: str) -> Any:
        """The value, or None for a text that is not one."""
        return text

    def schema(self) -> dict[str, Any]:
        """What it takes, for the API's description."""
        return {"type": "string"}


Body = TypeVar("Body", bound=StrictSerializer)


def read(request: Request, serializer: type[Body]) -> dict[str, Any]:
    """The request's body as the serializer reads it; a 400 that names the field otherwise."""
    found = serializer(data=request.data)
    found.is_valid(raise_exception=True)
    return found.validated_data

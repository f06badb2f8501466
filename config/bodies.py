"""Bodies that endpoints take, read strictly: what is unknown, or of another type, is a 400 that names the field."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
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


class OneOfField(TextField):
    """One of several words."""

    def __init__(self, words: Sequence[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.words = words

    def read(self, text: str) -> str | None:
        return text if text in self.words else None

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.words)}


class FormTextField(TextField):
    """A text that a field of a form takes, with what that says of one that it does not take."""

    def __init__(self, field: forms.Field, facts: Mapping[str, Any], **kwargs: Any) -> None:
        """`facts`: of its schema, beyond that it is a text."""
        super().__init__(**kwargs)
        self.field_of_form, self.facts = field, facts

    def read(self, text: str) -> str:
        try:
            return str(self.field_of_form.clean(text))
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from error

    def schema(self) -> dict[str, Any]:
        return {"type": "string", **self.facts}


Body = TypeVar("Body", bound=StrictSerializer)


def read(request: Request, serializer: type[Body]) -> dict[str, Any]:
    """The request's body as the serializer reads it; a 400 that names the field otherwise."""
    found = serializer(data=request.data)
    found.is_valid(raise_exception=True)
    return found.validated_data

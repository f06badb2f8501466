"""The API's description, put together from what endpoints say with `config.description`."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiResponse
from rest_framework import exceptions
from rest_framework.permissions import SAFE_METHODS, AllowAny

from config import error_list
from config.bodies import Nothing
from config.description import Described, Refusal
from config.docstrings import in_words
from config.refusals import MALFORMED, UNREADABLE, UNSUPPORTED, Error, codes_of, responses


class Schema(AutoSchema):
    """drf-spectacular's description of an endpoint, with what `describe` noted and with every refusal."""

    @property
    def described(self) -> Described | None:
        return getattr(getattr(self.view, self.method.lower(), None), "described", None)

    def get_operation_id(self) -> str:
        """`post_billing_subscription_cancel`: the method and the path, which together occur once."""
        return "_".join([self.method.lower(), *(word.replace("-", "_") for word in self._words)])

    def get_tags(self) -> list[str]:
        return ["shop"] if self.path in SHOP else self._words[:1]

    @property
    def _words(self) -> list[str]:
        words = [word.strip("{}") for word in self.path.strip("/").split("/")]
        return words[1:] if words[0] == "api" else words

    def get_summary(self) -> str | None:
        return str(self.described.summary) if self.described else super().get_summary()

    def get_description(self) -> str:  # type: ignore[override]
        return in_words(super().get_description())

    def get_request_serializer(self) -> Any:
        return self.described.takes if self.described else super().get_request_serializer()

    def get_override_parameters(self) -> list[Any]:
        own = self.described.query if self.described else ()
        return [*own, *(getattr(self.view, "write_parameters", ()) if self._writes else ())]

    def get_examples(self) -> list[OpenApiExample]:
        if self.described is None or self.described.takes is None:
            return []
        sent = {} if self.described.takes is Nothing else self.described.sends
        return [OpenApiExample("body", value=sent, request_only=True)] if sent is not None else []

    def get_response_serializers(self) -> Any:
        if self.described is None:
            return super().get_response_serializers()
        example = self.described.example
        shown = [OpenApiExample("answer", value=example, response_only=True)] if example is not None else []
        answer = OpenApiResponse(self.described.answers, description=str(_("Done.")), examples=shown)
        shape = self.resolve_serializer(Error, "response").ref
        return {self.described.status: answer, **responses(self.refusals(), shape)}

    def refusals(self) -> list[Refusal]:
        """Those that were named, and those that follow from what the endpoint is."""
        assert self.described is not None
        classes = [*self._by_nature(), *getattr(self.view, "refuses", ()), *self.described.refuses]
        # What was named says it better than what is so everywhere.
        found = {(one.status, one.code): one for one in map(Refusal.of, classes)}
        return [found[key] for key in sorted(found)]

    @property
    def _writes(self) -> bool:
        return self.method not in SAFE_METHODS

    def _by_nature(self) -> Iterable[Any]:
        permissions = self.view.get_permissions()
        open_to_all = any(isinstance(permission, AllowAny) for permission in permissions)
        if self.described and (self.described.takes or self.described.query):
            yield MALFORMED
        if self._writes:
            yield from (UNREADABLE, UNSUPPORTED)
        if not open_to_all:
            yield from (exceptions.NotAuthenticated, exceptions.PermissionDenied)
        for authenticator in self.view.get_authenticators():
            yield from getattr(authenticator, "refuses", ())
            yield from getattr(authenticator, "write_refuses", ()) if self._writes else ()
        if self._writes:
            yield from (exceptions.PermissionDenied, *getattr(self.view, "write_refuses", ()))
        if "{" in self.path:
            yield exceptions.NotFound
        if self.view.get_throttles():
            yield exceptions.Throttled
        for permission in permissions:
            yield from getattr(permission, "refuses", ())

    def get_serializer_name(self, serializer: Any, direction: Any) -> str:
        """What is sent and what is answered may bear one name in the code."""
        name = super().get_serializer_name(serializer, direction).removesuffix("Shape")
        return f"{name}Body" if getattr(serializer, "strict", False) else name

    def _map_serializer_field(self, field: Any, direction: Any, bypass_extensions: bool = False) -> Any:
        """A field that is read strictly says itself what it takes."""
        if not hasattr(field, "schema"):
            return super()._map_serializer_field(field, direction, bypass_extensions)
        return {**field.schema(), **self._get_serializer_field_meta(field, direction)}

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Any:
        schema = super()._map_basic_serializer(serializer, direction)
        if "description" in schema:
            schema["description"] = in_words(schema["description"])
        if getattr(serializer, "strict", False):
            schema["additionalProperties"] = False
        return schema


# Outside /api/, as its clients knew it first. Each is also there with a slash, for whoever types one.
SHOP = ("/cart", "/create-payment-intent")


def only_the_api(endpoints: Any, **context: Any) -> list[tuple[str, str, str, Any]]:
    """Leaves out what is no endpoint for clients: views of DRF's elsewhere."""
    return [endpoint for endpoint in endpoints if endpoint[0].startswith("/api/") or endpoint[0] in SHOP]


def all_codes(result: dict[str, Any], **context: Any) -> dict[str, Any]:
    """The codes that there are, all together, where the one shape of errors is described."""
    operations = [operation for methods in result["paths"].values() for operation in methods.values()]
    answers = [response for operation in operations for response in operation["responses"].values()]
    general = {refusal.code for refusal in error_list.GENERAL}
    code = result["components"]["schemas"]["Reason"]["properties"]["code"]
    code["enum"] = sorted(general.union(*(codes_of(answer) for answer in answers)))
    return result


def of(request: HttpRequest | None = None) -> dict[str, Any]:
    """The whole description as a dict, for tests and documents."""
    from drf_spectacular.generators import SchemaGenerator

    return SchemaGenerator().get_schema(request=request, public=True)

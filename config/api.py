"""What every endpoint shares: the JSON that is accepted and the one shape of errors.

An error is `{"error": {"code": "...", "message": "..."}}`; a malformed field adds `param`, a closed gate `upgrade_url`.
"""

import json
import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import IO, Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import defaults
from rest_framework import exceptions
from rest_framework.parsers import BaseParser
from rest_framework.response import Response

MAX_DEPTH = 16
# NUL, and halves of pairs: JSON can spell them, but no database takes them.
UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class ApiError(exceptions.APIException):
    """An answer with a stable code, a sentence for people, and further fields (`param`, `upgrade_url`, ...)."""

    def __init__(
        self, status: int, code: str, message: str, *, retry_after: int | None = None, **fields: Any
    ) -> None:
        super().__init__(message, code)
        self.status_code = status
        self.fields = fields
        self.retry_after = retry_after


class StrictJSONParser(BaseParser):
    """A JSON object in UTF-8, at most 16 levels deep, without NUL, lone surrogates, NaN or doubled keys.

    Anything else is a 400.
    """

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None
    ) -> dict[str, Any]:
        raw = stream.read()
        try:
            data = (
                json.loads(raw.decode("utf-8"), parse_constant=_refuse, object_pairs_hook=_once)
                if raw
                else {}
            )
        except (ValueError, RecursionError) as error:
            raise exceptions.ParseError(_("The body is not valid JSON.")) from error
        if not isinstance(data, dict):
            raise exceptions.ParseError(_("The body must be a JSON object."))
        _check_depth(data)
        return data


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key occurs twice")
    return found


def _check_depth(value: Any, depth: int = 0) -> None:
    if depth > MAX_DEPTH:
        raise exceptions.ParseError(_("The body is nested too deeply."))
    if isinstance(value, str) and UNSTORABLE.search(value):
        raise exceptions.ParseError(_("The body contains a character that no text has."))
    for child in _children(value):
        _check_depth(child, depth + 1)


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    return value if isinstance(value, list) else []


def exception_handler(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's handler with our error shape."""
    from rest_framework.views import (
        exception_handler as default_handler,
    )  # it reads the settings that name us

    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    response = default_handler(error, dict(context))
    if response is None or not isinstance(error, exceptions.APIException):
        return response
    response.data = {"error": _body(error)}
    if getattr(error, "retry_after", None):
        response["Retry-After"] = str(error.retry_after)  # type: ignore[attr-defined]
    return response


def _body(error: exceptions.APIException) -> dict[str, Any]:
    if isinstance(error, ApiError):
        return {"code": error.get_codes(), "message": str(error.detail), **error.fields}
    if isinstance(error, exceptions.ValidationError):
        param, message = _first(error.detail)
        return {"code": "invalid", "message": message, **({"param": param} if param else {})}
    return {"code": error.get_codes(), "message": str(error.detail)}


def _first(detail: Any, path: str = "") -> tuple[str, str]:
    """The first complaint of a serializer, with the path of its field: `items.0.quantity`."""
    if isinstance(detail, Mapping):
        key, value = next(iter(detail.items()))
        return _first(value, path if key == "non_field_errors" else f"{path}.{key}".lstrip("."))
    if isinstance(detail, list):
        for index, value in enumerate(detail):
            if value:
                return _first(value, f"{path}.{index}" if isinstance(value, Mapping) else path)
    return path, str(detail)


# --- What Django answers by itself -----------------------------------------------------------------------------


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404 in our shape under /api/, as a page elsewhere."""
    if not request.path.startswith("/api/"):
        return defaults.page_not_found(request, exception)
    return _answer(404, "not_found", _("There is nothing at this address."))


def server_error(request: HttpRequest) -> HttpResponse:
    """500 in our shape under /api/, as a page elsewhere."""
    if not request.path.startswith("/api/"):
        return defaults.server_error(request)
    return _answer(500, "server_error", _("Something went wrong on our side. It has been noted."))


def not_allowed(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """405 in our shape under /api/, as a page elsewhere: for what Django answers with nothing but its headers."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or response.content:
            return response
        if request.path.startswith("/api/"):
            told: HttpResponse = _answer(
                405, "method_not_allowed", _("This address does not take that method.")
            )
        elif request.accepts("text/html"):
            told = render(request, "405.html", status=405)
        else:
            return response
        told["Allow"] = response["Allow"]
        return told

    return middleware


def _answer(status: int, code: str, message: str) -> JsonResponse:
    return JsonResponse({"error": {"code": code, "message": message}}, status=status)

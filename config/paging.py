"""Lists a page at a time: `?limit=&cursor=`. A cursor names the last one seen, so what comes in shifts nothing.

limit, cursor = paging.read(request)
found = Invoice.objects.behind(cursor)[: limit + 1]
return Response(paging.answer(request, list(found), limit, show=describe, name=lambda invoice: invoice.stripe_id))
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from config.bodies import StrictSerializer, TextField

Row = TypeVar("Row")
NUMBER = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)
ID = re.compile(r"[0-9]{1,18}", re.ASCII)
LONGEST, USUAL = 100, 25
PARAMETERS = (
    OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": LONGEST, "default": USUAL}),
    OpenApiParameter(
        "cursor", {"type": "string", "maxLength": 255}, description=_("From `next`; never made up.")
    ),
)


class LimitField(TextField):
    """From 1 to 100, in plain digits."""

    default_error_messages = {"invalid": _("This is not a whole number from 1 to 100.")}

    def read(self, text: str) -> int | None:
        return int(text) if NUMBER.fullmatch(text) and int(text) <= LONGEST else None


class Query(StrictSerializer):
    limit = LimitField(required=False)
    cursor = serializers.CharField(required=False, max_length=255)


class Page(serializers.Serializer[Any]):
    """Some of them, and where the following are."""

    next = serializers.URLField(allow_null=True, help_text=_("The following page; null after the last."))


def read(request: Request) -> tuple[int, str | None]:
    """The limit, and the cursor if there is one. A 400 that names what is malformed or unknown."""
    query = Query(data=request.query_params.dict())
    query.is_valid(raise_exception=True)
    return query.validated_data.get("limit", USUAL), query.validated_data.get("cursor")


def refuse() -> serializers.ValidationError:
    """For a cursor that names nothing of the caller's."""
    return serializers.ValidationError({"cursor": _("This cursor is not from an answer of ours.")})


def answer(
    request: Request, found: Sequence[Row], limit: int, show: Callable[[Row], Any], name: Callable[[Row], Any]
) -> dict[str, Any]:
    """A page of what was found, which is one more than the limit if there are more. `name`: the cursor behind a row."""
    page = found[:limit]
    following = _address(request, str(name(page[-1]))) if len(found) > limit else None
    return {"results": [show(row) for row in page], "next": following}


def by_id(request: Request, found: QuerySet[Any], show: Callable[[Any], Any]) -> dict[str, Any]:
    """A page of rows in the order in which they came, by the cursor in the request. One query."""
    limit, cursor = read(request)
    if cursor is not None:
        if not ID.fullmatch(cursor):
            raise refuse()
        found = found.filter(pk__gt=int(cursor))
    page = list(found.order_by("pk")[: limit + 1])
    return answer(request, page, limit, show=show, name=lambda last: last.pk)


def _address(request: Request, cursor: str) -> str:
    """This page's, with another cursor."""
    params = request.query_params.copy()
    params["cursor"] = cursor
    return request.build_absolute_uri(f"{request.path}?{params.urlencode()}")

"""The API: filings, one filing, and (for premium) how many there were over time."""

import re
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import feature_required
from accounts.api.throttles import TierThrottle
from config import paging
from config.description import describe
from filings import charts, pages
from filings.models import ACCESSION, Company, Filing, FormType
from filings.search import ORDERINGS, ApiSearch, Search


class CompanySerializer(serializers.ModelSerializer[Company]):
    class Meta:
        model = Company
        fields = ["cik", "name", "ticker", "industry", "state"]


class FilingSerializer(serializers.ModelSerializer[Filing]):
    company = CompanySerializer()

    class Meta:
        model = Filing
        fields = [
            "accession",
            "form_type",
            "filed",
            "period_end",
            "company",
            "revenue_cents",
            "net_income_cents",
            "assets_cents",
        ]


class FilingPage(paging.Page):
    results = FilingSerializer(many=True)


class Quarter(serializers.Serializer[Any]):
    quarter_start = serializers.DateField()
    filings = serializers.DictField(child=serializers.IntegerField(), help_text=_("How many of each form."))


class Quarters(serializers.Serializer[Any]):
    results = Quarter(many=True)


FILING: dict[str, Any] = {
    "accession": "0000012345-26-000001",
    "form_type": "10-K",
    "filed": "2026-02-12",
    "period_end": "2025-12-31",
    "company": {
        "cik": "0000012345",
        "name": "Meridian Software",
        "ticker": "MRDN",
        "industry": "Software",
        "state": "CA",
    },
    "revenue_cents": 123400000000,
    "net_income_cents": 12300000000,
    "assets_cents": 345600000000,
}
QUARTERS: dict[str, Any] = {
    "results": [{"quarter_start": "2026-01-01", "filings": {"10-K": 31, "10-Q": 4, "8-K": 90}}]
}
SEARCH = (
    OpenApiParameter("company", {"type": "string", "maxLength": 100}, description=_("Part of its name.")),
    OpenApiParameter("cik", {"type": "string", "pattern": "^[0-9]{1,10}$"}),
    OpenApiParameter("form_type", {"type": "string", "enum": FormType.values}),
    OpenApiParameter("filed_after", {"type": "string", "format": "date"}),
    OpenApiParameter("filed_before", {"type": "string", "format": "date"}),
    OpenApiParameter("ordering", {"type": "string", "enum": list(ORDERINGS), "default": "-filed"}),
)
PAGING = (
    OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": 100, "default": 25}),
    OpenApiParameter(
        "cursor", {"type": "string", "maxLength": 2000}, description=_("From `next`; never made up.")
    ),
)


class Endpoint(APIView):
    """Open to everybody unless it says otherwise, as often as their tier allows."""

    permission_classes = [AllowAny]
    throttle_classes = [TierThrottle]


class FilingList(Endpoint):
    """Those that fit the filters, in the order that is asked for, a page at a time."""

    @describe(
        _("Search filings"),
        answers=FilingPage,
        example={"results": [FILING], "next": None},
        query=[*SEARCH, *PAGING],
    )
    def get(self, request: Request) -> Response:
        page = pages.read(ApiSearch.strictly(request.query_params))
        return Response(
            {"results": FilingSerializer(page.filings, many=True).data, "next": _next(request, page.cursor)}
        )


class FilingDetail(Endpoint):
    """One filing, by its accession number."""

    @describe(_("One filing"), answers=FilingSerializer, example=FILING)
    def get(self, request: Request, accession: str) -> Response:
        if not re.fullmatch(ACCESSION, accession):
            raise Http404
        filing = get_object_or_404(Filing.objects.with_company(), accession=accession)
        return Response(FilingSerializer(filing).data)


class Trends(Endpoint):
    """The numbers behind the chart, per quarter and form. Takes the filters of the list."""

    permission_classes = [feature_required("charts")]

    @describe(_("Filings per quarter"), answers=Quarters, example=QUARTERS, query=SEARCH)
    def get(self, request: Request) -> Response:
        counts = charts.count(Search.strictly(request.query_params).filings())
        quarters: list[dict[str, Any]] = [
            {"quarter_start": quarter, "filings": filings} for quarter, filings in counts.items()
        ]
        return Response({"results": quarters})


def _next(request: Request, cursor: str | None) -> str | None:
    """The address of the following page: this one's, with another cursor."""
    if cursor is None:
        return None
    params = request.query_params.copy()
    params["cursor"] = cursor
    return request.build_absolute_uri(f"{request.path}?{params.urlencode()}")

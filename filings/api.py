"""The API: filings, one filing, and (for premium) how many there were over time."""

import re
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import feature_required
from accounts.api.throttles import TierThrottle
from filings import charts, pages
from filings.models import ACCESSION, Company, Filing
from filings.search import ApiSearch, Search


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


class Endpoint(APIView):
    """Open to everybody unless it says otherwise, as often as their tier allows."""

    permission_classes = [AllowAny]
    throttle_classes = [TierThrottle]


class FilingList(Endpoint):
    """`GET /api/filings/`: filter, order and page; see `ApiSearch` for the parameters."""

    def get(self, request: Request) -> Response:
        page = pages.read(ApiSearch.strictly(request.query_params))
        return Response(
            {"results": FilingSerializer(page.filings, many=True).data, "next": _next(request, page.cursor)}
        )


class FilingDetail(Endpoint):
    """`GET /api/filings/<accession>/`."""

    def get(self, request: Request, accession: str) -> Response:
        if not re.fullmatch(ACCESSION, accession):
            raise Http404
        filing = get_object_or_404(Filing.objects.with_company(), accession=accession)
        return Response(FilingSerializer(filing).data)


class Trends(Endpoint):
    """`GET /api/trends/`: the numbers behind the chart, per quarter and form. Takes the filters of the list."""

    permission_classes = [feature_required("charts")]

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

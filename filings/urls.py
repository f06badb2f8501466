"""The pages and endpoints of the sample product."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from filings import api, views
from filings.models import ACCESSION


class AccessionConverter(StringConverter):
    regex = ACCESSION


register_converter(AccessionConverter, "accession")

urlpatterns = [
    path("filings/", views.filings, name="filings"),
    path("filings/trends/", views.trends, name="trends"),
    path("filings/export.csv", views.export, name="export"),
    path("filings/<accession:accession>/", views.filing, name="filing"),
    path("api/filings/", api.FilingList.as_view(), name="api-filings"),
    path("api/filings/<str:accession>/", api.FilingDetail.as_view(), name="api-filing"),
    path("api/trends/", api.Trends.as_view(), name="api-trends"),
]

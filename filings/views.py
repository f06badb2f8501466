"""The pages: a list to browse and one filing for everyone; the trends and the export for premium."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.decorators import feature_required
from filings import charts
from filings import export as csv_file
from filings.models import Filing, FormType
from filings.search import Search

PER_PAGE = 25
EARLIER = 8
SPANS = {"3": 3 * 4, "5": 5 * 4, "all": None}  # years: quarters


@require_safe
def filings(request: HttpRequest) -> HttpResponse:
    """Search and browse; for everyone."""
    search = Search(request.GET)
    found = search.filings() if search.is_valid() else Filing.objects.none()
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    status = 200 if search.is_valid() else 400
    return render(request, "filings/list.html", {"search": search, "page": page}, status=status)


@require_safe
def filing(request: HttpRequest, accession: str) -> HttpResponse:
    """One filing and the company's latest others; what changed within a year is gated in the template."""
    found = get_object_or_404(Filing.objects.with_company(), accession=accession)
    others = found.company.filings.exclude(pk=found.pk)[:EARLIER]
    return render(request, "filings/detail.html", {"filing": found, "others": others})


@require_safe
@feature_required("charts", template="filings/trends_gate.html")
def trends(request: HttpRequest) -> HttpResponse:
    """How many filings there were per quarter and form."""
    span = request.GET.get("years", "5")
    span = span if span in SPANS else "5"
    forms = [form for form in FormType if form in request.GET.getlist("form_type")] or list(FormType)
    quarters = SPANS[span]
    counts = dict(list(charts.count(Filing.objects.all()).items())[-quarters if quarters else 0 :])
    context = {"chart": charts.draw(counts, forms), "span": span, "forms": forms}
    return render(request, "filings/trends.html", context)


@require_safe
@feature_required("export", template="filings/export_gate.html")
def export(request: HttpRequest) -> HttpResponseBase:
    """What the list's search found, as a CSV file."""
    search = Search(request.GET)
    if not search.is_valid():
        return filings(request)
    return StreamingHttpResponse(
        csv_file.rows(search.filings()),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="filings.csv"', "Cache-Control": "no-store"},
    )

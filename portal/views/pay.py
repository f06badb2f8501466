"""The order with its total, on to Stripe's page, and back from it with the receipt and the activation code."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from billing import catalogue, limits, offers
from billing import errors as stripe_errors
from billing.views.pages import billing_page
from portal import activation, errors, links
from portal import checkout as checkouts
from portal.countries import Country
from portal.models import PaidYear, Receipt, Sale
from portal.views.receipts import as_pdf

# The words that the portal's first version answered.
STATE_REQUIRED = "ERROR: State is required."


@require_http_methods(["GET", "HEAD", "POST"])
@billing_page
def checkout(request: HttpRequest, country: Country) -> HttpResponse:
    """The order. "Buy now" opens Stripe's page, the same one for every click."""
    sigma = request.GET.get("sigma", "")
    if not sigma:
        return HttpResponse(STATE_REQUIRED, status=400, content_type="text/plain")
    sale = _sale(request.GET, country)
    if sigma != links.sigma(sale):
        raise Http404
    if request.method == "POST":
        limits.spend(request, limits.CARDS, sale.reference)
        return _buy(sale)
    if sale.is_paid:
        return redirect(_done(sale))
    plan = catalogue.find(sale.plan)
    lines = [line for line in offers.lines(plan) if line.present] if plan else []
    context = {"sale": sale, "plan": plan, "lines": lines, "order_form_page": links.order_form_page(sale)}
    return render(request, "portal/checkout.html", context)


@require_safe
@billing_page
def order_form(request: HttpRequest, country: Country) -> HttpResponse:
    """What one is about to sign, with the service agreement, as PDF."""
    sale = _sale(request.GET, country)
    return as_pdf(sale.receipts.get(kind=Receipt.Kind.ORDER_FORM))


def _sale(query: QueryDict, country: Country | None = None) -> Sale:
    try:
        sale = links.sale_of(query)
    except Sale.DoesNotExist:
        raise Http404 from None
    if country is not None and sale.country != country.code:
        raise Http404
    return sale


def _buy(sale: Sale) -> HttpResponse:
    try:
        return redirect(checkouts.open_page(sale))
    except (errors.AlreadyPaid, errors.PaymentUnderWay):
        return redirect(_done(sale))


def _done(sale: Sale) -> str:
    return links.success_page(sale, sale.session_id).removeprefix(settings.BASE_URL)


@require_safe
@billing_page
def success(request: HttpRequest) -> HttpResponse:
    """Where Stripe leads back to. Nobody waits here for a webhook: this one session is looked at, once.

    The receipt, and to a GET the activation code for this one time; nothing for a session that is not the sale's.
    """
    sale = _returned(request)
    if not sale.is_paid:
        try:
            checkouts.settle(sale, sale.session_id)
        except stripe_errors.NotFound:
            raise Http404 from None
        sale.refresh_from_db()
    if sale.status in (Sale.Status.OPEN, Sale.Status.REFUSED):
        return redirect(links.checkout_page(sale).removeprefix(settings.BASE_URL))
    return render(request, "portal/success.html", _context(request, sale))


def _context(request: HttpRequest, sale: Sale) -> dict[str, object]:
    receipt = sale.receipts.filter(kind=Receipt.Kind.RECEIPT).order_by("pk").first()
    return {
        "sale": sale,
        "plan": catalogue.find(sale.plan),
        "year": PaidYear.objects.filter(sale=sale).order_by("start").first(),
        "receipt": receipt,
        "pdf": links.receipt_page(sale) if receipt else "",
        "code": activation.reveal(sale) if sale.is_paid and request.method == "GET" else "",
    }


def _returned(request: HttpRequest) -> Sale:
    """The sale whose buyer comes back: the address is signed, and names the sale's session."""
    query = _query(request)
    sale = _sale(query)
    if not sale.session_id or query.get("session_id") != sale.session_id:
        raise Http404
    return sale


def _query(request: HttpRequest) -> QueryDict:
    return links.read_twice_asked(request.META.get("QUERY_STRING", ""))


@require_safe
@billing_page
def receipt(request: HttpRequest) -> HttpResponse:
    """The receipt as PDF, for whoever has just paid and is nobody's owner yet: by the address of the page before."""
    sale = _returned(request)
    found = sale.receipts.filter(kind=Receipt.Kind.RECEIPT).order_by("pk").first()
    if found is None:
        raise Http404
    return as_pdf(found)

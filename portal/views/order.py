"""Where somebody who has never heard of us begins: what is on sale, and the form that makes an order of it."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from billing import limits, offers
from billing.limits import Limit
from billing.views.pages import billing_page
from portal import agreement as agreements
from portal import errors, links, sales
from portal.countries import Country
from portal.forms import OrderForm

# Each makes a customer at Stripe.
ORDERS = Limit("orders", 20, 40, _("That is too many orders for one hour. Try again after %(time)s UTC."))


@require_safe
def first_country(request: HttpRequest) -> HttpResponse:
    """The way in for links that need not know where the portal sells: on to the form of the first country."""
    country = next(iter(settings.PORTAL_COUNTRIES), None)
    if country is None:
        raise Http404
    return redirect("portal-new", country)


@require_http_methods(["GET", "HEAD", "POST"])
@billing_page
def new_checkout(request: HttpRequest, country: Country) -> HttpResponse:
    """The form; sent, it makes the organization and its sale, and leads on to the order."""
    form = OrderForm(country, request.POST or None)
    if request.method == "POST" and form.is_valid():
        limits.spend(request, ORDERS, form.details.email)
        try:
            sale = sales.submit(form.details, form.cleaned_data["form"])
        except errors.NotSoldThere as error:
            form.add_error("state", str(error.detail))
        else:
            return redirect(links.checkout_page(sale).removeprefix(settings.BASE_URL))
    return render(request, "portal/new_checkout.html", _context(form), status=400 if form.errors else 200)


@require_safe
@billing_page
def agreement(request: HttpRequest, country: Country) -> HttpResponse:
    """The service agreement, to be read before it is accepted."""
    plan, _price = sales.on_sale()
    paragraphs = [(agreements.is_heading(text), text) for text in agreements.before_order(plan)]
    return render(request, "portal/agreement.html", {"paragraphs": paragraphs})


def _context(form: OrderForm) -> dict[str, object]:
    plan, price = sales.on_sale()
    lines = [line for line in offers.lines(plan) if line.present]
    return {"form": form, "plan": plan, "price": price, "lines": lines, "country": form.country}

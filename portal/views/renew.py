"""How an annual plan stands, and what to do: buy another year, keep it, give another card, pay what is open."""

from collections.abc import Callable, Mapping

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import organizations
from accounts.models import Organization
from billing import catalogue, errors, limits
from billing.views.pages import billing_page
from portal import links, renewals, sales
from portal.countries import Country
from portal.errors import NothingToPay, NotRenewable
from portal.models import Sale

Act = Callable[[HttpRequest, Organization, Country], HttpResponse]


@require_http_methods(["GET", "HEAD", "POST"])
@billing_page
def renew(request: HttpRequest, country: Country) -> HttpResponse:
    """For owners and admins who are signed in, and for whoever has the link of a mail. GET only shows."""
    domain = request.GET.get("domain", "")
    if not _may_open(request, domain):
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        raise Http404
    organization = Organization.objects.filter(pk=int(domain), closed=None).first()
    try:
        found = renewals.standing(organization) if organization else None
    except Sale.DoesNotExist:
        found = None
    if organization is None or found is None or found.sale.country != country.code:
        raise Http404
    if request.method == "POST":
        limits.spend(request, limits.CARDS, f"renewal:{domain}")
        return _act(request, organization, country)
    return render(request, "portal/renew.html", _context(request, found))


def _context(request: HttpRequest, found: renewals.Standing) -> dict[str, object]:
    context: dict[str, object] = {
        "found": found,
        "given": "card" in request.GET,
        "organization": found.organization,
    }
    if found.state == renewals.State.OVER:
        context |= {"next": sales.preview(found.sale), "plan": catalogue.find(sales.PLAN)}
    return context


def _may_open(request: HttpRequest, domain: str) -> bool:
    """Whether there is a link of a mail, or an owner or admin is signed in. What is not there is nobody's."""
    if links.opens_renewal_of(request.GET.get("key", ""), domain):
        return True
    if not links.is_number(domain) or not request.user.is_authenticated:
        return False
    return organizations.may_buy(request.user, Organization(pk=int(domain)))


def _act(request: HttpRequest, organization: Organization, country: Country) -> HttpResponse:
    act = ACTS.get(request.POST.get("act", ""))
    if act is None:
        return _back(request, organization, country)
    try:
        return act(request, organization, country)
    except (errors.Declined, errors.ActionRequired, errors.NotResumable, NotRenewable, NothingToPay) as error:
        messages.error(request, str(error.detail))
        return _back(request, organization, country)


def _buy(request: HttpRequest, organization: Organization, country: Country) -> HttpResponse:
    return redirect(_here(links.checkout_page(renewals.buy(organization))))


def _keep(request: HttpRequest, organization: Organization, country: Country) -> HttpResponse:
    renewals.keep(organization)
    messages.success(request, _("Good to have you. Your plan renews as before."))
    return _back(request, organization, country)


def _card(request: HttpRequest, organization: Organization, country: Country) -> HttpResponse:
    """To Stripe's page for another card, and back to where it can be used."""
    return redirect(renewals.card_page(organization, f"{_page(request, organization, country)}&card=given"))


def _pay(request: HttpRequest, organization: Organization, country: Country) -> HttpResponse:
    renewals.pay(organization)
    messages.success(request, _("Thank you, it is paid. Your plan goes on."))
    return _back(request, organization, country)


ACTS: Mapping[str, Act] = {"buy": _buy, "keep": _keep, "card": _card, "pay": _pay}


def _back(request: HttpRequest, organization: Organization, country: Country) -> HttpResponse:
    return redirect(_here(_page(request, organization, country)))


def _page(request: HttpRequest, organization: Organization, country: Country) -> str:
    """This page, with the key of the mail's link if it was opened by one."""
    return links.open_renewal_page(organization.pk, country.code, request.GET.get("key", ""))


def _here(url: str) -> str:
    return url.removeprefix(settings.BASE_URL)

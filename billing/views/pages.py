"""What all pages of billing share: what they show when there is no Stripe to ask, and whom they let in."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts import organizations
from accounts.models import Organization
from accounts.signing_in import signed_in_only, way_back
from billing import errors, gateway
from billing.buyers import may_buy
from config.api import ApiError

View = Callable[..., HttpResponse]


def billing_page(view: View) -> View:
    """A page on which what fails is a sentence: with 503 when billing is off or Stripe cannot be reached."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            if not gateway.client.is_on():
                raise errors.BillingOff
            return view(request, *args, **kwargs)
        except ApiError as error:
            return problem(request, error)

    return never_cache(page)


def buyers_page(view: View) -> View:
    """A billing page for owners and admins of the current organization; others are told whom to ask."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_buy(request):
            return render(request, "billing/ask_owner.html", status=403)
        return view(request, *args, **kwargs)

    return signed_in_only(billing_page(page))


def organization_of(request: HttpRequest) -> Organization:
    """The one that somebody acts for who is signed in, as on these pages everybody is: every user has one."""
    organization = organizations.current(request)
    assert organization is not None
    return organization


def problem(request: HttpRequest, error: ApiError) -> HttpResponse:
    """The error's sentence as a page."""
    context = {"error": error, "again": way_back(request)}
    response = render(request, "billing/problem.html", context, status=error.status_code)
    if error.retry_after:
        response["Retry-After"] = str(error.retry_after)
    return response


def test_cards() -> list[tuple[str, str]]:
    """Stripe's cards for trying things out; none where money is real."""
    if settings.STRIPE_LIVE_MODE:
        return []
    return [
        ("4242 4242 4242 4242", _("works")),
        ("4000 0025 0000 3155", _("your bank asks you first")),
        ("4000 0000 0000 0002", _("is declined")),
    ]

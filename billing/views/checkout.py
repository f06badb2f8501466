"""Where Stripe's payment page leads back to."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from accounts import organizations
from billing import checkouts
from billing.views.pages import billing_page


@require_safe
@login_required
@billing_page
def checked_out(request: HttpRequest) -> HttpResponse:
    """Nobody waits here for a webhook: this one session is looked at, once. One that is not theirs is a 404."""
    organization = organizations.current(request)
    assert organization is not None  # every user has one
    checkouts.come_back(organization, request.GET.get("session_id", ""))
    return redirect("subscribed")

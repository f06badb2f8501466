"""Where Stripe's payment page leads back to."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from billing import checkouts
from billing.views.pages import billing_page, organization_of


@require_safe
@login_required
@billing_page
def checked_out(request: HttpRequest) -> HttpResponse:
    """Nobody waits here for a webhook: this one session is looked at, once. One that is not theirs is a 404."""
    checkouts.come_back(organization_of(request), request.GET.get("session_id", ""))
    return redirect("subscribed")

"""The button of somebody who has paid and does not see it: on a closed gate, after a payment, when one is overdue."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import Organization
from accounts.signing_in import is_path_of_ours, signed_in_only
from billing import errors, limits, rechecks, subscriptions
from billing.buyers import may_buy
from billing.views.pages import billing_page, organization_of


@require_POST
@signed_in_only
@billing_page
def check(request: HttpRequest) -> HttpResponse:
    """Asks Stripe about the current organization and goes back to where the button was.

    Any member may press it: it can only make right what we know.
    """
    limits.spend(request, limits.LOOKS)
    organization = organization_of(request)
    before = organization.current_access()
    try:
        _look(organization)
    except errors.Declined as declined:
        if may_buy(request):
            messages.error(request, str(declined.detail))
            return redirect(_back(request))
    if organization.current_access() == before:
        messages.info(request, _("We asked, and there is no payment that we did not know of."))
    else:
        tier = organization.current_access().tier.label
        messages.success(request, _("Thank you for waiting. You have %(tier)s now.") % {"tier": tier})
    return redirect(_back(request))


def _look(organization: Organization) -> None:
    """At what a payment changes; if that was nothing, and nobody did so just now, at all that there is."""
    before = organization.current_access()
    subscriptions.look_again(organization)
    organization.refresh_from_db()
    if organization.current_access() == before and rechecks.claim(organization):
        rechecks.carry_out(organization)


def _back(request: HttpRequest) -> str:
    """The page that the button was on, if it is one of ours."""
    wanted = request.POST.get("next", "")
    return wanted if is_path_of_ours(wanted) else reverse("billing")

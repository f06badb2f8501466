"""The button on a closed gate's page of somebody who has paid."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import organizations
from billing import rechecks
from billing.views.pages import billing_page


@require_POST
@login_required
@billing_page
def recheck(request: HttpRequest) -> HttpResponse:
    """Asks Stripe about the current organization and goes back to the gate, which may be open now.

    Any member may press it: it can only make right what we know.
    """
    organization = organizations.current(request)
    if organization is None:
        return redirect(_back(request))
    if not rechecks.claim(organization):
        when = f"{rechecks.next_turn(organization):%H:%M}"
        messages.info(request, _("We have just asked. You can ask again at %(time)s UTC.") % {"time": when})
    elif rechecks.carry_out(organization):
        tier = organization.current_access().tier.label
        messages.success(request, _("Thank you for waiting. You have %(tier)s now.") % {"tier": tier})
    else:
        messages.info(request, _("We asked, and there is no payment that we did not know of."))
    return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    """The page that the gate was on, if it is one of ours."""
    wanted = request.POST.get("next", "")
    own = url_has_allowed_host_and_scheme(wanted, None) and wanted.startswith("/")
    return wanted if own else settings.UPGRADE_URL

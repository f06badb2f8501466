"""What the billing page offers to do: cancel, resume, give another card."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from billing import customers, errors, subscriptions
from billing.models import StripeSubscription
from billing.views.pages import buyers_page, organization_of


@require_http_methods(["GET", "HEAD", "POST"])
@buyers_page
def cancel(request: HttpRequest) -> HttpResponse:
    """Asks when; then cancels with the period, or now."""
    subscription = organization_of(request).subscriptions.present()
    if subscription is None:
        return redirect("billing")
    if request.method != "POST":
        return render(request, "billing/cancel.html", {"subscription": subscription})
    ended = subscriptions.cancel(subscription, now=request.POST.get("at") == "now")
    messages.success(request, _farewell(ended))
    return redirect("billing")


@require_POST
@buyers_page
def resume(request: HttpRequest) -> HttpResponse:
    """Takes a scheduled end back."""
    subscription = organization_of(request).subscriptions.present()
    if subscription is not None:
        try:
            subscriptions.resume(subscription)
            messages.success(request, _("Good to have you. Your plan renews as before."))
        except errors.NotResumable as error:
            messages.info(request, str(error.detail))
    return redirect("billing")


@require_POST
@buyers_page
def card(request: HttpRequest) -> HttpResponse:
    """To Stripe's page for another card, and back here."""
    organization = organization_of(request)
    if not organization.stripe_customer_id:
        return redirect("billing")
    return redirect(customers.card_page(organization, settings.BASE_URL + reverse("billing")))


def _farewell(subscription: StripeSubscription) -> str:
    if subscription.ends_at and not subscription.is_over:
        when = date_format(subscription.ends_at, "DATE_FORMAT")
        return _("Cancelled. You keep what you have until %(when)s.") % {"when": when}
    return _("Cancelled. Nothing more is charged.")

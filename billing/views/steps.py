"""What changing the plan and changing the machines share: see what it costs, confirm it, and what became of it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from billing import errors, locales, offers
from billing.changes import Change
from billing.models import StripeSubscription
from billing.previews import Preview
from billing.views.pages import organization_of


def present(request: HttpRequest) -> StripeSubscription | None:
    """What the organization has and could change."""
    return StripeSubscription.objects.of(organization_of(request))


def show(
    request: HttpRequest,
    preview: Preview,
    heading: str,
    subscription: StripeSubscription | None = None,
    **more: Any,
) -> HttpResponse:
    """The page that says what it costs and asks whether to go on."""
    context = {
        "preview": preview,
        "heading": heading,
        "per": offers.per(preview.interval),
        "subscription": subscription,
        "proration_date": preview.proration_date.isoformat() if preview.proration_date else "",
        "nothing": subscription is not None and not preview.at and not preview.lines and _is_same(preview),
    }
    return render(request, "billing/preview.html", context | more)


def outcome(request: HttpRequest, verb: Callable[[], Change]) -> HttpResponse:
    """Do it, and go where one sees what became of it: to the billing page, or to the bank's question."""
    try:
        done = verb()
    except (errors.Declined, errors.NoCard) as refused:
        messages.error(request, str(refused.detail))
        return redirect("billing")
    if done.awaits_payment:
        return render(request, "billing/bank.html", _for_the_bank(done))
    if done.at is not None:
        sentence = _("Done. It changes on %(date)s; until then all stays as it is.")
        messages.success(request, sentence % {"date": date_format(done.at, "DATE_FORMAT")})
    else:
        messages.success(request, _("Done. It is changed from this moment on."))
    return redirect("billing")


def refuse_unknown(request: HttpRequest, *known: str) -> None:
    """What a form of ours does not send, such as a price or a coupon, is refused and not passed over."""
    if unknown := sorted(set(request.POST) - {"csrfmiddlewaretoken", "confirm", "proration_date", *known}):
        raise errors.NotOffered(param=unknown[0])


def proration_date(request: HttpRequest) -> datetime | None:
    """The date of the price that was seen; what is none is refused."""
    given = request.POST.get("proration_date", "")
    try:
        date = datetime.fromisoformat(given) if given else None
    except ValueError as error:
        raise errors.NotOffered(param="proration_date") from error
    if date is not None and (date.tzinfo is None or not 2000 < date.year < 2200):
        raise errors.NotOffered(param="proration_date")
    return date


def _is_same(preview: Preview) -> bool:
    """Whether it is so already."""
    return all(part.change is None for part in preview.parts)


def _for_the_bank(change: Change) -> dict[str, str]:
    return {
        "client_secret": change.client_secret,
        "stripe_js": settings.STRIPE_JS_URL,
        "publishable_key": settings.STRIPE_PUBLISHABLE_KEY,
        "stripe_locale": locales.current(),
        "back": reverse("billing"),
    }

"""Changing the plan: what it would cost, and the change itself. And what is left of changes: a question of the bank's,
one that is scheduled and taken back."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from billing import catalogue, changes, errors, limits, previews, price_list, subscriptions
from billing.catalogue import Interval, Plan, Price
from billing.models import StripeSubscription
from billing.views.pages import buyers_page
from billing.views.steps import outcome, present, proration_date, refuse_unknown, show


@require_http_methods(["GET", "HEAD", "POST"])
@buyers_page
def change(request: HttpRequest, plan: str, interval: str) -> HttpResponse:
    """Asks; shows what it costs; does it. Stripe is asked by POST only, and `confirm` makes it so."""
    wanted = _wanted(plan, interval)
    subscription = present(request)
    if subscription is None:
        return redirect("subscribe", wanted.key, interval)
    context = {"subscription": subscription, "plan": wanted, "interval": Interval(interval)}
    if request.method != "POST":
        return render(
            request, "billing/change.html", context | {"price": _price(subscription, wanted, interval)}
        )
    refuse_unknown(request)
    if "confirm" in request.POST:
        limits.spend(request, limits.CARDS)
        date = proration_date(request)
        return outcome(
            request, lambda: subscriptions.change(subscription, wanted, interval, proration_date=date)
        )
    limits.spend(request, limits.LOOKS)
    try:
        preview = previews.of_change(subscription, wanted, interval)
    except errors.MachinesInTheWay as refused:
        messages.warning(request, str(refused.detail))
        return redirect("billing-machines")
    heading = _("Change to %(plan)s") % {"plan": wanted.tier.label}
    return show(request, preview, heading, subscription)


@require_POST
@buyers_page
def take_back(request: HttpRequest) -> HttpResponse:
    """Takes back what is scheduled, or what awaits its payment."""
    subscription = present(request)
    if subscription is not None:
        subscriptions.take_back(subscription)
        messages.success(request, _("Your plan stays as it is."))
    return redirect("billing")


@require_POST
@buyers_page
def confirm(request: HttpRequest) -> HttpResponse:
    """Goes on with a change that awaits its payment."""
    subscription = present(request)
    if subscription is None or subscription.pending_until is None:
        return redirect("billing")
    return outcome(request, lambda: changes.go_on(subscription))


def _price(subscription: StripeSubscription, plan: Plan, interval: str) -> Price | None:
    """Theirs, if they have it already; else what somebody new pays."""
    item = subscription.plan_item
    if item is not None and (item.key, item.interval) == (plan.key, interval):
        return Price(Interval(interval), item.amount or 0, item.currency)
    return price_list.read(plan).price(plan, interval, subscription.currency)


def _wanted(plan: str, interval: str) -> Plan:
    found = catalogue.find(plan)
    if found is None or not found.is_sold_for(interval):
        raise Http404
    return found

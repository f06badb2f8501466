"""Machines beside the plan: how many of which, what that costs, and the change. Also before there is a plan."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Organization
from billing import catalogue, compositions, errors, limits, previews, price_list, schedules, subscriptions
from billing.catalogue import Interval, Plan
from billing.models import InstanceType, StripeSubscription
from billing.views.pages import buyers_page, organization_of
from billing.views.steps import outcome, present, proration_date, refuse_unknown, show

NUMBER = re.compile(r"[0-9]{1,4}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Row:
    """A machine on the page, and how many of it there are."""

    machine: InstanceType
    quantity: int
    amount: int  # per month and machine: theirs, if they have it already
    plans: str  # the keys of those it is sold with


@require_http_methods(["GET", "HEAD", "POST"])
@buyers_page
def machines(request: HttpRequest) -> HttpResponse:
    """Asks how many; shows what they cost; does it. Stripe is asked by POST only, and `confirm` makes it so."""
    organization = organization_of(request)
    subscription = present(request)
    if request.method != "POST":
        return _form(request, subscription)
    refuse_unknown(request, "plan", *InstanceType.objects.by_key())
    wanted = chosen(request.POST)
    if subscription is None:
        return _before_a_plan(request, organization, wanted)
    if "confirm" in request.POST:
        limits.spend(request, limits.CARDS)
        date = proration_date(request)
        return outcome(request, lambda: subscriptions.set_items(subscription, wanted, proration_date=date))
    limits.spend(request, limits.LOOKS)
    preview = previews.of_items(subscription, wanted)
    return show(request, preview, _("Change the machines"), subscription, machines=wanted)


def chosen(form: QueryDict) -> dict[str, int]:
    """How many of which machines a form, or a query, asks for. Raises `NotOffered` for what is no number."""
    found = {}
    for key in InstanceType.objects.values_list("key", flat=True):
        text = form.get(key, "").strip() or "0"
        if not NUMBER.fullmatch(text):
            raise errors.NotOffered(_("Choose a whole number of machines."), param=f"items.{key}")
        found[key] = int(text)
    return compositions.machines(found)


def _form(request: HttpRequest, subscription: StripeSubscription | None) -> HttpResponse:
    held = subscription.machines if subscription else {}
    plans = [subscription.plan] if subscription and subscription.plan else _plans()
    types = InstanceType.objects.by_key()
    amounts = _amounts(types, subscription)
    rows = [
        Row(one, held.get(key, 0), amounts[key], " ".join(plan.key for plan in plans if plan.allows(key)))
        for key, one in types.items()
        if key in held or (one.active and any(plan.allows(key) for plan in plans))
    ]
    item = subscription.plan_item if subscription else None
    context = {
        "subscription": subscription,
        "plans": plans,
        "rows": rows,
        "yearly": item is not None and item.interval != Interval.MONTH,
        "scheduled": schedules.of(subscription) if subscription else None,
        "most": compositions.MOST,
    }
    return render(request, "billing/machines.html", context)


def _amounts(types: Mapping[str, InstanceType], subscription: StripeSubscription | None) -> dict[str, int]:
    listed = price_list.read(*types.values())
    new = {key: listed.prices(one)[0].amount for key, one in types.items()}
    items = subscription.items.all() if subscription else []
    return new | {item.instance_key: item.amount or 0 for item in items if item.instance_key}


def _before_a_plan(request: HttpRequest, organization: Organization, wanted: dict[str, int]) -> HttpResponse:
    """What a plan with these machines would cost, and the way to buying them together."""
    plan = catalogue.find(request.POST.get("plan", ""))
    if plan not in _plans():
        raise errors.NotOffered(param="plan")
    assert plan is not None
    limits.spend(request, limits.LOOKS)
    preview = previews.of_purchase(organization, plan, Interval.MONTH, wanted)
    url = reverse("subscribe", args=[plan.key, Interval.MONTH])
    payment = f"{url}?{urlencode(wanted)}" if wanted else url
    heading = _("%(plan)s with machines") % {"plan": plan.tier.label}
    return show(request, preview, heading, payment=payment)


def _plans() -> list[Plan]:
    """Those that machines are sold with."""
    return [plan for plan in catalogue.on_offer() if plan.sells_machines and plan.price(Interval.MONTH)]

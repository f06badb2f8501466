"""Buying a plan: the order with the card form, and the page to which the payment returns."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import organizations
from accounts.models import Organization
from billing import catalogue, compositions, errors, locales, money, offers, purchases
from billing.catalogue import Interval, Plan
from billing.compositions import Composition, Part
from billing.models import StripePrice, StripeSubscription
from billing.offers import Line
from billing.views.machines import chosen
from billing.views.pages import billing_page, buyers_page, organization_of, test_cards


@dataclass(frozen=True, slots=True)
class Order:
    """What is about to be bought: a plan at the price that Stripe will charge, so many times, and machines with it;
    perhaps tried first."""

    plan: Plan
    price: StripePrice
    quantity: int
    trial_days: int
    wanted: Mapping[str, int] = field(default_factory=dict)
    machines: Sequence[Part] = ()

    @property
    def plan_total(self) -> int:
        return (self.price.amount or 0) * self.quantity

    @property
    def each_period(self) -> int:
        """What is paid for each period, in the smallest unit."""
        return self.plan_total + sum(part.total for part in self.machines)

    @property
    def total(self) -> int:
        """What is paid today."""
        return 0 if self.trial_days else self.each_period

    @property
    def per(self) -> str:
        return offers.per(self.price.interval)

    @property
    def lines(self) -> list[Line]:
        return [line for line in offers.lines(self.plan, self.price.interval) if line.present]

    @property
    def renewal(self) -> str:
        """When it is paid again, and how much."""
        values = {"amount": money.display(self.each_period, self.price.currency), "days": self.trial_days}
        yearly = self.price.interval == Interval.YEAR
        if self.trial_days and yearly:
            return _("Free for %(days)s days. Then %(amount)s every year, until you cancel.") % values
        if self.trial_days:
            return _("Free for %(days)s days. Then %(amount)s every month, until you cancel.") % values
        if yearly:
            return _("Renews every year on this day for %(amount)s, until you cancel.") % values
        return _("Renews every month on this day for %(amount)s, until you cancel.") % values

    @property
    def label(self) -> str:
        """What the button says."""
        if self.trial_days:
            return _("Begin the trial")
        return _("Pay %(amount)s") % {"amount": money.display(self.total, self.price.currency)}

    @property
    def body(self) -> str:
        """What the card form sends to the endpoint, besides the card."""
        machines = {"items": dict(self.wanted)} if self.wanted else {}
        return json.dumps({"plan": self.plan.key, "interval": self.price.interval, **machines})


@require_safe
@buyers_page
def subscribe(request: HttpRequest, plan: str, interval: str) -> HttpResponse:
    """The order and the card form; somebody who has a subscription already is shown that one instead.

    Machines stand in the query: `?a10g=2`.
    """
    organization = organization_of(request)
    wanted = catalogue.find(plan)
    if wanted is None or not wanted.is_sold_for(interval):
        raise Http404
    if StripeSubscription.objects.of(organization):
        messages.info(request, _("You have a subscription already. Here it is."))
        return redirect("billing")
    price = StripePrice.objects.on_offer(wanted, interval).first()
    if price is None:
        raise errors.NotOnSale
    quantity, trial = purchases.quantity(organization, wanted), purchases.trial_days(organization, wanted)
    machines = chosen(request.GET) if request.GET else {}
    parts = compositions.parts(organization, Composition(wanted, interval, machines))[1:] if machines else []
    order = Order(wanted, price, quantity, trial, machines, parts)
    return render(request, "billing/subscribe.html", _context(organization, order))


def _context(organization: Organization, order: Order) -> dict[str, Any]:
    return {
        "order": order,
        "other": None if order.machines else offers.other(order.plan, order.price.interval),
        "cards": organization.payment_methods.offered(),
        "unfinished": organization.subscriptions.unfinished().exists(),
        "stripe_js": settings.STRIPE_JS_URL,
        "publishable_key": settings.STRIPE_PUBLISHABLE_KEY,
        "stripe_locale": locales.current(),
        "return_url": settings.BASE_URL + reverse("subscribed"),
        "test_cards": test_cards(),
    }


@require_safe
@login_required
@billing_page
def subscribed(request: HttpRequest) -> HttpResponse:
    """After a payment: the plan, or that it is being confirmed. What stands in the query is not read."""
    organization = organizations.current(request)
    subscription = organization.subscriptions.shown() if organization else None
    if subscription is None or subscription.is_over:
        return redirect("pricing")
    return render(request, "billing/subscribed.html", {"subscription": subscription})

"""The pricing page: what is on sale, by the month or by the year, and which of it is yours."""

from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import gates, organizations
from accounts.tiers import Access, Tier
from billing import offers, schedules
from billing.catalogue import Interval, Plan, Price
from billing.models import StripeSubscription
from billing.offers import Offer
from billing.schedules import Scheduled
from billing.views.pages import billing_page

RECOMMENDED = Tier.PREMIUM


@dataclass(frozen=True, slots=True)
class Column:
    """An offer as this visitor sees it. Without `url` the label is a remark, not a button."""

    offer: Offer
    label: str
    url: str = ""
    ribbon: str = ""
    posts: bool = False  # the button asks Stripe what the change costs

    @property
    def highlighted(self) -> bool:
        return bool(self.ribbon)


@require_safe
@billing_page
def pricing(request: HttpRequest) -> HttpResponse:
    """`?interval=year` shows the yearly prices; anything else the monthly ones."""
    interval = Interval.YEAR if request.GET.get("interval") == Interval.YEAR else Interval.MONTH
    organization = organizations.current(request)
    subscription = StripeSubscription.objects.of(organization) if organization else None
    scheduled = schedules.of(subscription) if subscription else None
    access, listed = gates.access_of(request), offers.price_list()
    context = {
        "interval": interval,
        "discount": offers.discount(listed),
        "subscription": subscription,
        "columns": [
            column(offer, access, subscription, scheduled) for offer in offers.all_at(interval, listed)
        ],
    }
    return render(request, "billing/pricing.html", context)


def column(
    offer: Offer,
    access: Access,
    subscription: StripeSubscription | None,
    scheduled: Scheduled | None = None,
) -> Column:
    """What the visitor may do about an offer."""
    if offer.plan is None or offer.price is None:
        return _free(offer, access)
    if subscription is not None:
        return _beside(offer, offer.plan, offer.price, subscription, scheduled)
    url = reverse("subscribe", args=[offer.plan.key, offer.price.interval])
    label = _("Choose %(tier)s") % {"tier": offer.tier.label}
    if access.tier == offer.tier:  # a gift, which ends some day
        return Column(offer, label, url, _("You have it"))
    recommended = offer.tier is RECOMMENDED and not access.tier.includes(RECOMMENDED)
    return Column(offer, label, url, _("Recommended") if recommended else "")


def _free(offer: Offer, access: Access) -> Column:
    if access.tier is Tier.GUEST:
        return Column(offer, _("Sign in"), reverse("account_login"))
    if access.tier is Tier.FREE:
        return Column(offer, _("You have it now."), ribbon=_("Your plan"))
    return Column(offer, _("What you go back to when a plan ends."))


def _beside(
    offer: Offer, plan: Plan, price: Price, subscription: StripeSubscription, scheduled: Scheduled | None
) -> Column:
    """For somebody who pays already: theirs, what theirs becomes, or another one to change to."""
    item = subscription.plan_item
    if item is None or item.plan is None or not item.plan.self_service:
        return Column(offer, "")
    if scheduled and (scheduled.plan, scheduled.interval) == (plan, price.interval):
        when = date_format(scheduled.at, "DATE_FORMAT")
        return Column(offer, _("Yours from %(date)s on.") % {"date": when}, ribbon=_("Soon"))
    url = reverse("billing-change", args=[plan.key, price.interval])
    if item.plan is not plan:
        return Column(offer, _("Change to %(plan)s") % {"plan": offer.tier.label}, url, posts=True)
    if item.interval == price.interval:
        offer = replace(offer, price=Price(price.interval, item.amount or 0, item.currency), saving=0)
        return Column(offer, _("Plan and invoices"), reverse("billing"), _("Your plan"))
    yearly = price.interval == Interval.YEAR
    label = _("Pay by the year") if yearly else _("Pay by the month")
    return Column(offer, label, url, _("Your plan"), posts=True)

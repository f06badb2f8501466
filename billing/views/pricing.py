"""The pricing page: what is on sale, by the month or by the year, and which of it is yours."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import gates, organizations
from accounts.tiers import Access, Tier
from billing import offers
from billing.catalogue import Interval
from billing.models import StripeSubscription
from billing.offers import Offer
from billing.views.pages import billing_page

RECOMMENDED = Tier.PREMIUM


@dataclass(frozen=True, slots=True)
class Column:
    """An offer as this visitor sees it. Without `url` the label is a remark, not a button."""

    offer: Offer
    label: str
    url: str = ""
    ribbon: str = ""

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
    access = gates.access_of(request)
    context = {
        "interval": interval,
        "discount": offers.discount(),
        "subscription": subscription,
        "columns": [column(offer, access, subscription) for offer in offers.all_at(interval)],
    }
    return render(request, "billing/pricing.html", context)


def column(offer: Offer, access: Access, subscription: StripeSubscription | None) -> Column:
    """What the visitor may do about an offer."""
    if offer.plan is None or offer.price is None:
        return _free(offer, access)
    if subscription is not None:
        return _beside(offer, subscription)
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


def _beside(offer: Offer, subscription: StripeSubscription) -> Column:
    """For somebody who pays already: theirs, or another one, for which there is no second subscription."""
    item = subscription.plan_item
    if item is None or item.plan is not offer.plan:
        return Column(offer, "")
    if offer.price and item.interval != offer.price.interval:
        remark = _("You pay by the %(interval)s.") % {"interval": Interval(item.interval).label}
        return Column(offer, remark, ribbon=_("Your plan"))
    return Column(offer, _("Plan and invoices"), reverse("billing"), _("Your plan"))

"""The billing page: the plan, what comes next, the card, the invoices."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import gates
from accounts.models import Organization
from billing import offers, overdue, schedules, upcoming
from billing.buyers import may_buy
from billing.models import InstanceType, StripeCustomer, StripePaymentMethod, StripeSubscription
from billing.views.pages import billing_page, organization_of

INVOICES = 24


@require_safe
@login_required
@billing_page
def billing(request: HttpRequest) -> HttpResponse:
    """From our rows only; Stripe is not asked."""
    organization = organization_of(request)
    subscription = organization.subscriptions.shown()
    buyer = may_buy(request)
    failed = overdue.of(organization) if organization.stripe_customer_id else None
    item = subscription.plan_item if subscription else None
    customer = organization.customers.filter(stripe_id=organization.stripe_customer_id).first()
    context = {
        "subscription": subscription,
        "price": subscription.recurring if subscription else 0,
        "per": offers.per(item.interval) if item else "",
        "scheduled": schedules.of(subscription) if subscription else None,
        "machines": _machines(subscription),
        "sells_machines": bool(item and item.plan and item.plan.sells_machines),
        "credit": -min(0, customer.balance) if customer else 0,
        "next": upcoming.of(subscription, failed.invoice if failed else None),
        "overdue": failed,
        "may_buy": buyer,
        "card": _card(organization, subscription, customer),
        "invoices": list(organization.invoices.shown()[:INVOICES]) if buyer else [],
        "gifts": organization.grants.in_force().with_machines(),
        "holds": offers.lines(gates.access_of(request)),
    }
    return render(request, "billing/billing.html", context)


def _machines(subscription: StripeSubscription | None) -> list[tuple[InstanceType, int]]:
    """How many of which there are. One query if there are any."""
    held = subscription.machines if subscription and not subscription.is_over else {}
    types = InstanceType.objects.filter(key__in=held) if held else []
    return [(one, held[one.key]) for one in types]


def _card(
    organization: Organization, subscription: StripeSubscription | None, customer: StripeCustomer | None
) -> StripePaymentMethod | None:
    """What the next payment is taken from: the subscription's own way to pay, or the customer's default."""
    wanted = [row.default_payment_method_id for row in (subscription, customer) if row]
    cards = organization.payment_methods.filter(attached=True, stripe_id__in=wanted)
    return min(cards, key=lambda card: wanted.index(card.stripe_id), default=None)

"""What a purchase or a change would cost, before it is made: worked out by Stripe, and nothing of it stays.

    preview = previews.of_items(subscription, {"a10g": 2})
    subscriptions.set_items(subscription, {"a10g": 2}, proration_date=preview.proration_date)

The date goes with the change, so that the price that was seen is the price that is paid.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import Organization
from billing import changes, compositions, customers, errors, gateway, invoice_lines, purchases
from billing.catalogue import Plan
from billing.compositions import CURRENCY, Composition, Part
from billing.gateway.client import Answer
from billing.mirror.fields import moment
from billing.models import StripeSubscription

Status = StripeSubscription.Status


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the invoice; what is given back is negative."""

    text: str
    amount: int
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Preview:
    """Amounts in the smallest unit. `due_now` is charged at once; `credit` is given back, for the next invoices;
    `used` is paid with credit from before. `recurring` is what a period costs afterwards; taxes and discounts are
    Stripe's to work out. `at`: when it happens; None for at once.
    """

    wanted: Composition
    parts: Sequence[Part]
    currency: str
    lines: Sequence[Line] = ()
    due_now: int = 0
    credit: int = 0
    used: int = 0
    at: datetime | None = None
    proration_date: datetime | None = None
    trial_days: int = 0

    @property
    def recurring(self) -> int:
        return sum(part.total for part in self.parts)

    @property
    def interval(self) -> str:
        return self.wanted.interval


def of_change(subscription: StripeSubscription, plan: Plan, interval: str) -> Preview:
    """Of `subscriptions.change`; raises what that would. One call to Stripe, none for what happens later."""
    return _of(subscription, changes.to_plan(subscription, plan, interval))


def of_items(subscription: StripeSubscription, machines: Mapping[str, int]) -> Preview:
    """Of `subscriptions.set_items`; raises what that would. One call to Stripe."""
    return _of(subscription, changes.to_machines(subscription, machines))


def of_purchase(
    organization: Organization, plan: Plan, interval: str, machines: Mapping[str, int] | None = None
) -> Preview:
    """Of `subscriptions.start`, also for somebody who is no customer yet. One call to Stripe, none for a trial."""
    if not plan.is_sold_for(interval):
        raise errors.NotOffered(param="plan")
    if StripeSubscription.objects.of(organization) is not None:
        raise errors.AlreadySubscribed
    wanted = Composition(plan, interval, compositions.machines(machines or {}))
    parts = compositions.parts(organization, wanted)
    if trial := purchases.trial_days(organization, plan):
        return Preview(wanted, parts, CURRENCY, trial_days=trial)
    items = [change for part in parts if (change := part.change)]
    try:
        answer = _ask(organization, items)
    except errors.CustomerGone:  # as when it was deleted in the dashboard
        customers.forget(organization)
        answer = _ask(organization, items)
    return Preview(wanted, parts, CURRENCY, **_read(answer.data))


def _ask(organization: Organization, items: Sequence[dict[str, Any]]) -> Answer:
    customer = organization.stripe_customer_id or ""
    return gateway.previews.of_purchase(customer, items, currency=CURRENCY)


def _of(subscription: StripeSubscription, wanted: Composition) -> Preview:
    changes.refuse_unchangeable(subscription)
    if subscription.pending_until is not None:
        raise errors.ChangeAwaitsPayment
    parts = compositions.parts(subscription.organization, wanted, subscription)
    if changes.is_later(subscription, wanted):
        return Preview(wanted, parts, subscription.currency, at=subscription.period_end)
    items = compositions.changes(subscription, parts)
    if not items or subscription.status == Status.TRIALING:
        return Preview(wanted, parts, subscription.currency)
    date = _date(subscription)
    answer = gateway.previews.of_change(subscription.stripe_id, items, proration_date=int(date.timestamp()))
    return Preview(wanted, parts, subscription.currency, proration_date=date, **_read(answer.data))


def _date(subscription: StripeSubscription) -> datetime:
    """Now, by the second; and within the period also when Stripe's clock is ahead of ours."""
    begins = [item.period_start for item in subscription.items.all()]
    return max(timezone.now().replace(microsecond=0), *begins)


def _read(invoice: Mapping[str, Any]) -> dict[str, Any]:
    total, due, found = invoice["total"], invoice["amount_due"], invoice["lines"]["data"]
    lines = [
        Line(text, line["amount"], *(moment(line["period"][at]) for at in ("start", "end")))
        for text, line in zip(invoice_lines.words(found), found, strict=True)
    ]
    return {
        "lines": lines,
        "due_now": due,
        "credit": max(0, -total),
        "used": max(0, total) - due,
    }

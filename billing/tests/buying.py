"""What the tests of purchases share: cards that do something, and a look at both sides afterwards."""

from typing import Any

from accounts.models import Organization
from billing import catalogue, subscriptions
from billing.catalogue import Plan
from billing.changes import Change
from billing.models import StripeInvoice, StripeSubscription

DECLINED_AT_ONCE = "4000000000000002"
DECLINED_WHEN_CHARGED = "4000000000000341"
INSUFFICIENT_FUNDS = "4000000000009995"
ASKS_THE_BANK = "4000002500003155"
ALWAYS_ASKS = "4000002760003184"
# What machines cost a month.
A10G, T4 = 85000, 45000


def tier(organization: Organization) -> str:
    return Organization.objects.get(pk=organization.pk).tier


def at_stripe(stripe: Any, kind: str) -> list[dict[str, Any]]:
    with stripe.sandbox.work() as world:
        return list(world.scan(kind))


def statuses(stripe: Any, kind: str) -> list[str]:
    return [record["status"] for record in at_stripe(stripe, kind)]


def plan(key: str) -> Plan:
    found = catalogue.find(key)
    assert found
    return found


def have(subscription: StripeSubscription, **machines: int) -> Change:
    """Let it have these machines, as a fresh request would."""
    return subscriptions.set_items(StripeSubscription.objects.get(pk=subscription.pk), machines)


def paid() -> list[int]:
    """The totals of what was paid, in order."""
    return list(StripeInvoice.objects.filter(status="paid").order_by("pk").values_list("total", flat=True))

"""What the tests of purchases share: cards that do something, and a look at both sides afterwards."""

from typing import Any

from accounts.models import Organization

DECLINED_AT_ONCE = "4000000000000002"
DECLINED_WHEN_CHARGED = "4000000000000341"
INSUFFICIENT_FUNDS = "4000000000009995"
ASKS_THE_BANK = "4000002500003155"


def tier(organization: Organization) -> str:
    return Organization.objects.get(pk=organization.pk).tier


def at_stripe(stripe: Any, kind: str) -> list[dict[str, Any]]:
    with stripe.sandbox.work() as world:
        return list(world.scan(kind))

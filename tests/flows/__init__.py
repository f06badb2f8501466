"""Everything that people and schedules do with the product and that calls Stripe, one flow each."""

from tests.flows import organizations, portal, shop, subscriptions
from tests.flows.flow import Flow

FLOWS: dict[str, Flow] = subscriptions.FLOWS | organizations.FLOWS | shop.FLOWS | portal.FLOWS

__all__ = ["FLOWS", "Flow"]

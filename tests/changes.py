"""What people do with a subscription that they have, by the product's API; and what must be left of it at Stripe."""

from collections.abc import Callable
from typing import Any

from accounts.models import User
from billing.models import StripeCustomer
from tests.house import House
from tests.oracle import Oracle

Do = Callable[[House, User], Any]


def change(plan: str) -> Do:
    return lambda home, user: home.call(user, "PATCH", "/api/billing/subscription/", plan=plan)


def have(**machines: int) -> Do:
    return lambda home, user: home.call(user, "PUT", "/api/billing/items/", items=machines)


def pay_with(number: str) -> Do:
    """Another card pays from now on; nobody told us yet."""

    def give(home: House, user: User) -> None:
        v1 = home.stripe().v1
        customer = StripeCustomer.objects.get(organization__members=user).stripe_id
        card = v1.payment_methods.attach(home.card(number), {"customer": customer})["id"]
        [subscription] = v1.subscriptions.list({"customer": customer})["data"]
        v1.subscriptions.update(subscription["id"], {"default_payment_method": card})

    return give


def leaves(*products: tuple[str, int], changes: int = 1, scheduled: bool = False) -> Any:
    """The one subscription consists of these; so many changes were invoiced, and no invoice waits; one change is
    scheduled, or none.
    """

    def check(oracle: Oracle, user: User) -> None:
        organization = user.organizations.get().pk
        [subscription] = oracle.subscriptions_of(organization)
        items = [(one["price"]["product"], one["quantity"]) for one in subscription["items"]["data"]]
        assert sorted(items) == sorted((f"turnpike-{product}", number) for product, number in products)
        invoices = [one for one in oracle.belonging("invoice") if one["customer"] == subscription["customer"]]
        made = [one for one in invoices if one["billing_reason"] == "subscription_update"]
        assert [one["status"] for one in made if one["status"] != "void"] == ["paid"] * changes
        assert bool(subscription["schedule"]) is scheduled
        assert subscription["pending_update"] is None

    return check

"""What the tests of changes share: to change a subscription, to pay with another card, and a look at both sides."""

from typing import Any

from accounts.models import Organization
from billing import subscriptions
from billing.changes import Change
from billing.gateway import client
from billing.models import StripeSubscription
from billing.tests.buying import plan


def anew(subscription: StripeSubscription) -> StripeSubscription:
    return StripeSubscription.objects.get(pk=subscription.pk)


def change(subscription: StripeSubscription, key: str, interval: str = "month", **more: Any) -> Change:
    """As a fresh request would."""
    return subscriptions.change(anew(subscription), plan(key), interval, **more)


def has(subscription: StripeSubscription) -> list[tuple[str, str, int]]:
    """What our rows say, which must be what Stripe says."""
    rows = [(i.key, i.interval, i.quantity) for i in anew(subscription).items.order_by("stripe_id")]
    return sorted(rows)


def retrieve(subscription: StripeSubscription) -> Any:
    """The subscription as it is at Stripe."""
    return client.connected().v1.subscriptions.retrieve(subscription.stripe_id)


def new_default(organization: Organization, card: str) -> None:
    """Another card pays from now on: that of the subscription too."""
    v1 = client.connected().v1
    customer = organization.stripe_customer_id or ""
    method = v1.payment_methods.attach(card, {"customer": customer})["id"]
    for one in v1.subscriptions.list({"customer": customer}).data:
        v1.subscriptions.update(one.id, {"default_payment_method": method})

"""One object of any kind that we mirror, as it is at Stripe now."""

from collections.abc import Callable, Mapping
from typing import Any

import stripe
from django.conf import settings

from billing import errors
from billing.gateway.client import Answer, call, connected

Retrieve = Callable[[stripe.StripeClient, str], Any]

# By the name in the object's `object` field.
RETRIEVE: Mapping[str, Retrieve] = {
    "billing_portal.configuration": lambda client, id_: client.v1.billing_portal.configurations.retrieve(id_),
    "charge": lambda client, id_: client.v1.charges.retrieve(id_),
    "checkout.session": lambda client, id_: client.v1.checkout.sessions.retrieve(id_),
    "customer": lambda client, id_: client.v1.customers.retrieve(id_),
    "dispute": lambda client, id_: client.v1.disputes.retrieve(id_),
    "invoice": lambda client, id_: client.v1.invoices.retrieve(id_),
    "payment_intent": lambda client, id_: client.v1.payment_intents.retrieve(id_),
    "payment_method": lambda client, id_: client.v1.payment_methods.retrieve(id_),
    "price": lambda client, id_: client.v1.prices.retrieve(id_),
    "product": lambda client, id_: client.v1.products.retrieve(id_),
    "refund": lambda client, id_: client.v1.refunds.retrieve(id_),
    "subscription": lambda client, id_: client.v1.subscriptions.retrieve(id_),
    "subscription_schedule": lambda client, id_: client.v1.subscription_schedules.retrieve(id_),
}


def fetch(kind: str, stripe_id: str) -> Answer | None:
    """The object; None if Stripe has none of that id, or our key is another account's. Deleted customers still come."""
    try:
        return call(lambda client: RETRIEVE[kind](client, stripe_id))
    except errors.NotFound:
        return None


def account_id() -> str:
    """The id of our account at Stripe; a stand-in when the key is a restricted one that may not ask."""
    try:
        return str(call(lambda client: client.v1.accounts.retrieve_current()).data["id"])
    except errors.Misconfigured:
        return f"acct_{settings.STRIPE_NAMESPACE}"


def for_the_sdk(data: Mapping[str, Any]) -> stripe.StripeObject:
    """A plain object as the SDK would have returned it, for dj-stripe."""
    return connected().deserialize(dict(data), api_mode="V1")

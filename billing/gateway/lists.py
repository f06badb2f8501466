"""Lists of what Stripe has of a kind, a page at a time, newest first. https://docs.stripe.com/api/pagination"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import stripe

from billing import errors
from billing.gateway.client import Answer, call

PAGE = 100
List = Callable[[stripe.StripeClient, Any], Any]

# By the name in the objects' `object` field. Each takes `created`, those that belong to a customer also `customer`.
LIST: Mapping[str, List] = {
    "charge": lambda client, params: client.v1.charges.list(params),
    "checkout.session": lambda client, params: client.v1.checkout.sessions.list(params),
    "customer": lambda client, params: client.v1.customers.list(params),
    "dispute": lambda client, params: client.v1.disputes.list(params),
    "entitlements.feature": lambda client, params: client.v1.entitlements.features.list(params),
    "event": lambda client, params: client.v1.events.list(params),
    "invoice": lambda client, params: client.v1.invoices.list(params),
    "payment_intent": lambda client, params: client.v1.payment_intents.list(params),
    "price": lambda client, params: client.v1.prices.list(params),
    "product": lambda client, params: client.v1.products.list(params),
    "refund": lambda client, params: client.v1.refunds.list(params),
    # Without `status` the canceled ones are left out.
    "subscription": lambda client, params: client.v1.subscriptions.list(params | {"status": "all"}),
    "subscription_schedule": lambda client, params: client.v1.subscription_schedules.list(params),
    "webhook_endpoint": lambda client, params: client.v1.webhook_endpoints.list(params),
}


@dataclass(frozen=True, slots=True)
class Page:
    """Some objects, and the cursor behind them: give it to the next call. `last`: there are no more."""

    objects: list[dict[str, Any]]
    cursor: str
    last: bool


def pages(kind: str, *, after: str = "", since: int | None = None, **filters: str | bool) -> Iterator[Page]:
    """All of a kind behind the cursor `after`, made at or after `since` (epoch seconds); one call a page.

    A cursor that was deleted at Stripe meanwhile is none: then all come.
    """
    wanted: dict[str, Any] = {"limit": PAGE, **filters} | ({"created": {"gte": since}} if since else {})

    def ask(params: dict[str, Any]) -> Answer:
        return call(lambda client: LIST[kind](client, params))

    try:
        yield from _pages(ask, wanted, after)
    except errors.CursorGone:
        yield from _pages(ask, wanted, "")


def payment_methods(customer: str) -> Iterator[Page]:
    """A customer's attached ways to pay. Raises `NotFound` when the customer was deleted."""
    return _pages(
        lambda params: call(lambda client: client.v1.customers.payment_methods.list(customer, params)),
        {"limit": PAGE},
        "",
    )


def _pages(ask: Callable[[Any], Answer], wanted: dict[str, Any], after: str) -> Iterator[Page]:
    while True:
        data = ask(wanted | ({"starting_after": after} if after else {})).data
        after = data["data"][-1]["id"] if data["data"] else after
        yield Page(data["data"], after, last=not data["has_more"])
        if not data["has_more"]:
            return

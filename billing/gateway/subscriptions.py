"""Subscriptions at Stripe. https://docs.stripe.com/api/subscriptions"""

from collections.abc import Sequence
from typing import Any

from billing.gateway import namespace
from billing.gateway.client import Answer, call

# What the browser needs to finish a first payment; there is no payment intent on an invoice any more.
SECRETS = ["latest_invoice.confirmation_secret", "pending_setup_intent"]


def create(
    *,
    customer: str,
    price: str,
    quantity: int,
    plan: str,
    trial_days: int,
    payment_method: str,
    key: str,
    machines: Sequence[dict[str, Any]] = (),
) -> Answer:
    """Begin a subscription. With a payment method it is charged at once; without, the browser confirms later.

    `machines`: what is bought beside the plan, `{"price", "quantity"}` each.

    A decline is no error: the answer is then `incomplete`, with its invoice open. `key` is also stamped into the
    metadata, so that what was made can be found when the answer is lost.
    """
    params: Any = {
        "customer": customer,
        "items": [{"price": price, "quantity": quantity}, *machines],
        "payment_behavior": "allow_incomplete" if payment_method else "default_incomplete",
        "payment_settings": {"save_default_payment_method": "on_subscription"},
        "billing_mode": {"type": "flexible"},
        "metadata": namespace.stamp(attempt=key, plan=plan),
        "expand": SECRETS,
        **trial(trial_days),
        **({"default_payment_method": payment_method} if payment_method else {}),
    }
    return call(lambda stripe: stripe.v1.subscriptions.create(params, {"idempotency_key": key}))


def trial(days: int) -> dict[str, Any]:
    """What is said of a subscription that begins with free days, and ends with them if no card was given."""
    if not days:
        return {}
    ends = {"end_behavior": {"missing_payment_method": "cancel"}}
    return {"trial_period_days": days, "trial_settings": ends}


def fetch_with_secrets(subscription: str) -> Answer:
    """The subscription with what the browser needs to confirm its payment."""
    return call(lambda stripe: stripe.v1.subscriptions.retrieve(subscription, {"expand": SECRETS}))


def list_all(customer: str) -> Answer:
    """The customer's subscriptions of every status, newest first; a hundred are more than anybody has."""
    return call(
        lambda stripe: stripe.v1.subscriptions.list({"customer": customer, "status": "all", "limit": 100})
    )


def end_with_period(subscription: str, *, key: str) -> Answer:
    return call(
        lambda stripe: stripe.v1.subscriptions.update(
            subscription, {"cancel_at_period_end": True}, {"idempotency_key": key}
        )
    )


def renew(subscription: str, *, by_date: bool, key: str) -> Answer:
    """Take back a scheduled end, set with the period or `by_date`, as the customer portal does."""
    change: Any = {"cancel_at": ""} if by_date else {"cancel_at_period_end": False}
    return call(lambda stripe: stripe.v1.subscriptions.update(subscription, change, {"idempotency_key": key}))


def end_now(subscription: str, *, key: str) -> Answer:
    return call(lambda stripe: stripe.v1.subscriptions.cancel(subscription, {}, {"idempotency_key": key}))


def change(
    subscription: str, items: Sequence[dict[str, Any]], *, proration_date: int | None, key: str
) -> Answer:
    """Change items, all at once, and invoice and charge the difference now; or not at all.

    With `pending_if_incomplete` a change that is not paid does not happen: it waits in `pending_update` while the bank
    asks the customer, and goes away when its invoice is voided, or by itself within 23 hours. Nothing but items may be
    changed so. https://docs.stripe.com/billing/subscriptions/pending-updates
    """
    params: dict[str, Any] = {
        "items": list(items),
        "payment_behavior": "pending_if_incomplete",
        "proration_behavior": "always_invoice",
        "expand": SECRETS,
    }
    if proration_date is not None:
        params["proration_date"] = proration_date
    return call(
        lambda stripe: stripe.v1.subscriptions.update(subscription, params, {"idempotency_key": key})  # type: ignore[arg-type]
    )


def set_quantity(subscription: str, item: str, quantity: int, *, key: str) -> Answer:
    """Another quantity of one item from now on; what that costs or saves of this period is on the next invoice."""
    change: Any = {"items": [{"id": item, "quantity": quantity}]}
    return call(lambda stripe: stripe.v1.subscriptions.update(subscription, change, {"idempotency_key": key}))


def use_payment_method(subscription: str, payment_method: str, *, key: str) -> Answer:
    """Let the subscription be paid with this from now on."""
    return call(
        lambda stripe: stripe.v1.subscriptions.update(
            subscription, {"default_payment_method": payment_method}, {"idempotency_key": key}
        )
    )


def set_price(subscription: str, item: str, price: str, quantity: int, *, key: str) -> Answer:
    """Another price of one item from the next invoice on; nothing is charged or given back for this period."""
    change: Any = {
        "items": [{"id": item, "price": price, "quantity": quantity}],
        "proration_behavior": "none",
    }
    return call(lambda stripe: stripe.v1.subscriptions.update(subscription, change, {"idempotency_key": key}))


def set_tax_rates(subscription: str, item: str, tax_rates: Sequence[str], *, key: str) -> Answer:
    """What is charged on top of one item from the next invoice on; nothing changes for this period."""
    change: Any = {"items": [{"id": item, "tax_rates": list(tax_rates) or ""}], "proration_behavior": "none"}
    return call(lambda stripe: stripe.v1.subscriptions.update(subscription, change, {"idempotency_key": key}))

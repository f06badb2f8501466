"""The wall around Stripe: the only importer of its SDK. In go plain values, out come plain dicts and our own errors.

    answer = gateway.subscriptions.create(customer, items, key=attempt.key)
    answer.data["id"], answer.as_of

Every writing call takes an idempotency key that the caller stored, or can work out again, before calling. None may
be made inside a database transaction. What is made bears our namespace in its metadata.

Changes of Stripe's API, and whether they touch us:
    2024-09-30.acacia   `latest_invoice.payment_intent` goes for invoices with several payments: we use
                        `latest_invoice.confirmation_secret`, and `invoice.payments` for the reason of a decline
    2025-03-31.basil    periods move from the subscription to its items: mirrored per item. `invoice.subscription`
                        becomes `invoice.parent.subscription_details.subscription`. `charge.invoice` goes
    2025-06-30.basil    flexible billing mode becomes the default: the customer portal then sets `cancel_at` only, so
                        we look at both `cancel_at` and `cancel_at_period_end`
    2026-08-26.dahlia   pinned. Checkout's `ui_mode` has new names (`hosted_page`)
    2026-10-28.endive   not yet: dj-stripe 2.11 wants the SDK below 16. It removes `payment_method_types` from
                        subscriptions' payment settings; we never send it
"""

from billing.gateway import (
    catalogue,
    checkout,
    client,
    customers,
    deadline,
    endpoints,
    entitlements,
    intents,
    lists,
    namespace,
    objects,
    pace,
    payments,
    portal,
    previews,
    refunds,
    schedules,
    subscriptions,
    taxes,
)

__all__ = [
    "catalogue",
    "checkout",
    "client",
    "customers",
    "deadline",
    "endpoints",
    "entitlements",
    "intents",
    "lists",
    "namespace",
    "objects",
    "pace",
    "payments",
    "portal",
    "previews",
    "refunds",
    "schedules",
    "subscriptions",
    "taxes",
]

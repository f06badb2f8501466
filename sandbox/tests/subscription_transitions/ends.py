"""How they end, at once or at the period's end, and how that is taken back."""

from __future__ import annotations

from sandbox.tests.subscription_transitions.vocabulary import CANCEL, DELETED, DOCS, PAID, UPDATED
from sandbox.tests.transitions import Transition

ENDS = (
    Transition(
        ("create with visa",),
        "active",
        "cancel",
        "canceled",
        (DELETED,),
        CANCEL,
        {"cancel_at_period_end": False},
    ),
    Transition(
        ("create with visa",),
        "active",
        "change cancel_at_period_end true",
        "active",
        (UPDATED,),
        CANCEL,
        {"cancel_at_period_end": True, "ends_in_days": 31, "cancellation_reason": "cancellation_requested"},
    ),
    Transition(
        ("create with visa",),
        "active",
        "change cancel_at min_period_end",
        "active",
        (UPDATED,),
        f"{DOCS}/billing/subscriptions/billing-mode/compare",
        {"cancel_at_period_end": False, "ends_in_days": 31},
    ),
    Transition(
        ("create with visa", "change cancel_at_period_end true"),
        "active",
        "change cancel_at_period_end false",
        "active",
        (UPDATED,),
        f"{CANCEL}#reactivating-canceled-subscriptions",
        {"cancel_at": None, "canceled_at": None, "cancellation_reason": None},
    ),
    Transition(
        ("create with visa", "change cancel_at_period_end true"),
        "active",
        "31",
        "canceled",
        (DELETED,),
        CANCEL,
        {"paid": [2000], "ends_in_days": 0},
    ),
    Transition(
        ("create with visa", "cancel"), "canceled", "cancel", "canceled", (), CANCEL, error="resource_missing"
    ),
    Transition(
        ("create with visa", "15.5"),
        "active",
        "cancel prorated",
        "canceled",
        (
            "invoiceitem.created",
            "invoice.created",
            "customer.updated",
            "invoice.finalized",
            *PAID[:-1],
            UPDATED,
            DELETED,
        ),
        f"{DOCS}/api/subscriptions/cancel",
        {"paid": [2000, -1000], "balance": -1000},
    ),
    Transition(
        ("create with visa",),
        "active",
        "delete customer",
        "canceled",
        (DELETED, "payment_method.detached", "customer.deleted"),
        CANCEL,
    ),
)

"""Refunds, whole and in parts."""

from __future__ import annotations

from sandbox.tests.payment_transitions.vocabulary import DOCS, REFUNDS, TESTING
from sandbox.tests.transitions import Transition

REFUND = ("refund.created", "charge.refunded")

# The object is the refund; `charge_...` are fields of its charge.
REFUNDED = (
    Transition(
        ("pay with visa",),
        "",
        "refund",
        "succeeded",
        REFUND,
        REFUNDS,
        {"amount": 2000, "charge_refunded": True},
    ),
    Transition(
        ("pay with visa",),
        "",
        "refund 500",
        "succeeded",
        REFUND,
        REFUNDS,
        {"amount": 500, "charge_amount_refunded": 500, "charge_refunded": False},
    ),
    Transition(
        ("pay with visa", "refund 500"),
        "succeeded",
        "refund",
        "succeeded",
        REFUND,
        REFUNDS,
        {"amount": 1500, "charge_amount_refunded": 2000, "charge_refunded": True},
    ),
    Transition(
        ("pay with visa", "refund 500"),
        "succeeded",
        "refund 1501",
        "succeeded",
        (),
        f"{DOCS}/api/refunds/create",
        {"charge_amount_refunded": 500},
        error="",
    ),
    Transition(
        ("pay with visa", "refund"),
        "succeeded",
        "refund",
        "succeeded",
        (),
        f"{DOCS}/error-codes#charge-already-refunded",
        error="charge_already_refunded",
    ),
    Transition(
        ("pay with pendingRefund",),
        "",
        "refund",
        "pending",
        REFUND,
        f"{TESTING}#refunds",
        {"charge_refunded": True},
    ),
    Transition(
        ("pay with pendingRefund", "refund"),
        "pending",
        "1 day passes",
        "succeeded",
        ("refund.updated", "charge.refund.updated"),
        f"{TESTING}#refunds",
    ),
    Transition(
        ("pay with refundFail", "refund"),
        "succeeded",
        "1 day passes",
        "failed",
        ("refund.failed", "charge.updated", "refund.updated", "charge.refund.updated"),
        f"{REFUNDS}#failed-refunds",
        {"failure_reason": "expired_or_canceled_card", "charge_amount_refunded": 0, "charge_refunded": False},
    ),
    Transition(
        ("pay with createDispute",),
        "",
        "refund",
        "",
        (),
        f"{DOCS}/error-codes#charge-disputed",
        error="charge_disputed",
    ),
)

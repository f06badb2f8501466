"""Disputes and what is answered to them."""

from __future__ import annotations

from sandbox.tests.payment_transitions.vocabulary import DISPUTES, DOCS, EVIDENCE, PAID
from sandbox.tests.transitions import Transition

WITHDRAWN = (
    "payment_intent.created",
    *PAID,
    "charge.dispute.created",
    "charge.dispute.funds_withdrawn",
    "charge.updated",
)

# The object is the dispute; `balance` is what it has moved in all, fees included.
DISPUTED = (
    Transition(
        (),
        "",
        "pay with createDispute",
        "needs_response",
        WITHDRAWN,
        DISPUTES,
        {"amount": 2000, "balance": -3500},
    ),
    Transition(
        (),
        "",
        "pay with createDisputeInquiry",
        "warning_needs_response",
        ("payment_intent.created", *PAID, "charge.dispute.created", "charge.updated"),
        f"{DOCS}/disputes/how-disputes-work#inquiries",
        {"balance": 0},
    ),
    Transition(
        ("pay with createDispute",),
        "needs_response",
        "close",
        "lost",
        ("charge.dispute.closed",),
        f"{DOCS}/api/disputes/close",
        {"balance": -3500},
    ),
    Transition(
        ("pay with createDispute",),
        "needs_response",
        "answer with losing_evidence",
        "lost",
        ("charge.dispute.updated", "charge.dispute.closed"),
        EVIDENCE,
        {"balance": -3500},
    ),
    Transition(
        ("pay with createDispute",),
        "needs_response",
        "answer with winning_evidence",
        "won",
        ("charge.dispute.updated", "charge.dispute.funds_reinstated", "charge.dispute.closed"),
        EVIDENCE,
        {"balance": -1500},
    ),
    Transition(
        ("pay with createDispute",),
        "needs_response",
        "answer with something else",
        "under_review",
        ("charge.dispute.updated",),
        DISPUTES,
    ),
    Transition(
        ("pay with createDispute",),
        "needs_response",
        "9 days pass",
        "lost",
        ("charge.dispute.closed",),
        DISPUTES,
    ),
    Transition(
        ("pay with createDisputeInquiry",),
        "warning_needs_response",
        "close",
        "warning_closed",
        ("charge.dispute.closed",),
        DISPUTES,
        {"balance": 0},
    ),
)

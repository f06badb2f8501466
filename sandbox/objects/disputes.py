"""Disputes: a buyer goes to his bank. The test cards for it make one as soon as they have paid.

https://docs.stripe.com/api/disputes, https://docs.stripe.com/disputes/how-disputes-work
"""

from __future__ import annotations

from typing import Any

from sandbox import errors, skeletons
from sandbox.clock import due
from sandbox.lists import page
from sandbox.objects import balance_transactions, cards
from sandbox.parameters import assign
from sandbox.routing import Call, operation
from sandbox.store import Record
from sandbox.world import World

DAY = 86_400
ANSWER_WITHIN = 9 * DAY
CLOSED = ("lost", "won", "warning_closed", "prevented")
# What `evidence[uncategorized_text]` does in test mode. https://docs.stripe.com/testing#evidence
ENDINGS = {
    "winning_evidence": "won",
    "losing_evidence": "lost",
    "escalate_inquiry_evidence": "needs_response",
}
TYPES = {"fraudulent": "10.4", "product_not_received": "13.1"}


def open_if_provoked(world: World, charge: Record) -> None:
    """Dispute a charge on a test card that is made for it."""
    if charge["_type"] != "card":
        return
    card = cards.BY_NUMBER[charge["_number"]]
    if card.dispute:
        _open(world, charge, card.dispute, inquiry=card.inquiry)


def _open(world: World, charge: Record, reason: str, *, inquiry: bool) -> Record:
    dispute = world.new(
        "dispute",
        amount=charge["amount_captured"],
        charge=charge["id"],
        currency=charge["currency"],
        evidence_details=skeletons.build(
            "dispute_evidence_details", due_by=world.now + ANSWER_WITHIN, enhanced_eligibility={}
        ),
        is_charge_refundable=inquiry,
        payment_intent=charge["payment_intent"],
        payment_method_details=_method_details(charge, reason, inquiry),
        reason=reason,
        status="warning_needs_response" if inquiry else "needs_response",
    )
    charge["disputed"] = True
    world.emit("charge.dispute.created", dispute)
    world.schedule(dispute["evidence_details"]["due_by"], "dispute.lapse", dispute["id"])
    if not inquiry:
        _withdraw(world, dispute, charge)
    world.emit("charge.updated", charge)
    return dispute


def _method_details(charge: Record, reason: str, inquiry: bool) -> Record:
    card = skeletons.build(
        "dispute_payment_method_details_card",
        brand=cards.BY_NUMBER[charge["_number"]].brand,
        case_type="inquiry" if inquiry else "chargeback",
        network_reason_code=TYPES[reason],
    )
    return skeletons.build("dispute_payment_method_details", card=card, type="card")


def _withdraw(world: World, dispute: Record, charge: Record) -> None:
    """The bank takes the money, and Stripe its fee."""
    transaction = balance_transactions.record(
        world,
        "dispute",
        dispute,
        -dispute["amount"],
        fee=balance_transactions.DISPUTE_FEE,
        available_on=world.now,
        description=f"Chargeback withdrawal for {charge['id']}",
    )
    dispute["balance_transactions"].append(world.render(transaction))
    world.emit("charge.dispute.funds_withdrawn", dispute)


def _reinstate(world: World, dispute: Record) -> None:
    transaction = balance_transactions.record(
        world,
        "dispute_reversal",
        dispute,
        dispute["amount"],
        available_on=world.now,
        description=f"Chargeback reversal for {dispute['charge']}",
    )
    dispute["balance_transactions"].append(world.render(transaction))
    world.emit("charge.dispute.funds_reinstated", dispute)


def _end(world: World, dispute: Record, status: str) -> None:
    """Won or lost for good; an inquiry ends without money. The fee stays paid either way."""
    inquiry = dispute["status"].startswith("warning")
    dispute["status"] = "warning_closed" if inquiry else status
    world.unschedule("dispute.lapse", dispute["id"])
    if dispute["status"] == "won":
        _reinstate(world, dispute)
    world.emit("charge.dispute.closed", dispute)


@due("dispute.lapse")
def lapse(world: World, dispute_id: str) -> None:
    """Nobody answered in time."""
    dispute = world.find(dispute_id)
    if dispute is not None and dispute["status"] not in CLOSED:
        dispute["evidence_details"]["past_due"] = True
        _end(world, dispute, "lost")


@operation("GET", "/v1/disputes")
def list_all(world: World, call: Call) -> dict[str, Any]:
    return page(world, call, "dispute")


@operation("GET", "/v1/disputes/{dispute}")
def retrieve(world: World, call: Call) -> Record:
    return world.get("dispute", call.id)


@operation("POST", "/v1/disputes/{dispute}")
def update(world: World, call: Call) -> Record:
    """Evidence is staged, or with `submit` (the default) sent: the test texts decide the case at once."""
    dispute, params = world.get("dispute", call.id), call.params
    _follow(world, dispute)
    _refuse_closed(dispute)
    assign(dispute, params, "metadata")
    evidence = params.get("evidence") or {}
    if "enhanced_evidence" in evidence:
        raise errors.not_played("`evidence[enhanced_evidence]` on a dispute")
    dispute["evidence"] |= evidence
    details = dispute["evidence_details"]
    details["has_evidence"] = details["has_evidence"] or bool(evidence)
    ending = None
    if evidence and params.get("submit", True):
        details["submission_count"] += 1
        inquiry = dispute["status"].startswith("warning")
        dispute["status"] = "warning_under_review" if inquiry else "under_review"
        ending = ENDINGS.get(evidence.get("uncategorized_text") or "")
    world.emit("charge.dispute.updated", dispute)
    if ending == "needs_response":
        raise errors.not_played("escalating an inquiry")
    if ending:
        _end(world, dispute, ending)
    return dispute


@operation("POST", "/v1/disputes/{dispute}/close")
def close(world: World, call: Call) -> Record:
    """Give in: the dispute is lost."""
    dispute = world.get("dispute", call.id)
    _follow(world, dispute)
    _refuse_closed(dispute)
    _end(world, dispute, "lost")
    return dispute


def _follow(world: World, dispute: Record) -> None:
    charge = world.peek(dispute["charge"]) or {}
    world.follow(world.peek(charge.get("customer")) or {})


def _refuse_closed(dispute: Record) -> None:
    if dispute["status"] in CLOSED:
        raise errors.invalid("This dispute is already closed.")

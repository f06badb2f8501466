"""Balance transactions: every movement of money on the account, with its fee. https://docs.stripe.com/api/balance_transactions

Charges settle in the currency they are made in, at one fee: 2.9% and 30 of the smallest unit.
"""

from __future__ import annotations

from typing import Any

from sandbox.lists import page
from sandbox.rendering import field
from sandbox.routing import Call, operation
from sandbox.store import Record
from sandbox.world import World

DAY = 86_400
DAYS_PENDING = 2
RATE_PER_MILLE, FIXED = 29, 30
DISPUTE_FEE = 1500

# What each kind of movement is called: (type, reporting_category).
CATEGORIES = {
    "charge": ("charge", "charge"),
    "refund": ("refund", "refund"),
    "refund_failure": ("refund_failure", "refund_failure"),
    "dispute": ("adjustment", "dispute"),
    "dispute_reversal": ("adjustment", "dispute_reversal"),
}


def charge_fee(amount: int) -> int:
    """Stripe's fee for a charge, rounded half up."""
    return (amount * RATE_PER_MILLE + 500) // 1000 + FIXED


def record(
    world: World,
    kind: str,
    source: Record,
    amount: int,
    *,
    fee: int = 0,
    available_on: int | None = None,
    description: str | None = None,
) -> Record:
    """Move `amount` (negative: away from us) for an object, and keep the fee. It counts in two days unless said."""
    type_, category = CATEGORIES[kind]
    details = {"amount": fee, "application": None, "currency": source["currency"], "type": "stripe_fee"}
    return world.new(
        "balance_transaction",
        amount=amount,
        available_on=available_on or world.now - world.now % DAY + DAYS_PENDING * DAY,
        balance_type="payments",
        currency=source["currency"],
        description=description,
        fee=fee,
        fee_details=[{**details, "description": "Stripe processing fees"}] if fee else [],
        net=amount - fee,
        reporting_category=category,
        source=source["id"],
        type=type_,
    )


@field("balance_transaction", "status")
def show_status(world: World, transaction: Record) -> str:
    return "available" if transaction["available_on"] <= world.now else "pending"


@operation("GET", "/v1/balance_transactions")
def list_all(world: World, call: Call) -> dict[str, Any]:
    return page(world, call, "balance_transaction")


@operation("GET", "/v1/balance_transactions/{id}")
def retrieve(world: World, call: Call) -> Record:
    return world.get("balance_transaction", call.id)

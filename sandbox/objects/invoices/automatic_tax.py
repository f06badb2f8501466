"""Stripe Tax on invoices. It wants to know where the customer is; the sandbox's account is registered nowhere, so that
there is never any tax to collect.

https://docs.stripe.com/tax/customer-locations
"""

from __future__ import annotations

from sandbox import skeletons
from sandbox.errors import StripeError
from sandbox.store import Record
from sandbox.world import World

UNKNOWN_PLACE = (
    "The customer's location isn't recognized. Set a valid customer address in order to automatically calculate "
    "tax."
)


def refusal(keep: bool = False) -> StripeError:
    return StripeError(UNKNOWN_PLACE, code="customer_tax_location_invalid", keep=keep)


def describe(customer: Record, enabled: bool) -> Record:
    """`automatic_tax` of an invoice: worked out, or waiting for an address."""
    if not enabled:
        return skeletons.build("automatic_tax", enabled=False)
    return skeletons.build(
        "automatic_tax",
        enabled=True,
        liability={"type": "self"},
        provider="stripe",
        status="complete" if customer["address"] else "requires_location_inputs",
    )


def check(world: World, invoice: Record, customer: Record) -> None:
    """An invoice is not final before its tax is known. Of a subscription it was known when that was made."""
    if invoice["parent"] or not invoice["automatic_tax"]["enabled"]:
        return
    invoice["automatic_tax"] = describe(customer, True)
    if invoice["automatic_tax"]["status"] == "complete":
        invoice["last_finalization_error"] = None
        return
    error = refusal(keep=True)
    invoice["last_finalization_error"] = dict(error.error)
    world.emit("invoice.finalization_failed", invoice)
    raise error

"""What one sets for Billing in Stripe's dashboard: when a failed payment is tried again, what happens when none
succeeded, how early a renewal is announced. Kept with the account; changed by `POST /_sandbox/billing`.

https://docs.stripe.com/billing/revenue-recovery/smart-retries
"""

from __future__ import annotations

from typing import Any

from sandbox.store import Record
from sandbox.world import World

ENDS = ("cancel", "unpaid", "past_due")
DEFAULTS: dict[str, Any] = {
    "retry_after_days": [3, 5, 7, 6],  # after the attempt before: four more tries within three weeks
    "end": "cancel",
    "upcoming_days": 7,
}


def read(world: World) -> dict[str, Any]:
    account = next(world.scan("account"))
    return DEFAULTS | account.get("_billing", {})


def change(world: World, **settings: Any) -> Record:
    """Change some of the settings; ValueError for what Stripe does not offer. All of them as they are now."""
    changed = read(world) | settings
    if changed.keys() - DEFAULTS.keys():
        raise ValueError(f"unknown settings: {', '.join(sorted(changed.keys() - DEFAULTS.keys()))}")
    if changed["end"] not in ENDS:
        raise ValueError(f"end must be one of {', '.join(ENDS)}")
    days = [*changed["retry_after_days"], changed["upcoming_days"]]
    if not all(isinstance(day, int) and day > 0 for day in days):
        raise ValueError("days must be whole and positive")
    account = world.select("account")[0]
    account["_billing"] = changed
    return changed

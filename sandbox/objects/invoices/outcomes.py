"""What others do when an invoice comes to something: its subscription follows it.

    @outcomes.on("paid") def follow(world: World, invoice: Record) -> None: ...

Outcomes: "paid", "failed" (an attempt, `next_payment_attempt` says whether another follows), "voided",
"uncollectible", "finalized".
"""

from __future__ import annotations

from collections.abc import Callable

from sandbox.store import Record
from sandbox.world import World

Follower = Callable[[World, Record], None]

FOLLOWERS: dict[str, list[Follower]] = {}


def on(outcome: str) -> Callable[[Follower], Follower]:
    """Register what happens after an outcome, once the invoice's own events are out."""

    def register(follower: Follower) -> Follower:
        FOLLOWERS.setdefault(outcome, []).append(follower)
        return follower

    return register


def tell(world: World, outcome: str, invoice: Record) -> None:
    for follower in FOLLOWERS.get(outcome, ()):
        follower(world, invoice)

"""What time does to a subscription: it renews, its trial ends, its first payment was not made in time.

https://docs.stripe.com/billing/subscriptions/overview, https://docs.stripe.com/billing/testing/test-clocks
"""

from __future__ import annotations

from collections.abc import Callable

from sandbox.clock import due
from sandbox.objects import billing_settings
from sandbox.objects.invoices import closing, drafts, finalize, preview
from sandbox.objects.subscriptions import billing, cancel, items, periods, states, trials
from sandbox.store import Record
from sandbox.world import World

RUNNING = ("active", "trialing", "past_due", "unpaid")
Turn = Callable[[World, Record], None]
TURNS: list[Turn] = []


def at_boundary(turn: Turn) -> Turn:
    """Register what may change a subscription at the end of a period, before the next is billed: its schedule."""
    TURNS.append(turn)
    return turn


def plan(world: World, subscription: Record) -> None:
    """Plan the next renewal, at the first end of a period, and its announcement."""
    if subscription["status"] in (*states.ENDED, "paused"):
        return
    at = next_end(world, subscription)
    world.schedule(at, "subscription.renew", subscription["id"])
    announced = at - billing_settings.read(world)["upcoming_days"] * periods.DAY
    if announced > world.now:
        world.schedule(announced, "subscription.announce_renewal", subscription["id"])


def next_end(world: World, subscription: Record) -> int:
    ends: list[int] = [item["current_period_end"] for item in items.of(world, subscription)]
    return min(ends)


@due("subscription.renew")
def renew(world: World, subscription_id: str) -> None:
    """The end of a period: a trial ends, a scheduled cancellation happens, a phase begins, or the next is billed."""
    subscription = world.find(subscription_id)
    if subscription is None or subscription["status"] not in RUNNING:
        return
    if subscription["cancel_at"] is not None and subscription["cancel_at"] <= world.now:
        cancel.now(world, subscription)
        return
    if subscription["status"] == "trialing" and not trials.end(world, subscription):
        return
    for turn in TURNS:
        turn(world, subscription)
    if subscription["status"] in RUNNING:
        roll(world, subscription)


def roll(world: World, subscription: Record) -> None:
    """Begin the next period of every item whose period is over, and bill it."""
    over = [item for item in items.of(world, subscription) if item["current_period_end"] <= world.now]
    ended = (over[0]["current_period_start"], over[0]["current_period_end"])
    for item in over:
        item["current_period_start"] = item["current_period_end"]
        boundary = periods.end_after(
            subscription["billing_cycle_anchor"], items.recurring(world, item), item["current_period_start"]
        )
        item["current_period_end"] = min(boundary, subscription["cancel_at"] or boundary)
    at = None if _is_held(subscription) else world.now + drafts.GRACE
    invoice = billing.draft(world, subscription, over, "subscription_cycle", period=ended, finalize_at=at)
    _close_if_paused(world, subscription, invoice)
    states.tell(world, subscription)
    plan(world, subscription)


def _is_held(subscription: Record) -> bool:
    """Whether its invoices do not go out by themselves: collection is paused, or nothing has been paid for long."""
    return subscription["pause_collection"] is not None or subscription["status"] == "unpaid"


def _close_if_paused(world: World, subscription: Record, invoice: Record) -> None:
    """Paused collection voids or writes off what would be charged, or leaves it as a draft.

    https://docs.stripe.com/billing/subscriptions/pause-payment
    """
    ends = {"void": closing.void, "mark_uncollectible": closing.write_off}
    pause = subscription["pause_collection"]
    if pause and pause["behavior"] in ends:
        finalize.finalize(world, invoice)
        if invoice["status"] == "open":
            ends[pause["behavior"]](world, invoice)


@due("subscription.expire")
def expire(world: World, subscription_id: str) -> None:
    """The first invoice was not paid within 23 hours."""
    subscription = world.find(subscription_id)
    if subscription is not None and subscription["status"] == "incomplete":
        cancel.lapse(world, subscription)


@due("subscription.announce_renewal")
def announce(world: World, subscription_id: str) -> None:
    """`invoice.upcoming`: what the renewal will cost, as of today."""
    subscription = world.find(subscription_id)
    if subscription is None or subscription["status"] not in RUNNING:
        return
    upcoming = imagine_next(world, subscription)
    if upcoming is not None:
        world.emit("invoice.upcoming", upcoming)


def imagine_next(world: World, subscription: Record) -> Record | None:
    """The invoice of the next renewal, as things are; None if there will be none."""

    def work(scratch: World) -> Record | None:
        renew(scratch, subscription["id"])
        latest = scratch.get("subscription", subscription["id"])["latest_invoice"]
        return scratch.get("invoice", latest) if latest != subscription["latest_invoice"] else None

    return preview.imagine(world, work, next_end(world, subscription))

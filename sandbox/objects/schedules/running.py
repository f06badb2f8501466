"""A schedule in time: it begins, turns from phase to phase, and lets the subscription go or ends it.

https://docs.stripe.com/billing/subscriptions/subscription-schedules#managing
"""

from __future__ import annotations

from typing import Any

from sandbox.clock import due
from sandbox.objects.schedules import phases
from sandbox.objects.schedules.phases import Phase
from sandbox.objects.subscriptions import cancel, changes, create, items, parameters, renew, states, update
from sandbox.objects.subscriptions.periods import DAY
from sandbox.store import Record
from sandbox.world import World

OPEN = ("active", "not_started")
ANNOUNCED_BEFORE = 7 * DAY
VERBS = ("schedule.begin", "schedule.turn", "schedule.announce_end")


def set_phase(world: World, schedule: Record, phase: Phase) -> None:
    """The phase that runs now, and when it ends."""
    schedule["current_phase"] = {"start_date": phase["start_date"], "end_date": phase["end_date"]}
    world.schedule(phase["end_date"], "schedule.turn", schedule["id"])
    plan_announcement(world, schedule)


def plan_announcement(world: World, schedule: Record) -> None:
    """`subscription_schedule.expiring` a week before the last phase ends."""
    at = schedule["_phases"][-1]["end_date"] - ANNOUNCED_BEFORE
    world.unschedule("schedule.announce_end", schedule["id"])
    if at > world.now:
        world.schedule(at, "schedule.announce_end", schedule["id"])


def stop(world: World, schedule: Record, status: str, at: str | None = None) -> None:
    """It runs no more. `at`: the field that keeps when."""
    schedule |= {"status": status, "current_phase": None}
    if at:
        schedule[at] = world.now
    for verb in VERBS:
        world.unschedule(verb, schedule["id"])


def release(world: World, schedule: Record) -> None:
    """Let the subscription go on by itself."""
    subscription = world.find(schedule["subscription"])
    schedule |= {"released_subscription": schedule["subscription"], "subscription": None}
    stop(world, schedule, "released", "released_at")
    world.emit("subscription_schedule.released", schedule)
    if subscription is not None:
        subscription["schedule"] = None
        states.tell(world, subscription)


@due("schedule.begin")
def begin(world: World, schedule_id: str) -> None:
    """The first phase begins: the subscription is made."""
    schedule = world.find(schedule_id)
    if schedule is None or schedule["status"] != "not_started":
        return
    start(world, schedule)
    world.emit("subscription_schedule.updated", schedule)


def start(world: World, schedule: Record) -> Record:
    """Make the subscription of the first phase. Its first invoice is collected like any."""
    phase, settings = schedule["_phases"][0], schedule["default_settings"]
    asked: dict[str, Any] = {
        name: phase.get(name) or settings.get(name)
        for name in ("collection_method", "default_payment_method", "description")
        if phase.get(name) or settings.get(name)
    }
    asked |= {name: phase[name] for name in ("default_tax_rates", "discounts", "metadata") if phase[name]}
    asked |= {"billing_mode": {"type": schedule["billing_mode"]["type"]}, "customer": schedule["customer"]}
    subscription = create.begin(world, asked | {"items": phase["items"]})
    subscription["schedule"] = schedule["id"]
    schedule |= {"subscription": subscription["id"], "status": "active"}
    set_phase(world, schedule, phase)
    states.tell(world, subscription)
    return subscription


# -- from phase to phase -------------------------------------------------------------------------------------------


@due("schedule.turn")
def fall_due(world: World, schedule_id: str) -> None:
    """A phase ends. Where a period ends with it, that comes first and turns the schedule itself."""
    schedule = world.find(schedule_id)
    subscription = world.find(schedule["subscription"]) if schedule else None
    if schedule is None or subscription is None or schedule["status"] != "active":
        return
    if renew.next_end(world, subscription) > world.now and schedule["current_phase"]["end_date"] <= world.now:
        turn(world, schedule, subscription, boundary=False)


@renew.at_boundary
def turn_at_boundary(world: World, subscription: Record) -> None:
    """The subscription is about to renew: first it becomes what the next phase says."""
    schedule = world.find(subscription["schedule"])
    if (
        schedule is not None
        and schedule["status"] == "active"
        and schedule["current_phase"]["end_date"] <= world.now
    ):
        turn(world, schedule, subscription, boundary=True)


def turn(world: World, schedule: Record, subscription: Record, *, boundary: bool) -> None:
    following = [
        phase for phase in schedule["_phases"] if phase["start_date"] >= schedule["current_phase"]["end_date"]
    ]
    if not following:
        _finish(world, schedule, subscription)
        return
    set_phase(world, schedule, following[0])
    apply(world, subscription, following[0], boundary=boundary)
    world.emit("subscription_schedule.updated", schedule)


def apply(world: World, subscription: Record, phase: Phase, *, boundary: bool) -> None:
    """Make the subscription what a phase says; between periods nothing is prorated."""
    asked: dict[str, Any] = {"items": pair(world, subscription, phase["items"])}
    asked |= {name: phase[name] for name in phases.PLAIN if name in phase and name != "billing_cycle_anchor"}
    asked |= {name: phase[name] for name in ("default_tax_rates", "metadata") if phase[name]}
    if phase["discounts"]:
        asked["discounts"] = phase["discounts"]
    if boundary:
        parameters.assign_plain(world, subscription, asked)
        update.assign_discounts(world, subscription, asked)
        rhythm = _rhythm(world, subscription)
        changes.replace(world, subscription, asked["items"])
        if phase.get("billing_cycle_anchor") == "phase_start" or _rhythm(world, subscription) != rhythm:
            subscription["billing_cycle_anchor"] = world.now
        return
    if phase.get("billing_cycle_anchor") == "phase_start":
        asked["billing_cycle_anchor"] = "now"
    update.apply(world, subscription, asked | {"proration_behavior": phase["proration_behavior"]})


def _rhythm(world: World, subscription: Record) -> set[tuple[str, int]]:
    """The intervals of its items; others begin a new cycle."""
    rhythms = [items.recurring(world, item) for item in items.of(world, subscription)]
    return {(rhythm["interval"], rhythm["interval_count"]) for rhythm in rhythms}


def pair(world: World, subscription: Record, wanted: list[Record]) -> list[Record]:
    """The change of items that leads to those wanted: the same price stays, others are changed in place."""
    held = items.of(world, subscription)
    asked: list[Record] = []
    left = list(held)
    strange = []
    for item in wanted:
        same = next((h for h in left if h["_price"] == item["price"]), None)
        if same is None:
            strange.append(item)
        else:
            left.remove(same)
            asked.append(item | {"id": same["id"]})
    for item in strange:
        asked.append(item | ({"id": left.pop(0)["id"]} if left else {}))
    return asked + [{"id": item["id"], "deleted": True} for item in left]


def _finish(world: World, schedule: Record, subscription: Record) -> None:
    """The last phase is over."""
    if schedule["end_behavior"] == "release":
        release(world, schedule)
        return
    stop(world, schedule, "completed", "completed_at")
    cancel.now(world, subscription)
    world.emit("subscription_schedule.completed", schedule)


@due("schedule.announce_end")
def announce(world: World, schedule_id: str) -> None:
    schedule = world.find(schedule_id)
    if schedule is not None and schedule["status"] == "active":
        world.emit("subscription_schedule.expiring", schedule)


@states.on_end
def follow_end(world: World, subscription: Record) -> None:
    """A subscription that ends by itself ends its schedule: aborted if it was not paid for."""
    schedule = world.find(subscription["schedule"])
    if schedule is None or schedule["status"] not in OPEN:
        return
    stop(world, schedule, "canceled", "canceled_at")
    failed = subscription["cancellation_details"]["reason"] == "payment_failed"
    world.emit(f"subscription_schedule.{'aborted' if failed else 'canceled'}", schedule)

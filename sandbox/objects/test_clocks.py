"""Test clocks: customers in a time of their own. https://docs.stripe.com/billing/testing/test-clocks

An advance answers `advancing`; what falls due until then happens before the next call is answered, and the clock is
`ready`.
"""

from __future__ import annotations

from typing import Any

from sandbox import errors, skeletons
from sandbox.clock import VERBS, due
from sandbox.lists import page
from sandbox.objects.subscriptions import items, periods, states
from sandbox.routing import Call, operation
from sandbox.store import Record
from sandbox.world import World

KIND = "test_helpers.test_clock"
LIFE = 30 * 24 * 3600
DETAILS = "billing_clocks_resource_status_details_status_details"
ON_CLOCK = ("customer", "invoice", "invoiceitem", "subscription", "subscription_schedule")


@operation("POST", "/v1/test_helpers/test_clocks")
def create(world: World, call: Call) -> Record:
    if call.params.get("customer"):
        raise errors.not_played("putting an existing customer on a test clock")
    clock = world.new(
        KIND,
        name=call.params.get("name"),
        frozen_time=call.params["frozen_time"],
        deletes_after=world.now + LIFE,
        status="ready",
        status_details=skeletons.build(DETAILS),
    )
    world.schedule(clock["deletes_after"], "test_clock.lapse", clock["id"])
    world.emit("test_helpers.test_clock.created", clock)
    return clock


@operation("GET", "/v1/test_helpers/test_clocks")
def list_all(world: World, call: Call) -> dict[str, Any]:
    return page(world, call, KIND)


@operation("GET", "/v1/test_helpers/test_clocks/{test_clock}")
def retrieve(world: World, call: Call) -> Record:
    return world.get(KIND, call.id)


@operation("POST", "/v1/test_helpers/test_clocks/{test_clock}/advance")
def advance(world: World, call: Call) -> Record:
    clock, target = world.get(KIND, call.id), call.params["frozen_time"]
    if clock["status"] != "ready":
        raise errors.invalid(f"The test clock is {clock['status']}: wait until it is ready.", "frozen_time")
    if target <= clock["frozen_time"]:
        raise errors.invalid(
            "The test clock can only be advanced to a time after its present frozen time.", "frozen_time"
        )
    if target > _furthest(world, clock):
        raise errors.invalid(
            "The test clock can be advanced by at most two intervals of the shortest subscription on it, or by two "
            "years if there is none.",
            "frozen_time",
        )
    clock["status"] = "advancing"
    clock["status_details"]["advancing"] = {"target_frozen_time": target}
    world.schedule(world.now, "test_clock.step", clock["id"])
    world.emit("test_helpers.test_clock.advancing", clock)
    return clock


def _furthest(world: World, clock: Record) -> int:
    now, ends = clock["frozen_time"], []
    for subscription in world.scan("subscription", test_clock=clock["id"]):
        if subscription["status"] not in states.ENDED:
            ends += [
                periods.add(now, items.recurring(world, item), 2) for item in items.of(world, subscription)
            ]
    return min(ends, default=periods.add_months(now, 24))


@due("test_clock.step")
def step(world: World, clock_id: str) -> None:
    """Do the next thing that is due on an advancing clock, and come back; when nothing is left it is ready.

    It runs on the sandbox's own clock, one unit for each thing.
    """
    clock = world.find(clock_id)
    if clock is None:
        return
    target = clock["status_details"]["advancing"]["target_frozen_time"]
    entry = _next(world, clock_id, target)
    if entry is None:
        clock |= {"frozen_time": target, "status": "ready", "status_details": skeletons.build(DETAILS)}
        world.emit("test_helpers.test_clock.ready", clock)
        return
    world.schedule(world.now, "test_clock.step", clock_id)
    world.test_clock, world.now = clock_id, entry["at"]
    clock["frozen_time"] = entry["at"]
    world.unit.delete(entry)
    VERBS[entry["verb"]](world, entry["target"])


def _next(world: World, clock_id: str, target: int) -> Record | None:
    waiting = [entry for entry in world.scan("_due", clock=clock_id) if entry["at"] <= target]
    return min(waiting, key=lambda entry: entry["at"], default=None)


@operation("DELETE", "/v1/test_helpers/test_clocks/{test_clock}")
def delete(world: World, call: Call) -> Record:
    return remove(world, world.get(KIND, call.id))


@due("test_clock.lapse")
def lapse(world: World, clock_id: str) -> None:
    clock = world.find(clock_id)
    if clock is not None:
        remove(world, clock)


def remove(world: World, clock: Record) -> Record:
    """Delete a clock with its customers and all that is theirs; there is one event, the clock's."""
    for kind in ON_CLOCK:
        for record in list(world.scan(kind, test_clock=clock["id"])):
            world.delete(record)
    for entry in list(world.scan("_due", clock=clock["id"])):
        world.unit.delete(entry)
    world.unschedule("test_clock.lapse", clock["id"])
    world.emit("test_helpers.test_clock.deleted", clock)
    return world.delete(clock)

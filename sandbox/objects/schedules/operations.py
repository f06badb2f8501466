"""The calls on schedules. https://docs.stripe.com/api/subscription_schedules"""

from __future__ import annotations

from typing import Any

from sandbox import errors, skeletons
from sandbox.lists import page
from sandbox.objects.schedules import phases, running
from sandbox.objects.subscriptions import cancel, parameters, states
from sandbox.parameters import assign
from sandbox.routing import Call, operation
from sandbox.store import Record
from sandbox.world import World

SETTINGS = "subscription_schedules_resource_default_settings"


@operation("POST", "/v1/subscription_schedules")
def create(world: World, call: Call) -> Record:
    """Over a running subscription, or with one that it makes itself."""
    params = call.params
    _refuse(params)
    if "from_subscription" in params:
        return _take_over(world, params)
    for name in ("customer", "phases"):
        if name not in params:
            raise errors.parameter_missing(name)
    customer = world.get("customer", params["customer"], "customer")
    world.follow(customer)
    start = params.get("start_date", "now")
    found = phases.read(world, params["phases"], world.now if start == "now" else start)
    currency = world.get("price", found[0]["items"][0]["price"])["currency"]
    schedule = _make(world, customer["id"], found, currency, parameters.billing_mode(params), params)
    if found[0]["start_date"] > world.now:
        schedule["status"] = "not_started"
        world.schedule(found[0]["start_date"], "schedule.begin", schedule["id"])
    else:
        running.start(world, schedule)
    world.emit("subscription_schedule.created", schedule)
    return schedule


def _take_over(world: World, params: dict[str, Any]) -> Record:
    if params.keys() - {"from_subscription", "billing_mode"}:
        name = sorted(params.keys() - {"from_subscription", "billing_mode"})[0]
        raise errors.invalid(f"You cannot set `{name}` if `from_subscription` is set.", name)
    subscription = world.get("subscription", params["from_subscription"], "from_subscription")
    world.follow(subscription)
    if subscription["schedule"]:
        raise errors.invalid(
            "You cannot migrate a subscription that is already attached to a schedule: "
            f"{subscription['schedule']}",
            "from_subscription",
        )
    if subscription["status"] in (*states.ENDED, "incomplete"):
        raise errors.invalid(
            f"You cannot migrate a subscription that is {subscription['status']}.", "from_subscription"
        )
    found = [phases.of_subscription(world, subscription)]
    mode = skeletons.copy(subscription["billing_mode"])
    schedule = _make(world, subscription["customer"], found, subscription["currency"], mode, params)
    schedule["subscription"] = subscription["id"]
    running.set_phase(world, schedule, found[0])
    subscription["schedule"] = schedule["id"]
    world.emit("subscription_schedule.created", schedule)
    states.tell(world, subscription)
    return schedule


def _make(
    world: World, customer: str, found: list[Record], currency: str, mode: Record, params: dict[str, Any]
) -> Record:
    settings = skeletons.build(
        SETTINGS,
        billing_cycle_anchor="automatic",
        collection_method="charge_automatically",
        invoice_settings=skeletons.build(
            "invoice_setting_subscription_schedule_setting", issuer={"type": "self"}
        ),
        automatic_tax={"disabled_reason": None, "enabled": False, "liability": None},
    )
    schedule = world.new(
        "subscription_schedule",
        billing_mode=mode,
        customer=customer,
        default_settings=settings,
        end_behavior="release",
        metadata={},
        status="active",
        _currency=currency,
        _phases=found,
    )
    _assign(schedule, params)
    return schedule


def _refuse(params: dict[str, Any]) -> None:
    if params.get("customer_account"):
        raise errors.not_played("`customer_account` on a schedule")
    if params.get("end_behavior") in ("none", "renew"):
        raise errors.not_played(f"`end_behavior={params['end_behavior']}` of a schedule")
    parameters.refuse_not_played(params.get("default_settings") or {})


def _assign(schedule: Record, params: dict[str, Any]) -> None:
    assign(schedule, params, "end_behavior", "metadata")
    given = params.get("default_settings") or {}
    if given.get("invoice_settings"):
        raise errors.not_played("`invoice_settings` of a schedule")
    assign(
        schedule["default_settings"],
        given,
        "billing_cycle_anchor",
        "collection_method",
        "default_payment_method",
        "description",
    )


@operation("GET", "/v1/subscription_schedules")
def list_all(world: World, call: Call) -> dict[str, Any]:
    return page(
        world,
        call,
        "subscription_schedule",
        scheduled=lambda schedule, wanted: (schedule["status"] == "not_started") == wanted,
    )


@operation("GET", "/v1/subscription_schedules/{schedule}")
def retrieve(world: World, call: Call) -> Record:
    return world.get("subscription_schedule", call.id)


@operation("POST", "/v1/subscription_schedules/{schedule}")
def update(world: World, call: Call) -> Record:
    """`phases` replaces the present and all later ones; a change of the present one takes effect at once."""
    schedule, params = _open(world, call), call.params
    _refuse(params)
    _assign(schedule, params)
    if "phases" in params:
        _replace(world, schedule, params)
    world.emit("subscription_schedule.updated", schedule)
    return schedule


def _open(world: World, call: Call) -> Record:
    schedule = world.get("subscription_schedule", call.id)
    world.follow(schedule)
    if schedule["status"] not in running.OPEN:
        raise errors.invalid(
            f"You cannot do this with a subscription schedule that is currently in the `{schedule['status']}` "
            "status. It must be `not_started` or `active`."
        )
    return schedule


def _replace(world: World, schedule: Record, params: dict[str, Any]) -> None:
    subscription = world.find(schedule["subscription"])
    current = schedule["current_phase"]
    start = current["start_date"] if current else schedule["_phases"][0]["start_date"]
    schedule["_phases"] = phases.read(world, params["phases"], start)
    if subscription is None:
        world.schedule(start, "schedule.begin", schedule["id"])
        running.plan_announcement(world, schedule)
        return
    first = schedule["_phases"][0]
    running.set_phase(world, schedule, first)
    behavior = params.get("proration_behavior", first["proration_behavior"])
    running.apply(world, subscription, first | {"proration_behavior": behavior}, boundary=False)


@operation("POST", "/v1/subscription_schedules/{schedule}/release")
def release(world: World, call: Call) -> Record:
    schedule = _open(world, call)
    if call.params.get("preserve_cancel_date"):
        raise errors.not_played("`preserve_cancel_date`")
    running.release(world, schedule)
    return schedule


@operation("POST", "/v1/subscription_schedules/{schedule}/cancel")
def cancel_one(world: World, call: Call) -> Record:
    """The subscription ends with it, by default prorated and invoiced."""
    schedule = _open(world, call)
    subscription = world.find(schedule["subscription"])
    if subscription is None:
        running.stop(world, schedule, "canceled", "canceled_at")
        world.emit("subscription_schedule.canceled", schedule)
        return schedule
    cancel.now(
        world,
        subscription,
        prorate=call.params.get("prorate", True),
        invoice_now=call.params.get("invoice_now", True),
    )
    return schedule

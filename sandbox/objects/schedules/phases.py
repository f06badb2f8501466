"""The phases of a schedule: from when to when, with which items. Kept with ids, shown with what they name."""

from __future__ import annotations

from typing import Any

from sandbox import errors, skeletons
from sandbox.objects.subscriptions import items, parameters, periods
from sandbox.parameters import merge_metadata
from sandbox.rendering import field
from sandbox.store import Record
from sandbox.world import World

PHASE = "subscription_schedule_phase_configuration"
ITEM = "subscription_schedule_configuration_item"
NOT_PLAYED = (
    "add_invoice_items",
    "application_fee_percent",
    "billing_thresholds",
    "invoice_settings",
    "on_behalf_of",
    "transfer_data",
    "trial",
    "trial_end",
)
PLAIN = ("billing_cycle_anchor", "collection_method", "default_payment_method", "description")
MOST = 10
Phase = dict[str, Any]


def of_subscription(world: World, subscription: Record) -> Phase:
    """The present period of a subscription as a phase."""
    held = items.of(world, subscription)
    return {
        "start_date": min(item["current_period_start"] for item in held),
        "end_date": min(item["current_period_end"] for item in held),
        "items": _items_of(world, subscription),
        "default_tax_rates": list(subscription["_default_tax_rates"]),
        "discounts": [{"discount": discount} for discount in subscription["discounts"]],
        "metadata": dict(subscription["metadata"]),
        "proration_behavior": "create_prorations",
        "default_payment_method": subscription["default_payment_method"],
    }


def _items_of(world: World, subscription: Record) -> list[Record]:
    return [
        {
            "price": item["_price"],
            "quantity": item["quantity"],
            "tax_rates": list(item["_tax_rates"]),
            "metadata": dict(item["metadata"]),
        }
        for item in items.of(world, subscription)
    ]


def read(world: World, given: list[Phase], start: int) -> list[Phase]:
    """The phases that a call asks for, each beginning where the one before ends."""
    if len(given) > MOST:
        raise errors.invalid(f"A schedule can have at most {MOST} current and future phases.", "phases")
    found: list[Phase] = []
    for index, asked in enumerate(given):
        begin = found[-1]["end_date"] if found else start
        found.append(_read_one(world, asked, begin, f"phases[{index}]"))
    return found


def _read_one(world: World, asked: Phase, start: int, param: str) -> Phase:
    for name in NOT_PLAYED:
        if asked.get(name):
            raise errors.not_played(f"`{name}` in a phase")
    parameters.refuse_not_played(asked)
    own = _start(world, asked)
    if own not in (None, start):
        raise errors.invalid(
            f"The start_date of a phase must be the end_date of the one before it ({start}).",
            f"{param}[start_date]",
        )
    if not asked["items"]:
        raise errors.parameter_missing(f"{param}[items]")
    wanted = [_read_item(world, item, f"{param}[items][{i}]") for i, item in enumerate(asked["items"])]
    phase: Phase = {
        "start_date": start,
        "end_date": _end(world, asked, start, wanted[0], param),
        "items": wanted,
        "default_tax_rates": asked.get("default_tax_rates"),
        "discounts": asked.get("discounts"),
        "metadata": merge_metadata({}, asked.get("metadata") or {}),
        "proration_behavior": asked.get("proration_behavior", "create_prorations"),
    }
    return phase | {name: asked[name] for name in PLAIN if asked.get(name) is not None}


def _start(world: World, asked: Phase) -> int | None:
    given = asked.get("start_date")
    return world.now if given == "now" else given


def _read_item(world: World, asked: Record, param: str) -> Record:
    if asked.get("discounts"):
        raise errors.not_played("`discounts` on an item of a phase")
    parameters.check_tax_rates(world, asked.get("tax_rates"), f"{param}[tax_rates]")
    return {
        "price": items.find_price(world, asked, param)["id"],
        "quantity": asked.get("quantity", 1),
        "tax_rates": list(asked.get("tax_rates") or []),
        "metadata": merge_metadata({}, asked.get("metadata") or {}),
    }


def _end(world: World, asked: Phase, start: int, item: Record, param: str) -> int:
    """By its date, its duration, or one interval of its first price."""
    if asked.get("end_date") and asked.get("duration"):
        raise errors.invalid("You cannot set both `end_date` and `duration`.", f"{param}[duration]")
    if asked.get("end_date"):
        end: int = world.now if asked["end_date"] == "now" else asked["end_date"]
        if end <= start:
            raise errors.invalid(
                "The end_date of a phase must be after its start_date.", f"{param}[end_date]"
            )
        return end
    duration = {"interval_count": 1} | asked["duration"] if asked.get("duration") else None
    return periods.add(start, duration or world.get("price", item["price"])["recurring"], 1)


@field("subscription_schedule", "phases")
def show(world: World, schedule: Record) -> list[Record]:
    """The present phase has the items that the subscription has now."""
    return [_show_one(world, schedule, phase) for phase in schedule["_phases"]]


def _show_one(world: World, schedule: Record, phase: Phase) -> Record:
    subscription = world.peek(schedule["subscription"])
    current = subscription is not None and is_current(schedule, phase)
    held = _items_of(world, subscription) if current and subscription else phase["items"]
    return skeletons.build(
        PHASE,
        currency=schedule["_currency"],
        automatic_tax=skeletons.build("schedules_phase_automatic_tax", enabled=False),
        start_date=phase["start_date"],
        end_date=phase["end_date"],
        items=[
            skeletons.build(ITEM, **item | {"tax_rates": _rates(world, item["tax_rates"])}) for item in held
        ],
        default_tax_rates=_rates(world, phase["default_tax_rates"] or []),
        discounts=[
            skeletons.build("stackable_discount_with_discount_settings_and_discount_end", **given)
            for given in phase["discounts"] or ()
        ],
        metadata=phase["metadata"],
        proration_behavior=phase["proration_behavior"],
        **{name: phase[name] for name in PLAIN if name in phase},
    )


def is_current(schedule: Record, phase: Phase) -> bool:
    current = schedule["current_phase"]
    return current is not None and current["start_date"] == phase["start_date"]


def _rates(world: World, names: list[str]) -> list[Record]:
    return [rate for name in names if (rate := world.peek(name))]

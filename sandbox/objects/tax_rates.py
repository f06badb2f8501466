"""Tax rates that are set by hand. https://docs.stripe.com/api/tax_rates"""

from __future__ import annotations

from typing import Any

from sandbox import errors
from sandbox.lists import page
from sandbox.parameters import assign
from sandbox.routing import Call, operation
from sandbox.store import Record
from sandbox.world import World

CHANGEABLE = (
    "active",
    "country",
    "description",
    "display_name",
    "jurisdiction",
    "metadata",
    "state",
    "tax_type",
)
DECIMALS = 4


@operation("POST", "/v1/tax_rates")
def create(world: World, call: Call) -> Record:
    params = call.params
    percentage = params["percentage"]
    if not 0 <= percentage <= 100:
        raise errors.invalid("Percentage must be between 0 and 100.", "percentage")
    if round(percentage, DECIMALS) != percentage:
        raise errors.invalid(f"Percentage can have up to {DECIMALS} decimal places.", "percentage")
    rate = world.new(
        "tax_rate",
        active=True,
        effective_percentage=percentage if params.get("tax_type") else None,
        inclusive=params["inclusive"],
        metadata={},
        percentage=percentage,
        rate_type="percentage",
    )
    assign(rate, params, *CHANGEABLE)
    world.emit("tax_rate.created", rate)
    return rate


@operation("GET", "/v1/tax_rates")
def list_all(world: World, call: Call) -> dict[str, Any]:
    return page(world, call, "tax_rate")


@operation("GET", "/v1/tax_rates/{tax_rate}")
def retrieve(world: World, call: Call) -> Record:
    return world.get("tax_rate", call.id)


@operation("POST", "/v1/tax_rates/{tax_rate}")
def update(world: World, call: Call) -> Record:
    rate = world.get("tax_rate", call.id)
    assign(rate, call.params, *CHANGEABLE)
    world.emit("tax_rate.updated", rate)
    return rate

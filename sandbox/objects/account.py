"""The account: whose Stripe this is. One per sandbox, made with it."""

from __future__ import annotations

from sandbox import skeletons
from sandbox.routing import Call, operation
from sandbox.store import Record
from sandbox.world import World


def create(world: World) -> Record:
    """Open the account of a new sandbox."""
    account = world.new(
        "account",
        type="standard",
        business_type="company",
        business_profile=skeletons.build("account_business_profile", name="Sandbox"),
        charges_enabled=True,
        payouts_enabled=True,
        details_submitted=True,
        country="US",
        default_currency="usd",
        email="sandbox@example.com",
        capabilities={"card_payments": "active", "transfers": "active"},
        metadata={},
    )
    settings = skeletons.build("account_settings")
    settings["dashboard"] |= {"display_name": "Sandbox", "timezone": "Etc/UTC"}
    account["settings"] = settings
    return account


@operation("GET", "/v1/account")
def retrieve(world: World, call: Call) -> Record:
    return next(world.scan("account"))

"""What the calls on subscriptions have in common: reading and checking parameters."""

from __future__ import annotations

from typing import Any

from sandbox import errors, skeletons
from sandbox.objects.invoices import automatic_tax
from sandbox.objects.subscriptions import items, periods
from sandbox.parameters import assign
from sandbox.store import Record
from sandbox.world import World

# Connect, metering and other rooms of Stripe's that the sandbox does not have.
NOT_PLAYED = (
    "application_fee_percent",
    "backdate_start_date",
    "billing_schedules",
    "billing_thresholds",
    "customer_account",
    "default_source",
    "on_behalf_of",
    "pending_invoice_item_interval",
    "transfer_data",
)
PLAIN = ("description", "metadata")


def refuse_not_played(params: dict[str, Any]) -> None:
    for name in NOT_PLAYED:
        if params.get(name):
            raise errors.not_played(f"`{name}` on a subscription")
    if ((params.get("billing_mode") or {}).get("flexible") or {}).get("proration_discounts") == "itemized":
        raise errors.not_played("itemized proration discounts")
    if params.get("trial_from_plan"):
        raise errors.not_played("`trial_from_plan`; give `trial_period_days` or `trial_end`")


def assign_plain(world: World, subscription: Record, params: dict[str, Any]) -> None:
    """Assign what creation and update treat alike."""
    assign(subscription, params, *PLAIN)
    if params.get("default_payment_method"):
        check_method(world, subscription, params["default_payment_method"])
    assign(subscription, params, "default_payment_method")
    if "payment_settings" in params:
        settings = subscription["payment_settings"]
        assign(settings, params["payment_settings"], *params["payment_settings"])
    if "invoice_settings" in params:
        given = params["invoice_settings"]
        if given.get("account_tax_ids"):
            raise errors.not_played("`account_tax_ids`")
        assign(subscription["invoice_settings"], given, "custom_fields", "description", "footer")
    if "default_tax_rates" in params:
        check_tax_rates(world, params["default_tax_rates"], "default_tax_rates")
        subscription["_default_tax_rates"] = list(params["default_tax_rates"] or [])
    if "automatic_tax" in params:
        _set_automatic_tax(world, subscription, params["automatic_tax"]["enabled"])
    if "trial_settings" in params:
        subscription["trial_settings"] = params["trial_settings"]
    if "days_until_due" in params:
        subscription["days_until_due"] = params["days_until_due"]


def _set_automatic_tax(world: World, subscription: Record, enabled: bool) -> None:
    """Stripe Tax. The sandbox's account is registered nowhere, so there is never any to collect.

    https://docs.stripe.com/tax/subscriptions
    """
    if enabled and not world.get("customer", subscription["customer"])["address"]:
        raise automatic_tax.refusal()
    subscription["automatic_tax"] |= {"enabled": enabled, "liability": {"type": "self"} if enabled else None}


def check_method(world: World, subscription: Record, method_id: str) -> None:
    method = world.get("payment_method", method_id, "default_payment_method")
    if method["customer"] != subscription["customer"]:
        raise errors.invalid(
            f"The customer does not have a payment method with the ID {method_id}. The payment method must be "
            "attached to the customer.",
            "default_payment_method",
            "resource_missing",
        )


def check_tax_rates(world: World, names: list[str] | None, param: str) -> None:
    for index, name in enumerate(names or ()):
        rate = world.get("tax_rate", name, f"{param}[{index}]")
        if not rate["active"]:
            raise errors.invalid(f"The tax rate {name} is archived and cannot be used.", f"{param}[{index}]")


def collection_method(params: dict[str, Any]) -> str:
    """How it is collected; days until due go with sent invoices only."""
    method: str = params.get("collection_method", "charge_automatically")
    if method == "send_invoice" and "days_until_due" not in params:
        raise errors.parameter_missing("days_until_due")
    if method == "charge_automatically" and "days_until_due" in params:
        raise errors.invalid(
            "`days_until_due` can only be set if `collection_method` is `send_invoice`.", "days_until_due"
        )
    if (
        params.get("payment_behavior") == "pending_if_incomplete"
        and "items" in params
        and "customer" in params
    ):
        raise errors.invalid(
            "`payment_behavior=pending_if_incomplete` is only supported when updating a subscription.",
            "payment_behavior",
        )
    return method


def billing_mode(params: dict[str, Any]) -> Record:
    """Flexible unless asked otherwise. https://docs.stripe.com/billing/subscriptions/billing-mode"""
    given = params.get("billing_mode") or {"type": "flexible"}
    flexible = {"proration_discounts": "included"} if given["type"] == "flexible" else None
    return skeletons.build("subscriptions_resource_billing_mode", type=given["type"], flexible=flexible)


# -- the anchor ----------------------------------------------------------------------------------------------------


def read_anchor(world: World, params: dict[str, Any], trial_end: int | None) -> int:
    """When the billing cycle turns: at the end of a trial, at a given time, or now."""
    config = params.get("billing_cycle_anchor_config")
    if config and "billing_cycle_anchor" in params:
        raise errors.invalid(
            "You cannot set both `billing_cycle_anchor` and `billing_cycle_anchor_config`.",
            "billing_cycle_anchor_config",
        )
    if config:
        if config["day_of_month"] > 28:
            raise errors.not_played("`billing_cycle_anchor_config` with a day that not every month has")
        return periods.match_anchor(config, trial_end or world.now)
    anchor: int = params.get("billing_cycle_anchor") or trial_end or world.now
    if anchor < (trial_end or world.now):
        raise errors.invalid(
            "`billing_cycle_anchor` must be a timestamp in the future and not before the end of the trial.",
            "billing_cycle_anchor",
        )
    return anchor


def check_anchor(world: World, subscription: Record, params: dict[str, Any]) -> None:
    """The first period must not be longer than a whole one."""
    begun = subscription["trial_end"] or subscription["start_date"]
    for item in items.of(world, subscription):
        latest = periods.add(begun, items.recurring(world, item), 1)
        if subscription["billing_cycle_anchor"] > latest:
            raise errors.invalid(
                f"billing_cycle_anchor cannot be later than next natural billing date ({latest}) for plan",
                "billing_cycle_anchor",
            )

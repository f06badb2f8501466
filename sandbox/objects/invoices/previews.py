"""The call that previews an invoice. https://docs.stripe.com/api/invoices/create_preview"""

from __future__ import annotations

from typing import Any

from sandbox import errors
from sandbox.objects import customers, invoiceitems
from sandbox.objects.invoices import drafts, lines, preview
from sandbox.objects.subscriptions import billing, create, pausing, proration, renew, update
from sandbox.routing import Call, operation
from sandbox.store import Record
from sandbox.world import World

NOT_PLAYED = ("customer_account", "customer_details", "on_behalf_of", "schedule", "schedule_details")
# What `subscription_details` may ask of a subscription that there is.
CHANGES = (
    "billing_cycle_anchor",
    "cancel_at",
    "cancel_at_period_end",
    "default_tax_rates",
    "items",
    "metadata",
    "proration_behavior",
    "proration_date",
    "trial_end",
)


@operation("POST", "/v1/invoices/create_preview")
def create_preview(world: World, call: Call) -> Record | None:
    """Nothing is made: of a subscription with changes, of one that there might be, or of what is pending.

    What there might be need not have a customer yet.
    """
    params, details = call.params, call.params.get("subscription_details") or {}
    _refuse(params, details)
    subscription = (
        world.get("subscription", params["subscription"], "subscription")
        if "subscription" in params
        else None
    )
    customer_id = params.get("customer") or (subscription or {}).get("customer")
    if customer_id:
        world.follow(world.get("customer", customer_id, "customer"))
    elif "items" not in details:
        raise errors.parameter_missing("customer")

    def work(scratch: World) -> Record:
        own = scratch.get("customer", customer_id) if customer_id else customers.make(scratch, {})
        for given in params.get("invoice_items") or ():
            invoiceitems.add(scratch, own, given, subscription)
        if subscription is not None:
            return _change(scratch, scratch.get("subscription", subscription["id"]), details, params)
        if "items" in details:
            return _begin(scratch, own, details, params)
        return _gather(scratch, own)

    return preview.imagine(world, work)


def _refuse(params: dict[str, Any], details: dict[str, Any]) -> None:
    for name in NOT_PLAYED:
        if params.get(name):
            raise errors.not_played(f"`{name}` on a preview")
    for name in ("billing_schedules", "start_date"):
        if details.get(name):
            raise errors.not_played(f"`subscription_details[{name}]` on a preview")
    if (params.get("automatic_tax") or {}).get("enabled"):
        raise errors.not_played("`automatic_tax` on a preview")
    if "subscription" not in params and details and "items" not in details:
        raise errors.parameter_missing("subscription")


def _change(world: World, subscription: Record, details: dict[str, Any], params: dict[str, Any]) -> Record:
    """The invoice that a change brings at once, else that of the next renewal after it."""
    if details.get("cancel_now"):
        return _cancel(world, subscription, details)
    if details.get("resume_at"):
        pausing.take_up(world, subscription)
        return world.get("invoice", subscription["latest_invoice"])
    asked = {name: details[name] for name in CHANGES if name in details}
    if isinstance(asked.get("billing_cycle_anchor"), int):
        raise errors.not_played("a preview with another billing cycle anchor than `now`")
    if "discounts" in params:
        asked["discounts"] = params["discounts"]
    before = subscription["latest_invoice"]
    if asked:
        update.apply(world, subscription, asked | {"payment_behavior": "default_incomplete"})
    if subscription["latest_invoice"] != before:
        return world.get("invoice", subscription["latest_invoice"])
    if params.get("preview_mode") == "recurring":
        _drop_pending(world, subscription)
    return _next(world, subscription)


def _next(world: World, subscription: Record) -> Record:
    if subscription["status"] not in renew.RUNNING or _ends_first(world, subscription):
        raise errors.invalid(
            "No upcoming invoices for the subscription: it is canceled, or will be before its next invoice.",
            code="invoice_upcoming_none",
        )
    world.now = renew.next_end(world, subscription)
    subscription["status"] = "active"
    renew.roll(world, subscription)
    return world.get("invoice", subscription["latest_invoice"])


def _ends_first(world: World, subscription: Record) -> bool:
    return subscription["cancel_at"] is not None and subscription["cancel_at"] <= renew.next_end(
        world, subscription
    )


def _drop_pending(world: World, subscription: Record) -> None:
    """What recurs is without prorations and one-off items."""
    customer = world.get("customer", subscription["customer"])
    for item in invoiceitems.pending(world, customer, subscription):
        world.delete(item)


def _cancel(world: World, subscription: Record, details: dict[str, Any]) -> Record:
    if details.get("proration_behavior", "create_prorations") != "none":
        proration.credit_all(world, subscription)
    return billing.draft(world, subscription, [], "subscription_update")


def _begin(world: World, customer: Record, details: dict[str, Any], params: dict[str, Any]) -> Record:
    """The first invoice of a subscription that there is not."""
    known = ("billing_cycle_anchor", "billing_mode", "cancel_at", "default_tax_rates", "items", "trial_end")
    asked = {name: details[name] for name in known if name in details}
    asked |= {"customer": customer["id"], "payment_behavior": "default_incomplete"}
    if "currency" in params:
        asked["currency"] = params["currency"]
    if "discounts" in params:
        asked["discounts"] = params["discounts"]
    subscription = create.begin(world, asked)
    return world.get("invoice", subscription["latest_invoice"])


def _gather(world: World, customer: Record) -> Record:
    """What is pending for a customer without a subscription."""
    waiting = invoiceitems.pending(world, customer, None)
    if not waiting:
        raise errors.invalid(
            f"No upcoming invoices for customer: {customer['id']}", code="invoice_upcoming_none"
        )
    made = [lines.for_invoice_item(world, item) for item in waiting]
    return drafts.make(world, customer, made, reason="upcoming", currency=waiting[0]["currency"])

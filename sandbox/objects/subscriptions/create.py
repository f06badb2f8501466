"""How a subscription begins: its items, its first invoice, and what happens when that is not paid at once.

https://docs.stripe.com/api/subscriptions/create, https://docs.stripe.com/billing/subscriptions/overview
"""

from __future__ import annotations

from typing import Any

from sandbox import errors, skeletons
from sandbox.objects import discounts, setup_intents
from sandbox.objects.invoices import collect, finalize
from sandbox.objects.subscriptions import billing, cancel, items, parameters, renew, states, trials
from sandbox.routing import Call, operation
from sandbox.store import Record
from sandbox.world import World

HOURS_TO_PAY = 23
NO_METHOD = (
    "This customer has no attached payment source or default payment method. Please consider adding a default "
    "payment method. For more information, visit https://stripe.com/docs/billing/subscriptions/payment-methods-"
    "setting#payment-method-priority."
)


@operation("POST", "/v1/subscriptions")
def create(world: World, call: Call) -> Record:
    return begin(world, call.params)


def begin(world: World, params: dict[str, Any]) -> Record:
    """Make a subscription from the parameters of the API, with its first invoice and its events.

    With `payment_behavior="default_incomplete"` nothing is tried: the first invoice's intent is `first_intent`.
    """
    parameters.refuse_not_played(params)
    if "customer" not in params:
        raise errors.parameter_missing("customer")
    customer = world.get("customer", params["customer"], "customer")
    world.follow(customer)
    subscription = _make(world, customer, params)
    _add_items(world, subscription, params)
    _check_currency(customer, subscription)
    _add_discounts(world, subscription, params)
    cancel.apply(world, subscription, params)
    invoice = billing.first(world, subscription, params)
    if invoice is not None:
        subscription["latest_invoice"] = invoice["id"]
        _collect(world, subscription, invoice, params)
    elif subscription["status"] == "incomplete":
        subscription["status"] = "active"  # nothing is to be paid before the anchor
    _want_setup(world, subscription, invoice, params)
    if not subscription["_announced"]:
        states.tell(world, subscription)
    trials.announce(world, subscription)
    renew.plan(world, subscription)
    return subscription


def first_intent(world: World, subscription: Record) -> Record | None:
    """The payment intent of its latest invoice, to attempt; None if nothing is due."""
    invoice = world.peek(subscription["latest_invoice"]) or {}
    return world.find(invoice.get("_payment_intent"))


def _make(world: World, customer: Record, params: dict[str, Any]) -> Record:
    """The record itself; its items and its invoice come after."""
    trial_end = trials.read_end(world, params)
    anchor = parameters.read_anchor(world, params, trial_end)
    method = parameters.collection_method(params)
    subscription = world.new(
        "subscription",
        automatic_tax=skeletons.build("subscription_automatic_tax", enabled=False),
        billing_cycle_anchor=anchor,
        billing_mode=parameters.billing_mode(params),
        billing_schedules=[],
        cancel_at_period_end=False,
        cancellation_details=skeletons.build("cancellation_details"),
        collection_method=method,
        currency="",
        customer=customer["id"],
        discounts=[],
        invoice_settings=skeletons.build(
            "subscriptions_resource_subscription_invoice_settings", issuer={"type": "self"}
        ),
        metadata={},
        payment_settings=skeletons.build(
            "subscriptions_resource_payment_settings", save_default_payment_method="off"
        ),
        start_date=world.now,
        status="incomplete",
        trial_start=world.now if trial_end else None,
        trial_end=trial_end,
        trial_settings={"end_behavior": {"missing_payment_method": "create_invoice"}},
        _announced=False,
        _default_tax_rates=[],
        _items=[],
    )
    parameters.assign_plain(world, subscription, params)
    if trial_end:
        subscription["status"] = "trialing"
    elif method == "send_invoice":
        subscription["status"] = "active"
    return subscription


def _add_items(world: World, subscription: Record, params: dict[str, Any]) -> None:
    given = params.get("items")
    if not given:
        raise errors.parameter_missing("items")
    found = [items.find_price(world, item, f"items[{index}]") for index, item in enumerate(given)]
    subscription["currency"] = params.get("currency") or found[0]["currency"]
    for index, (price, item) in enumerate(zip(found, given, strict=True)):
        parameters.refuse_not_played(item)
        parameters.check_tax_rates(world, item.get("tax_rates"), f"items[{index}][tax_rates]")
        made = items.make(world, subscription, price, item, subscription["start_date"])
        made["discounts"] = [
            discounts.make(
                world,
                one,
                param=f"items[{index}][discounts]",
                customer=subscription["customer"],
                subscription_item=made["id"],
            )["id"]
            for one in item.get("discounts") or ()
        ]
    items.check(world, subscription)
    parameters.check_anchor(world, subscription, params)


def _check_currency(customer: Record, subscription: Record) -> None:
    if customer["currency"] not in (None, subscription["currency"]):
        raise errors.invalid(
            "You cannot combine currencies on a single customer. This customer has an active subscription, "
            f"subscription schedule, discount, quote, or invoice item with currency {customer['currency']}.",
        )


def _add_discounts(world: World, subscription: Record, params: dict[str, Any]) -> None:
    subscription["discounts"] = [
        discounts.make(world, one, customer=subscription["customer"], subscription=subscription["id"])["id"]
        for one in params.get("discounts") or ()
    ]


# -- the first payment ---------------------------------------------------------------------------------------------


def _collect(world: World, subscription: Record, invoice: Record, params: dict[str, Any]) -> None:
    if subscription["collection_method"] == "send_invoice":
        return
    behavior = params.get("payment_behavior", "allow_incomplete")
    if behavior != "default_incomplete" and _due(invoice) and not collect.default_method(world, invoice):
        raise errors.invalid(NO_METHOD, code="resource_missing")
    finalize.finalize(world, invoice)
    if invoice["status"] != "open":
        return
    subscription["status"] = "incomplete"
    world.schedule(world.now + HOURS_TO_PAY * 3600, "subscription.expire", subscription["id"])
    if behavior == "default_incomplete":
        states.tell(world, subscription)
        return
    collect.attempt(
        world, invoice, collect.default_method(world, invoice), off_session=params.get("off_session", False)
    )
    if behavior == "error_if_incomplete" and invoice["status"] != "paid":
        error = collect.refusal(world, invoice)
        error.keep = False  # nothing remains of the subscription
        raise error


def _due(invoice: Record) -> int:
    due: int = invoice["amount_due"]
    return due


def _want_setup(world: World, subscription: Record, invoice: Record | None, params: dict[str, Any]) -> None:
    """Nothing to pay now, and no card for later: an intent to collect one with.

    https://docs.stripe.com/billing/subscriptions/trials
    """
    if (
        params.get("payment_behavior") != "default_incomplete"
        or subscription["collection_method"] == "send_invoice"
        or (invoice is not None and invoice["status"] == "open")
    ):
        return
    customer = world.get("customer", subscription["customer"])
    if subscription["default_payment_method"] or customer["invoice_settings"]["default_payment_method"]:
        return
    intent = setup_intents.make(world, customer=customer["id"], owner=subscription)
    subscription["pending_setup_intent"] = intent["id"]

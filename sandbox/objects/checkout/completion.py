"""How a Checkout session is completed: the buyer has pressed the button, pays, and comes back.

https://docs.stripe.com/payments/checkout/how-checkout-works, https://docs.stripe.com/checkout/fulfillment
"""

from __future__ import annotations

from typing import Any

from sandbox.objects import discounts, owners, payment_intents, setup_intents
from sandbox.objects.checkout import buyers, invoices, lines, sessions
from sandbox.objects.checkout.buyers import Buyer
from sandbox.objects.invoices import outcomes
from sandbox.objects.subscriptions import create as subscriptions
from sandbox.store import Record
from sandbox.world import World

SESSION = "checkout.session"


def complete(world: World, session: Record, buyer: Buyer) -> Record:
    """Pay, subscribe or set up with what the buyer gave. Returns the session: `status` says whether it is complete.

    If it is still open, `find_intent` gives the intent that waits for an authentication or says why the card was
    declined; the buyer may try again with another. Raises StripeError for missing or wrong entries.
    """
    sessions.check_open(session)
    customer = world.find(session["customer"])
    world.follow(customer or {})
    buyers.take_details(world, session, buyer, customer)
    buyers.take_customer(world, session, buyer, customer)
    method = buyers.find_method(world, session, buyer)
    if session["mode"] == "setup":
        _set_up(world, session, method, buyer)
    elif session["amount_total"] == 0 and session["mode"] == "payment":
        finish(world, session, "no_payment_required")
    elif session["mode"] == "payment":
        _pay(world, session, method, buyer)
    else:
        _subscribe(world, session, method, buyer)
    return session


def find_intent(world: World, session: Record) -> Record | None:
    """The payment or setup intent that the session's last attempt was made with."""
    subscription = world.find(session["subscription"] or session["_subscription"])
    if subscription is not None:
        return subscriptions.first_intent(world, subscription)
    return world.find(session["payment_intent"] or session["setup_intent"] or session["_setup_intent"])


def return_address(session: Record) -> str | None:
    """Where the buyer is sent afterwards, with the session's id in its place."""
    address: str | None = session["success_url"] or session["return_url"]
    return address.replace("{CHECKOUT_SESSION_ID}", session["id"]) if address else None


# -- the three modes -------------------------------------------------------------------------------------------------


def _pay(world: World, session: Record, method: Record | None, buyer: Buyer) -> None:
    intent = world.find(session["payment_intent"])
    if intent is None:
        data = {name: value for name, value in session["_data"].items() if value is not None}
        options = session["payment_method_options"].get("card")
        intent = payment_intents.make(
            world,
            amount=session["amount_total"],
            currency=session["currency"],
            customer=session["customer"],
            types=tuple(session["payment_method_types"]),
            owner=session,
            **{"capture_method": "automatic_async"} | data,
        )
        if options:
            intent["payment_method_options"]["card"] |= options
        if session["collected_information"]:
            intent["shipping"] = dict(session["collected_information"]["shipping_details"])
        session["payment_intent"] = intent["id"]
    intent |= {
        "amount": session["amount_total"],
        "customer": session["customer"],
        "payment_method": method["id"] if method else None,
    }
    payment_intents.attempt(world, intent, return_url=buyer.return_url)


def _set_up(world: World, session: Record, method: Record | None, buyer: Buyer) -> None:
    """Set the method up: in setup mode, and before a subscription of which nothing is due yet."""
    intent = world.find(session["setup_intent"] or session["_setup_intent"])
    if intent is None:
        types = tuple(session["payment_method_types"])
        intent = setup_intents.make(world, customer=session["customer"], types=types, owner=session)
        session["_setup_intent"] = intent["id"]
    intent |= {"payment_method": method["id"] if method else None, "customer": session["customer"]}
    setup_intents.attempt(world, intent, return_url=buyer.return_url)


def _subscribe(world: World, session: Record, method: Record | None, buyer: Buyer) -> None:
    if session["amount_total"] == 0 and method is not None:
        return _set_up(world, session, method, buyer)
    begun = world.find(session["_subscription"])
    if begun is None or begun["status"] != "incomplete":
        _begin_subscription(world, session, None)
    intent = find_intent(world, session)
    if intent is None:
        return finish(world, session, "no_payment_required")
    intent["payment_method"] = method["id"] if method else None
    return payment_intents.attempt(world, intent, return_url=buyer.return_url)


def _begin_subscription(world: World, session: Record, method: Record | None) -> None:
    recurring: list[dict[str, Any]] = []
    single: list[dict[str, Any]] = []
    for item in lines.show(world, session):
        given = {"price": item["_price"], "quantity": item["quantity"], "tax_rates": item["_tax_rates"]}
        (recurring if item["price"]["type"] == "recurring" else single).append(given)
    given_discounts = [{name: v for name, v in d.items() if v} for d in session["discounts"] or []]
    params = session["_data"] | {
        "customer": session["customer"],
        "currency": session["currency"],
        "items": recurring,
        "add_invoice_items": single,
        "discounts": given_discounts,
        "payment_behavior": "default_incomplete",
        "payment_settings": {
            "payment_method_types": session["payment_method_types"],
            "save_default_payment_method": "on_subscription",
        },
    }
    if session["automatic_tax"]["enabled"]:
        params["automatic_tax"] = {"enabled": True}
    if method is not None:
        params["default_payment_method"] = method["id"]
    subscription = subscriptions.begin(world, params)
    session["_subscription"] = subscription["id"]


# -- how it went -----------------------------------------------------------------------------------------------------


@owners.watcher(SESSION)
def follow_intent(world: World, session: Record, intent: Record) -> None:
    """The session's payment or setup has come to something."""
    if session["status"] == "complete":
        _follow_late(world, session, intent)
    elif session["status"] != "open":
        return
    elif intent["object"] == "payment_intent":
        outcomes_by_status = {"succeeded": "paid", "processing": "unpaid", "requires_capture": "unpaid"}
        if intent["status"] in outcomes_by_status:
            finish(world, session, outcomes_by_status[intent["status"]])
    elif intent["status"] == "succeeded":
        if session["mode"] == "subscription":
            _begin_subscription(world, session, world.get("payment_method", intent["payment_method"]))
        finish(world, session, "no_payment_required")


def _follow_late(world: World, session: Record, intent: Record) -> None:
    """A debit that was under way when the session was completed has succeeded or failed."""
    if session["payment_status"] != "unpaid" or intent["object"] != "payment_intent":
        return
    if intent["status"] == "succeeded":
        session["payment_status"] = "paid"
        invoices.bill(world, session, intent)
        if intent["capture_method"] != "manual":
            world.emit("checkout.session.async_payment_succeeded", session)
    elif intent["status"] == "requires_payment_method":
        world.emit("checkout.session.async_payment_failed", session)


@outcomes.on("paid")
def follow_paid_invoice(world: World, invoice: Record) -> None:
    """The first invoice of a session's subscription is paid."""
    session = _session_of(world, invoice)
    if session is None:
        return
    if session["status"] == "open":
        finish(world, session, "paid")
    elif session["payment_status"] == "unpaid":
        session["payment_status"] = "paid"
        world.emit("checkout.session.async_payment_succeeded", session)


@outcomes.on("processing")
def follow_invoice_under_way(world: World, invoice: Record) -> None:
    session = _session_of(world, invoice)
    if session is not None and session["status"] == "open":
        finish(world, session, "unpaid")


@outcomes.on("failed")
def follow_failed_invoice(world: World, invoice: Record) -> None:
    session = _session_of(world, invoice)
    if session is not None and session["status"] == "complete" and session["payment_status"] == "unpaid":
        world.emit("checkout.session.async_payment_failed", session)


def _session_of(world: World, invoice: Record) -> Record | None:
    subscription = ((invoice["parent"] or {}).get("subscription_details") or {}).get("subscription")
    if subscription is None or invoice["billing_reason"] != "subscription_create":
        return None
    return next(iter(world.select(SESSION, _subscription=subscription)), None)


def finish(world: World, session: Record, payment_status: str) -> None:
    """Complete: the page leads back, and `checkout.session.completed` tells it."""
    world.unschedule("checkout.session.expire", session["id"])
    subscription = world.find(session["_subscription"])
    if subscription is not None:
        session |= {"subscription": subscription["id"], "invoice": subscription["latest_invoice"]}
    elif session["_discount"]:
        discounts.redeem(world, world.get("discount", session["_discount"]), customer=session["customer"])
    session |= {
        "status": "complete",
        "payment_status": payment_status,
        "client_secret": None,
        "url": None,
    }
    if payment_status != "unpaid":
        invoices.bill(world, session, world.find(session["payment_intent"]))
    world.emit("checkout.session.completed", session)

"""How a subscription's status follows its invoices, and the one place that tells of its changes.

https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses
"""

from __future__ import annotations

from collections.abc import Callable

from sandbox.objects import billing_settings, entitlements, owners
from sandbox.objects.invoices import drafts, outcomes
from sandbox.rendering import field
from sandbox.store import Record
from sandbox.world import World

ENDED = ("canceled", "incomplete_expired")
OWING = ("past_due", "unpaid")
VERBS = (
    "renew",
    "expire",
    "cancel",
    "end_trial",
    "announce_trial_end",
    "announce_renewal",
    "unpause",
    "drop_update",
)

Ending = Callable[[World, Record], None]
ENDINGS: list[Ending] = []


def on_end(ending: Ending) -> Ending:
    """Register what else ends with a subscription: its schedule."""
    ENDINGS.append(ending)
    return ending


def of_latest(world: World, invoice: Record) -> Record | None:
    """The subscription whose latest invoice this is."""
    subscription = world.find(drafts.subscription_of(invoice))
    return subscription if subscription and subscription["latest_invoice"] == invoice["id"] else None


def tell(world: World, subscription: Record) -> None:
    """The event of a change: `created` for the first, then `updated`. Entitlements follow."""
    if subscription["_announced"]:
        world.emit("customer.subscription.updated", subscription)
    else:
        subscription["_announced"] = True
        world.emit("customer.subscription.created", subscription)
    schedule = world.peek(subscription["schedule"])
    if schedule is not None and world.unit.base(schedule["id"]):
        world.emit(
            "subscription_schedule.updated", schedule
        )  # its present phase shows the subscription's items
    entitlements.follow(world, subscription["customer"])


def end(world: World, subscription: Record, status: str) -> None:
    """Over, for good: nothing more falls due. The event is the caller's."""
    subscription |= {"status": status, "ended_at": world.now, "pending_update": None}
    subscription["canceled_at"] = subscription["canceled_at"] or world.now
    for verb in VERBS:
        world.unschedule(f"subscription.{verb}", subscription["id"])
    for ending in ENDINGS:
        ending(world, subscription)


@field("subscription", "default_tax_rates")
def show_tax_rates(world: World, subscription: Record) -> list[Record]:
    return [rate for name in subscription["_default_tax_rates"] if (rate := world.peek(name))]


# -- after its invoices ----------------------------------------------------------------------------------


def _of(world: World, invoice: Record) -> Record | None:
    """The subscription of an invoice, unless it is over."""
    subscription = world.find(drafts.subscription_of(invoice))
    return None if subscription is None or subscription["status"] in ENDED else subscription


@outcomes.on("paid")
def follow_paid(world: World, invoice: Record) -> None:
    """The first payment activates; the latest one cures what is owed. Its card is kept if that was asked for."""
    _excuse(world, invoice)
    subscription = _of(world, invoice)
    if subscription is None or subscription["status"] == "paused":
        return
    _keep_method(world, subscription, invoice)
    if subscription["status"] == "incomplete" or (
        subscription["status"] in OWING and subscription["latest_invoice"] == invoice["id"]
    ):
        _activate(world, subscription)
    if subscription["_announced"]:
        tell(world, subscription)


@owners.watcher("subscription")
def follow_setup(world: World, subscription: Record, intent: Record) -> None:
    """The pending setup intent has a card now: the subscription's own."""
    if intent["status"] == "succeeded" and subscription["pending_setup_intent"] == intent["id"]:
        subscription |= {"pending_setup_intent": None, "default_payment_method": intent["payment_method"]}
        tell(world, subscription)


@outcomes.on("processing")
def follow_processing(world: World, invoice: Record) -> None:
    """A debit on its way is trusted. https://docs.stripe.com/billing/subscriptions/ach-debit"""
    subscription = _of(world, invoice)
    if subscription is not None and subscription["status"] in ("incomplete", *OWING):
        _activate(world, subscription)
        if subscription["_announced"]:
            tell(world, subscription)


def _activate(world: World, subscription: Record) -> None:
    trialing = subscription["trial_end"] is not None and subscription["trial_end"] > world.now
    subscription["status"] = "trialing" if trialing else "active"
    world.unschedule("subscription.expire", subscription["id"])


def _keep_method(world: World, subscription: Record, invoice: Record) -> None:
    settings = subscription["payment_settings"]
    if settings["save_default_payment_method"] == "on_subscription" and invoice.get("_paid_with"):
        subscription["default_payment_method"] = invoice["_paid_with"]


@outcomes.on("failed")
def follow_failed(world: World, invoice: Record) -> None:
    """A failed renewal leaves it past due; after the last retry it ends as the account's settings say."""
    _blame(world, invoice)
    subscription = _of(world, invoice)
    if subscription is None or subscription["status"] == "incomplete" or subscription.get("_trying"):
        return
    if subscription["status"] in ("active", "trialing") and subscription["latest_invoice"] == invoice["id"]:
        subscription["status"] = "past_due"
    if (
        invoice["next_payment_attempt"] is None
        and invoice.get("_automatic")
        and subscription["status"] == "past_due"
    ):
        give_up(world, subscription, invoice)
    else:
        tell(world, subscription)


def give_up(world: World, subscription: Record, invoice: Record) -> None:
    """The last retry has failed. https://docs.stripe.com/billing/subscriptions/overview#unpaid"""
    outcome = billing_settings.read(world)["end"]
    if outcome == "cancel":
        subscription["cancellation_details"]["reason"] = "payment_failed"
        end(world, subscription, "canceled")
        invoice["auto_advance"] = False
        world.emit("customer.subscription.deleted", subscription)
        entitlements.follow(world, subscription["customer"])
        world.emit("invoice.updated", invoice)
        return
    if outcome == "unpaid":
        subscription["status"] = "unpaid"
    tell(world, subscription)


@outcomes.on("overdue")
def follow_overdue(world: World, invoice: Record) -> None:
    """A sent invoice that was not paid in time."""
    subscription = _of(world, invoice)
    if subscription is not None and subscription["status"] == "active":
        subscription["status"] = "past_due"
        tell(world, subscription)


@outcomes.on("voided")
def follow_voided(world: World, invoice: Record) -> None:
    """Nothing is owed any more; without its first payment it never began."""
    subscription = _of(world, invoice)
    if subscription is None or subscription["latest_invoice"] != invoice["id"]:
        return
    if subscription["status"] == "incomplete":
        end(world, subscription, "incomplete_expired")
        tell(world, subscription)
    elif subscription["status"] in OWING:
        _activate(world, subscription)
        tell(world, subscription)


@outcomes.on("uncollectible")
def follow_written_off(world: World, invoice: Record) -> None:
    subscription = _of(world, invoice)
    if (
        subscription is not None
        and subscription["status"] in OWING
        and subscription["latest_invoice"] == invoice["id"]
    ):
        _activate(world, subscription)
        tell(world, subscription)


# -- the customer's standing -----------------------------------------------------------------------------


def _blame(world: World, invoice: Record) -> None:
    _set_standing(world, invoice, delinquent=True)


def _excuse(world: World, invoice: Record) -> None:
    _set_standing(world, invoice, delinquent=False)


def _set_standing(world: World, invoice: Record, *, delinquent: bool) -> None:
    """A customer is delinquent while his latest charge by invoice has failed."""
    customer = world.find(invoice["customer"])
    charged = invoice["collection_method"] == "charge_automatically" and invoice["_payment_intent"]
    if customer is not None and charged and customer["delinquent"] != delinquent:
        customer["delinquent"] = delinquent
        world.emit("customer.updated", customer)

"""What else happens to an open Checkout session: it expires, a promotion code is typed, a quantity changed."""

from __future__ import annotations

from sandbox import errors
from sandbox.clock import due
from sandbox.objects import discounts, payment_intents, promotion_codes, setup_intents
from sandbox.objects.checkout import checks, lines, sessions
from sandbox.objects.subscriptions import renew
from sandbox.store import Record
from sandbox.world import World


def expire(world: World, session: Record) -> Record:
    """Nobody can pay it any more; what was begun for it is cancelled."""
    if session["status"] != "open":
        raise errors.invalid(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of '
            f"`{session['status']}`."
        )
    world.unschedule("checkout.session.expire", session["id"])
    session |= {"status": "expired", "client_secret": None, "url": None}
    _drop_subscription(world, session)
    for intent in (world.find(session["payment_intent"]), world.find(session["setup_intent"])):
        if intent is not None and intent["status"] not in ("succeeded", "canceled"):
            cancel = payment_intents.cancel if intent["object"] == "payment_intent" else setup_intents.cancel
            cancel(world, intent)
    world.emit("checkout.session.expired", session)
    return session


def _drop_subscription(world: World, session: Record) -> None:
    """Give up a subscription whose first payment has not come about."""
    if session["_subscription"]:
        renew.expire(world, session["_subscription"])
        session["_subscription"] = None


@due("checkout.session.expire")
def lapse(world: World, session_id: str) -> None:
    session = world.find(session_id)
    if session is not None and session["status"] == "open":
        expire(world, session)


def apply_promotion_code(world: World, session: Record, code: str) -> Record:
    """The buyer types a code; the totals follow. Raises what the page shows for a code that does not count."""
    sessions.check_open(session)
    if not session["allow_promotion_codes"]:
        raise errors.invalid("This Checkout Session does not take promotion codes.", "promotion_code")
    found = promotion_codes.find_active(world, code, session["customer"])
    if found is None:
        raise errors.invalid("This code is invalid.", "promotion_code", "resource_missing")
    discounts.check_code(world, found, session["customer"], session["amount_subtotal"])
    sessions.apply_discount(world, session, {"promotion_code": found["id"]})
    return _recount(world, session)


def _recount(world: World, session: Record) -> Record:
    """The price has changed, so what was begun at the old one is given up."""
    lines.count(world, session)
    checks.check_total(session)
    _drop_subscription(world, session)
    return session


def change_quantity(world: World, session: Record, item_id: str, quantity: int) -> Record:
    """The buyer wants more or less of an adjustable line."""
    sessions.check_open(session)
    lines.change_quantity(session, item_id, quantity)
    return _recount(world, session)


def remove_promotion_code(world: World, session: Record) -> Record:
    sessions.check_open(session)
    session |= {"_discount": None, "discounts": None}
    return _recount(world, session)

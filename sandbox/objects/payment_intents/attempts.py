"""Trying to move the money of a payment intent: charged, declined, sent to authenticate, or under way for days.

https://docs.stripe.com/payments/paymentintents/lifecycle
"""

from __future__ import annotations

from sandbox.clock import due
from sandbox.objects import authentication, banks, cards, charges, disputes, failures, owners, payment_methods
from sandbox.objects.cards import Decline
from sandbox.store import Record
from sandbox.world import World

DAY = 86_400
AUTHORIZATION_LASTS = 7 * DAY


def attempt(
    world: World,
    intent: Record,
    *,
    off_session: bool = False,
    refuse_action: bool = False,
    return_url: str | None = None,
) -> None:
    """Try the intent's payment method. Raises nothing for a decline: see `status` and `last_payment_error`.

    `off_session`: the buyer is not there. A card that needs him is declined, but for an invoice's intent: that
    waits for him in `requires_action`. `refuse_action`: decline instead of asking him in any case.
    """
    method = world.get("payment_method", intent["payment_method"], "payment_method")
    intent |= {"last_payment_error": None, "next_action": None, "_authenticated": False}
    if method["type"] != "card":
        _debit(world, intent, method)
    elif not authentication.is_needed(intent, method, off_session=off_session):
        charge(world, intent, method)
    elif refuse_action or (off_session and not _is_for_invoice(world, intent)):
        decline(world, intent, method, cards.AUTHENTICATION_REQUIRED)
    else:
        intent["status"] = "requires_action"
        authentication.ask(world, intent, return_url)
        owners.tell(world, intent)


def _is_for_invoice(world: World, intent: Record) -> bool:
    owner = owners.find(world, intent)
    return owner is not None and owner["object"] == "invoice"


def charge(world: World, intent: Record, method: Record) -> None:
    """Charge the card, with whatever authentication there was."""
    refusal = cards.of(method).decline
    if refusal is not None:
        return decline(world, intent, method, refusal)
    made = charges.begin(world, intent, method)
    keep_method(world, intent, method)
    if _capture_method(intent) == "manual":
        charges.succeed(world, made, capture=False)
        intent |= {"status": "requires_capture", "amount_capturable": intent["amount"], "next_action": None}
        world.schedule(world.now + AUTHORIZATION_LASTS, "payment_intent.lapse", intent["id"])
        world.emit("payment_intent.amount_capturable_updated", intent)
        return owners.tell(world, intent)
    charges.succeed(world, made, capture=True, settled=_capture_method(intent) == "automatic")
    return succeed(world, intent, made)


def _capture_method(intent: Record) -> str:
    options = (intent["payment_method_options"] or {}).get("card") or {}
    return options.get("capture_method") or intent["capture_method"]


def succeed(world: World, intent: Record, charge: Record) -> None:
    """The money is there. With `automatic_async` it reaches the balance a moment later, by `charge.updated`."""
    intent |= {
        "status": "succeeded",
        "amount_capturable": 0,
        "amount_received": charge["amount_captured"],
        "next_action": None,
        "processing": None,
    }
    world.emit("payment_intent.succeeded", intent)
    if charge["balance_transaction"] is None:
        charges.settle(world, charge)
        world.emit("charge.updated", charge)
    disputes.open_if_provoked(world, charge)
    owners.tell(world, intent)


def capture(world: World, intent: Record, charge: Record, amount: int) -> None:
    """Take an amount of what was authorized; the rest is released."""
    charge |= {"captured": True, "amount_captured": amount, "amount_refunded": charge["amount"] - amount}
    charges.settle(world, charge)
    world.emit("charge.captured", charge)
    succeed(world, intent, charge)


def decline(world: World, intent: Record, method: Record, refusal: Decline) -> None:
    """Refused by the issuer: a failed charge, and the intent wants another payment method."""
    made = charges.begin(world, intent, method)
    charges.fail(world, made, refusal)
    fail(world, intent, method, failures.describe_decline(refusal) | {"charge": made["id"]})


def fail(world: World, intent: Record, method: Record, error: Record) -> None:
    """The attempt has failed with this error; the intent waits for another payment method."""
    intent |= {
        "status": "requires_payment_method",
        "last_payment_error": error | {"payment_method": world.render(method)},
        "next_action": None,
        "payment_method": None,
        "processing": None,
    }
    world.emit("payment_intent.payment_failed", intent)
    owners.tell(world, intent)


def keep_method(world: World, intent: Record, method: Record) -> None:
    """Attach the method if it is to be used again, else it is used up. Authenticating for that sets it up."""
    options = intent["payment_method_options"] or {}
    usage = (options.get(method["type"]) or {}).get("setup_future_usage") or intent["setup_future_usage"]
    if usage in ("on_session", "off_session") and intent["customer"]:
        payment_methods.attach_to(world, method, intent["customer"])
        method["_set_up"] = method["_set_up"] or usage == "off_session"
    elif method["customer"] is None:
        method["_used"] = True


# -- debits of bank accounts -----------------------------------------------------------------------------------------


def _debit(world: World, intent: Record, method: Record) -> None:
    """Begin a debit: it is known in some days whether there was money."""
    made = charges.begin(world, intent, method)
    keep_method(world, intent, method)
    intent["status"] = "processing"
    world.emit("payment_intent.processing", intent)
    world.emit("charge.pending", made)
    world.schedule(world.now + banks.DAYS * DAY, "payment_intent.settle", intent["id"])
    owners.tell(world, intent)


@due("payment_intent.settle")
def settle(world: World, intent_id: str) -> None:
    """A debit has succeeded or failed."""
    intent = world.find(intent_id)
    if intent is None or intent["status"] != "processing":
        return None
    made, method = (
        world.get("charge", intent["latest_charge"]),
        world.get("payment_method", intent["payment_method"]),
    )
    refusal = banks.of(method).failure
    if refusal is None:
        charges.succeed(world, made, capture=True, settled=True)
        return succeed(world, intent, made)
    charges.fail(world, made, refusal)
    return fail(world, intent, method, failures.describe_decline(refusal) | {"charge": made["id"]})

"""3-D Secure: when a buyer is asked, what tells Stripe.js to ask him, and what his answer does.

https://docs.stripe.com/payments/3d-secure/authentication-flow
"""

from __future__ import annotations

from collections.abc import Callable

from sandbox import identifiers
from sandbox.errors import StripeError
from sandbox.objects import cards
from sandbox.store import Record
from sandbox.world import World

# Where a browser is sent that authenticates without Stripe.js, on the sandbox's own server.
PAGE = "/3d_secure/{intent}"

# What continues, per kind of intent: (world, intent, passed).
CONTINUATIONS: dict[str, Callable[[World, Record, bool], None]] = {}


def continuation(
    kind: str,
) -> Callable[[Callable[[World, Record, bool], None]], Callable[[World, Record, bool], None]]:
    """Register what happens to an intent of a kind when its buyer has answered."""

    def register(verb: Callable[[World, Record, bool], None]) -> Callable[[World, Record, bool], None]:
        CONTINUATIONS[kind] = verb
        return verb

    return register


def is_needed(intent: Record, method: Record, *, off_session: bool) -> bool:
    """Whether the buyer must authenticate a card for this intent."""
    options = (intent["payment_method_options"] or {}).get("card") or {}
    asked = options.get("request_three_d_secure") in ("any", "challenge")
    card = cards.of(method)
    return cards.needs_authentication(card, off_session=off_session, set_up=method["_set_up"], asked=asked)


def ask(world: World, intent: Record, return_url: str | None) -> None:
    """Put the next action on an intent that is in `requires_action`, with its event."""
    if return_url:
        url = world.base_url + PAGE.format(intent=intent["id"]) + f"?client_secret={intent['client_secret']}"
        action = {"type": "redirect_to_url", "redirect_to_url": {"return_url": return_url, "url": url}}
    else:
        details = {
            "type": "three_d_secure_redirect",
            "source": "src_" + identifiers.random_text(24),
            "stripe_js": "",
        }
        action = {"type": "use_stripe_sdk", "use_stripe_sdk": details}
    intent["next_action"] = action
    world.emit(f"{intent['object']}.requires_action", intent)


def authenticate(world: World, intent: Record, passed: bool) -> Record:
    """The buyer has answered the dialog of an intent in `requires_action`: what was waiting goes on.

    Raises nothing for a decline that follows: look at the intent.
    """
    if intent["status"] != "requires_action":
        raise StripeError("This payment does not wait for an authentication.", code="intent_invalid_state")
    world.follow(world.find(intent["customer"]) or {})
    CONTINUATIONS[intent["object"]](world, intent, passed)
    return intent

"""Checkout sessions for tests: opened, refused, completed as by the page's button."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from sandbox.objects import checkout
from sandbox.testing import Stage

BACK = {"success_url": "https://shop.example/done?session={CHECKOUT_SESSION_ID}"}


def complete(stage: Stage, session: str, **buyer: Any) -> dict[str, Any]:
    """Press the page's button; the session as it is then."""
    typed = {"email": "alice@example.com", "name": "Alice", "payment_method": "pm_card_visa"} | buyer
    with stage.sandbox.work() as world:
        checkout.complete(world, world.get("checkout.session", session), checkout.Buyer(**typed))
    return stage.client.v1.checkout.sessions.retrieve(session, {"expand": ["line_items"]}).to_dict()


def intent_of(stage: Stage, session: str) -> str:
    with stage.sandbox.work() as world:
        intent = checkout.find_intent(world, world.get("checkout.session", session))
        assert intent is not None
        return str(intent["id"])


def sell(stage: Stage, price: str, mode: str = "payment", **params: Any) -> Any:
    given = {**BACK, "mode": mode, "line_items": [{"price": price, "quantity": 1}], **params}
    return stage.client.v1.checkout.sessions.create(given)  # type: ignore[arg-type]


def refused(stage: Stage, price: str, mode: str = "payment", **params: Any) -> stripe.StripeError:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        sell(stage, price, mode, **params)
    return caught.value

"""Setup intents."""

from __future__ import annotations

from sandbox.tests.payment_transitions.vocabulary import DOCS, SETUP, TESTING
from sandbox.tests.transitions import Transition

SETUP_INTENTS = (
    Transition((), "", "create", "requires_payment_method", ("setup_intent.created",), SETUP),
    Transition(
        ("create",),
        "requires_payment_method",
        "confirm with visa",
        "succeeded",
        ("payment_method.attached", "setup_intent.succeeded"),
        SETUP,
    ),
    Transition(
        ("create",),
        "requires_payment_method",
        "confirm with visa_chargeDeclined",
        "requires_payment_method",
        ("setup_intent.setup_failed",),
        f"{TESTING}#declined-payments",
        {"payment_method": None},
        error="card_declined",
    ),
    Transition(
        ("create",),
        "requires_payment_method",
        "confirm with chargeCustomerFail",
        "succeeded",
        ("payment_method.attached", "setup_intent.succeeded"),
        f"{TESTING}#declined-payments",
    ),
    Transition(
        ("create",),
        "requires_payment_method",
        "confirm with authenticationRequiredOnSetup",
        "requires_action",
        ("setup_intent.requires_action",),
        f"{TESTING}#authentication-and-setup",
    ),
    Transition(
        ("create", "confirm with authenticationRequiredOnSetup"),
        "requires_action",
        "authenticate",
        "succeeded",
        ("payment_method.attached", "setup_intent.succeeded"),
        SETUP,
        {"next_action": None},
    ),
    Transition(
        ("create", "confirm with authenticationRequiredOnSetup"),
        "requires_action",
        "fail to authenticate",
        "requires_payment_method",
        ("setup_intent.setup_failed",),
        SETUP,
        {"next_action": None},
    ),
    Transition(
        ("create",),
        "requires_payment_method",
        "cancel",
        "canceled",
        ("setup_intent.canceled",),
        f"{DOCS}/api/setup_intents/cancel",
    ),
    Transition(
        ("create", "confirm with visa"),
        "succeeded",
        "cancel",
        "succeeded",
        (),
        f"{DOCS}/api/setup_intents/cancel",
        error="setup_intent_unexpected_state",
    ),
)

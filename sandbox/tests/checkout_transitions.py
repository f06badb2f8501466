"""The table of Checkout sessions: a price of 2000 a month, and one of 500 at once."""

from __future__ import annotations

from sandbox.tests.transitions import Transition

DOCS = "https://docs.stripe.com"
HOW = f"{DOCS}/payments/checkout/how-checkout-works"
FULFILL = f"{DOCS}/checkout/fulfillment"
EXPIRE = f"{DOCS}/api/checkout/sessions/expire"
TRIALS = f"{DOCS}/payments/checkout/free-trials"
SUBSCRIBE = f"{DOCS}/billing/subscriptions/build-subscriptions"
SETUP = f"{DOCS}/payments/save-and-reuse?platform=checkout"
PAGE = f"{DOCS}/payments/checkout/custom-success-page"

PAID = ("charge.succeeded", "payment_intent.succeeded", "charge.updated")
COMPLETED = "checkout.session.completed"
INVOICED = (
    "customer.created",
    "invoice.created",
    "customer.updated",
    "payment_intent.created",
    "invoice.finalized",
    "customer.subscription.created",
)
SUBSCRIBED = (
    "payment_method.attached",
    "charge.succeeded",
    "payment_intent.succeeded",
    "invoice.updated",
    "invoice.paid",
    "invoice.payment_succeeded",
    "invoice_payment.paid",
    "customer.subscription.updated",
    COMPLETED,
)

SESSIONS = (
    Transition((), "", "open payment", "open", (), HOW, {"payment_status": "unpaid", "amount_total": 500}),
    Transition(
        ("open payment",),
        "open",
        "buy with pm_card_visa",
        "complete",
        ("payment_intent.created", *PAID, COMPLETED),
        FULFILL,
        {"payment_status": "paid", "url": None, "customer": None},
    ),
    Transition(
        ("open payment",),
        "open",
        "buy with pm_card_chargeDeclined",
        "open",
        ("payment_intent.created", "charge.failed", "payment_intent.payment_failed"),
        HOW,
        {"payment_status": "unpaid"},
    ),
    Transition(
        ("open payment", "buy with pm_card_chargeDeclined"),
        "open",
        "buy with pm_card_visa",
        "complete",
        (*PAID, COMPLETED),
        HOW,
        {"payment_status": "paid"},
    ),
    Transition(
        ("open payment",),
        "open",
        "buy with pm_card_threeDSecure2Required",
        "open",
        ("payment_intent.created", "payment_intent.requires_action"),
        HOW,
    ),
    Transition(
        ("open payment", "buy with pm_card_threeDSecure2Required"),
        "open",
        "authenticate",
        "complete",
        (*PAID, COMPLETED),
        HOW,
        {"payment_status": "paid"},
    ),
    Transition(
        ("open payment", "buy with pm_card_threeDSecure2Required"),
        "open",
        "fail to authenticate",
        "open",
        ("payment_intent.payment_failed",),
        HOW,
    ),
    Transition(
        ("open payment",),
        "open",
        "buy with pm_usBankAccount",
        "complete",
        ("payment_intent.created", "payment_intent.processing", "charge.pending", COMPLETED),
        f"{FULFILL}#delayed-notification",
        {"payment_status": "unpaid"},
    ),
    Transition(
        ("open payment", "buy with pm_usBankAccount"),
        "complete",
        "4 days pass",
        "complete",
        ("charge.succeeded", "payment_intent.succeeded", "checkout.session.async_payment_succeeded"),
        f"{FULFILL}#delayed-notification",
        {"payment_status": "paid"},
    ),
    Transition(
        ("open payment", "buy with pm_usBankAccount_accountClosed"),
        "complete",
        "4 days pass",
        "complete",
        ("charge.failed", "payment_intent.payment_failed", "checkout.session.async_payment_failed"),
        f"{FULFILL}#delayed-notification",
        {"payment_status": "unpaid"},
    ),
    Transition(
        ("open payment",), "open", "expire", "expired", ("checkout.session.expired",), EXPIRE, {"url": None}
    ),
    Transition(
        ("open payment", "buy with pm_card_chargeDeclined"),
        "open",
        "expire",
        "expired",
        ("payment_intent.canceled", "checkout.session.expired"),
        EXPIRE,
    ),
    Transition(("open payment",), "open", "1 day passes", "expired", ("checkout.session.expired",), EXPIRE),
    Transition(
        ("open payment", "buy with pm_card_visa"), "complete", "expire", "complete", (), EXPIRE, error=""
    ),
    Transition(
        ("open payment", "expire"),
        "expired",
        "buy with pm_card_visa",
        "expired",
        (),
        EXPIRE,
        error="checkout_session_not_open",
    ),
    Transition(
        ("open subscription",),
        "open",
        "buy with pm_card_visa",
        "complete",
        (*INVOICED, *SUBSCRIBED),
        SUBSCRIBE,
        {"payment_status": "paid", "amount_total": 2000},
    ),
    Transition(
        ("open subscription",),
        "open",
        "buy with pm_card_chargeDeclined",
        "open",
        (
            *INVOICED,
            "charge.failed",
            "payment_intent.payment_failed",
            "invoice.updated",
            "invoice.payment_failed",
            "customer.updated",
        ),
        SUBSCRIBE,
        {"payment_status": "unpaid", "subscription": None},
    ),
    Transition(
        ("open subscription", "buy with pm_card_chargeDeclined"),
        "open",
        "buy with pm_card_visa",
        "complete",
        (*SUBSCRIBED[:-2], "customer.updated", *SUBSCRIBED[-2:]),  # no longer delinquent
        SUBSCRIBE,
        {"payment_status": "paid"},
    ),
    Transition(
        ("open trial",),
        "open",
        "buy with pm_card_visa",
        "complete",
        (
            "customer.created",
            "setup_intent.created",
            "payment_method.attached",
            "setup_intent.succeeded",
            "invoice.created",
            "customer.updated",
            "invoice.finalized",
            "invoice.updated",
            "invoice.paid",
            "invoice.payment_succeeded",
            "customer.subscription.created",
            COMPLETED,
        ),
        TRIALS,
        {"payment_status": "no_payment_required", "amount_total": 0},
    ),
    Transition((), "", "open setup", "open", ("setup_intent.created",), SETUP, {"amount_total": None}),
    Transition(
        ("open setup",),
        "open",
        "buy with pm_card_visa",
        "complete",
        ("setup_intent.succeeded", COMPLETED),
        SETUP,
        {"payment_status": "no_payment_required"},
    ),
    Transition(
        ("open setup",),
        "open",
        "expire",
        "expired",
        ("setup_intent.canceled", "checkout.session.expired"),
        EXPIRE,
    ),
)

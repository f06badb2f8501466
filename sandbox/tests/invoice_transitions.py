"""The tables of invoices by hand, of schedules over a subscription of 5000 a month, and of test clocks. In cents."""

from __future__ import annotations

from sandbox.tests.transitions import Transition

DOCS = "https://docs.stripe.com"
WAYS = f"{DOCS}/invoicing/integration/workflow-transitions"
API = f"{DOCS}/api/invoices"
BALANCE = f"{DOCS}/billing/customer/balance"
AUTOMATIC = f"{DOCS}/invoicing/integration/automatic-advancement-collection"
SCHEDULES = f"{DOCS}/billing/subscriptions/subscription-schedules"
SCHEDULE_API = f"{DOCS}/api/subscription_schedules"
CLOCKS = f"{DOCS}/billing/testing/test-clocks"
CLOCK_API = f"{DOCS}/api/test_clocks"

PAID = ("invoice.updated", "invoice.paid", "invoice.payment_succeeded")
CHARGED = ("charge.succeeded", "payment_intent.succeeded", *PAID, "invoice_payment.paid")
DECLINED = ("charge.failed", "payment_intent.payment_failed", "invoice.updated", "invoice.payment_failed")
OPENED = ("payment_intent.created", "invoice.finalized")
VOIDED = ("invoice.voided", "payment_intent.canceled")

INVOICES = (
    Transition(
        (),
        "",
        "bill 500",
        "draft",
        ("invoice.created", "customer.updated", "invoiceitem.created", "invoice.updated"),
        WAYS,
        {"amount_due": 500, "number": None, "attempted": False},
    ),
    Transition(
        ("bill 500",), "draft", "finalize", "open", OPENED, WAYS, {"amount_due": 500, "amount_remaining": 500}
    ),
    Transition(("bill 500",), "draft", "delete", "", ("invoice.deleted",), f"{API}/delete"),
    Transition(("bill 500",), "draft", "void", "draft", (), f"{API}/void", error="invoice_not_editable"),
    Transition(("bill 500",), "draft", "hours 24", "draft", (), AUTOMATIC),
    Transition(
        ("bill 500", "let advance"),
        "draft",
        "hours 1",
        "paid",
        (*OPENED, *CHARGED),
        AUTOMATIC,
        {"amount_paid": 500},
    ),
    Transition(
        ("bill 500", "take declining", "let advance"),
        "draft",
        "hours 1",
        "open",
        (*OPENED, *DECLINED, "customer.updated"),
        AUTOMATIC,
        {"attempt_count": 1, "next_payment_attempt": None},
    ),
    Transition(("bill 500", "finalize"), "open", "pay", "paid", CHARGED, WAYS, {"amount_paid": 500}),
    Transition(
        ("bill 500", "finalize", "take declining"),
        "open",
        "pay",
        "open",
        (*DECLINED, "customer.updated"),
        f"{API}/pay",
        {"amount_paid": 0, "attempt_count": 1, "attempted": True},
        error="card_declined",
    ),
    Transition(
        ("bill 500", "finalize", "take declining", "pay"),
        "open",
        "pay",
        "open",
        ("charge.failed", "payment_intent.payment_failed", "invoice.payment_failed"),
        f"{API}/object#invoice_object-attempt_count",
        {"attempt_count": 1},
        error="card_declined",
    ),
    Transition(
        ("bill 500", "finalize"),
        "open",
        "pay elsewhere",
        "paid",
        ("payment_intent.canceled", *PAID),
        f"{API}/pay#pay_invoice-paid_out_of_band",
        {"amount_paid": 500, "amount_paid_off_stripe": 500},
    ),
    Transition(("bill 500", "finalize"), "open", "finalize", "open", (), WAYS, error="invoice_not_editable"),
    Transition(
        ("bill 500", "finalize"), "open", "delete", "open", (), f"{API}/delete", error="invoice_not_editable"
    ),
    Transition(("bill 500", "finalize"), "open", "void", "void", VOIDED, f"{API}/void", {"amount_paid": 0}),
    Transition(
        ("bill 500", "finalize"),
        "open",
        "write_off",
        "uncollectible",
        ("invoice.marked_uncollectible",),
        f"{API}/mark_uncollectible",
    ),
    Transition(("bill 500", "finalize", "write_off"), "uncollectible", "pay", "paid", CHARGED, WAYS),
    Transition(("bill 500", "finalize", "write_off"), "uncollectible", "void", "void", VOIDED, WAYS),
    Transition(("bill 500", "pay"), "paid", "void", "paid", (), f"{API}/void", error="invoice_not_editable"),
    Transition(
        ("bill 500", "finalize", "void"), "void", "pay", "void", (), WAYS, error="invoice_not_editable"
    ),
    Transition(
        ("bill 0",), "draft", "finalize", "paid", ("invoice.finalized", *PAID), WAYS, {"amount_paid": 0}
    ),
    Transition(
        ("credit 300", "bill 500"),
        "draft",
        "finalize",
        "open",
        ("customer.updated", *OPENED),
        BALANCE,
        {"amount_due": 200, "ending_balance": 0, "balance": 0},
    ),
    Transition(
        ("credit 800", "bill 500"),
        "draft",
        "finalize",
        "paid",
        ("customer.updated", "invoice.finalized", *PAID),
        BALANCE,
        {"amount_due": 0, "amount_paid": 0, "balance": -300},
    ),
    Transition(
        ("bill 49",),
        "draft",
        "finalize",
        "paid",
        ("customer.updated", "invoice.finalized", *PAID),
        f"{DOCS}/currencies#minimum-and-maximum-charge-amounts",
        {"amount_paid": 0, "balance": 49},
    ),
    Transition(
        ("credit 300", "bill 500", "finalize"),
        "open",
        "void",
        "void",
        ("invoice.voided", "customer.updated", "payment_intent.canceled"),
        BALANCE,
        {"balance": -300},
    ),
)

SCHEDULED = (
    Transition(
        (),
        "",
        "take_over",
        "active",
        ("subscription_schedule.created", "customer.subscription.updated"),
        f"{SCHEDULE_API}/create",
        {"phases": [5000], "subscription_status": "active"},
    ),
    Transition(
        ("take_over",),
        "active",
        "plan 2000",
        "active",
        ("subscription_schedule.updated",),
        f"{SCHEDULES}/use-cases#downgrading-subscriptions",
        {"phases": [5000, 2000], "price": 5000},
    ),
    Transition(
        ("take_over", "plan 2000", "30"),
        "active",
        "1",
        "active",
        ("subscription_schedule.updated", "invoice.created", "customer.subscription.updated"),
        f"{SCHEDULES}#phase-transitions",
        {"price": 2000, "draft": 2000},
    ),
    Transition(
        ("take_over", "plan 2000", "51"),
        "active",
        "1",
        "active",
        ("subscription_schedule.expiring", "invoice.upcoming"),
        f"{DOCS}/api/events/types#event_types-invoice.upcoming",
    ),
    Transition(
        ("take_over", "plan 2000", "58"),
        "active",
        "1",
        "released",
        (
            "subscription_schedule.released",
            "customer.subscription.updated",
            "invoice.created",
            "customer.subscription.updated",
        ),
        f"{SCHEDULE_API}/object#subscription_schedule_object-end_behavior",
        {"subscription": None, "subscription_status": "active"},
    ),
    Transition(
        ("take_over", "plan the end", "30"),
        "active",
        "1",
        "completed",
        ("customer.subscription.deleted", "subscription_schedule.completed"),
        f"{SCHEDULE_API}/object#subscription_schedule_object-end_behavior",
        {"subscription_status": "canceled"},
    ),
    Transition(
        ("take_over", "plan 2000"),
        "active",
        "release",
        "released",
        ("subscription_schedule.released", "customer.subscription.updated"),
        f"{SCHEDULE_API}/release",
        {"subscription": None, "subscription_status": "active", "price": 5000},
    ),
    Transition(
        ("take_over",),
        "active",
        "cancel",
        "canceled",
        (
            "invoiceitem.created",
            "invoice.created",
            "customer.updated",
            "invoice.finalized",
            *PAID,
            "customer.subscription.updated",
            "subscription_schedule.canceled",
            "customer.subscription.deleted",
        ),
        f"{SCHEDULE_API}/cancel",
        {"subscription_status": "canceled"},
    ),
    Transition(
        ("take_over", "release"), "released", "cancel", "released", (), f"{SCHEDULE_API}/cancel", error=""
    ),
    Transition(("take_over",), "active", "take_over", "active", (), f"{SCHEDULE_API}/create", error=""),
)

CLOCKED = (
    Transition(
        (), "", "make", "ready", ("test_helpers.test_clock.created",), f"{CLOCK_API}/create", {"days": 0}
    ),
    Transition(
        ("make",),
        "ready",
        "advance 10",
        "ready",
        ("test_helpers.test_clock.advancing", "test_helpers.test_clock.ready"),
        CLOCKS,
        {"days": 10, "answered": "advancing"},
    ),
    Transition(("make",), "ready", "advance 0", "ready", (), f"{CLOCK_API}/advance", error=""),
    Transition(("make",), "ready", "delete", "", ("test_helpers.test_clock.deleted",), f"{CLOCK_API}/delete"),
    Transition(
        ("make",),
        "ready",
        "30",
        "",
        ("test_helpers.test_clock.deleted",),
        f"{CLOCK_API}/object#test_clock_object-deletes_after",
    ),
)

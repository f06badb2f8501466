"""What each call to Stripe that writes is written down with before it is made, and how its answer is found again."""

from tests.mutations.mutation import Mutation

RANDOM = '__import__("uuid").uuid4().hex'

MUTATIONS = (
    Mutation(
        "the stored key of a purchase",
        "F26",
        (
            (
                "billing/purchases.py",
                "gateway.subscriptions.create(**parameters, key=attempt.key)",
                f"gateway.subscriptions.create(**parameters, key={RANDOM})",
            ),
        ),
        ("test_a_lost_call_or_answer_is_made_up_for_by_the_next_click[lost-/v1/subscriptions]",),
    ),
    Mutation(
        "the stored key of a customer",
        "F26",
        (
            (
                "billing/customers.py",
                "gateway.customers.create(**attempt.parameters, key=attempt.key)",
                f"gateway.customers.create(**attempt.parameters, key={RANDOM})",
            ),
        ),
        ("test_a_lost_call_or_answer_is_made_up_for_by_the_next_click[lost-/v1/customers]",),
    ),
    Mutation(
        "the stored key of an order",
        "F26",
        (("cart/payments.py", "key=order.key,", f"key={RANDOM},"),),
        ("test_a_payment_that_was_begun_and_not_heard_of_is_found_or_made_once[0-lost]",),
    ),
    Mutation(
        "the stored key of a refund",
        "F26",
        (("cart/refunds.py", "key=str(refund.key))", f"key={RANDOM})"),),
        ("test_a_refund_whose_answer_is_lost_is_one_refund[lost]",),
    ),
    Mutation(
        "the stored key of Checkout's page",
        "F26",
        (("billing/checkouts.py", "**wanted, key=attempt.key)", f"**wanted, key={RANDOM})"),),
        ("test_once_more_and_it_is_there_once[buying POST /v1/checkout/sessions]",),
    ),
    Mutation(
        "the stored key of a tax rate",
        "F26",
        (("portal/tax.py", "key=rate.key,", f"key={RANDOM},"),),
        ("test_once_more_and_it_is_there_once[buying POST /v1/tax_rates]",),
    ),
    Mutation(
        "the search of a payment for its order",
        "F26",
        (
            (
                "cart/fulfilment.py",
                "_OF_INTENT.first(guard.stripe_id) or _named(guard)",
                "_OF_INTENT.first(guard.stripe_id)",
            ),
        ),
        ("test_a_process_that_died_before_it_noted_the_intent_left_nothing_undone",),
    ),
    Mutation(
        "the end of an attempt that an event tells of",
        "F26",
        (
            (
                "billing/mirror/subscriptions.py",
                'if guard.as_of is None and columns["attempt_key"]:',
                "if False:",
            ),
        ),
        ("test_a_lost_answer_is_made_up_for_by_the_event_too",),
    ),
    Mutation(
        "the refusal to call Stripe inside a transaction",
        "",
        (
            (
                "billing/gateway/client.py",
                "    refuse_in_transaction()\n    client = connected()",
                "    client = connected()",
            ),
        ),
        (
            "test_no_call_is_made_inside_a_transaction",
            "test_the_transaction_around_a_test_is_no_transaction_but_one_inside_it_is",
        ),
    ),
)

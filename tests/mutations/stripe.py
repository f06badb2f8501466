"""What stands when Stripe fails, says no, or answers late."""

from tests.mutations.mutation import Mutation

SLOW = (
    Mutation(
        "the deadline over all calls",
        "F33",
        (
            (
                "billing/gateway/deadline.py",
                "    _ends.set(time.monotonic() + SECONDS)\n",
                "    _ends.set(None)\n",
            ),
        ),
        (
            "test_one_deadline_holds_for_all_calls_and_retries_of_a_request",
            "test_a_request_begins_a_deadline_of_twelve_seconds_and_its_end_ends_it",
        ),
    ),
    Mutation(
        "the twelve seconds",
        "F33",
        (("billing/gateway/deadline.py", "SECONDS = 12.0", "SECONDS = 60.0"),),
        ("test_a_request_begins_a_deadline_of_twelve_seconds_and_its_end_ends_it",),
    ),
    Mutation(
        "the second try of a 429",
        "F34",
        (
            (
                "billing/gateway/transport.py",
                "        if response is not None and response[1] == TOO_MANY_REQUESTS:\n            return True\n",
                "",
            ),
        ),
        ("billing/tests/test_purchases.py::test_a_rate_limit_is_waited_out",),
    ),
    Mutation(
        "the second try of a 409",
        "F35",
        (("billing/gateway/transport.py", "RETRIES = 3", "RETRIES = 0"),),
        ("test_a_key_that_is_in_use_is_tried_again_and_makes_one_subscription",),
    ),
)

KEYS = (
    Mutation(
        "the end of an attempt whose key is spoilt",
        "F36",
        (
            (
                "billing/errors.py",
                'bring another answer."""\n\n    leaves_open = False',
                'bring another answer."""\n\n    leaves_open = True',
            ),
        ),
        ("test_a_failure_that_stripe_has_stored_is_left_behind_with_its_key[/v1/subscriptions]",),
    ),
    Mutation(
        "the end of an order whose key is spoilt",
        "F36",
        (
            (
                "cart/orders.py",
                "except (stripe_errors.StoredFailure, stripe_errors.KeyReused, stripe_errors.NotFound) as never:",
                "except stripe_errors.NotFound as never:",
            ),
        ),
        ("test_a_payment_that_was_begun_and_not_heard_of_is_found_or_made_once[0-error]",),
    ),
    Mutation(
        "the age of a key",
        "F37",
        (
            (
                "billing/models/attempts.py",
                "return timezone.now() - self.created > KEY_LIFETIME",
                "return False",
            ),
        ),
        ("test_an_answer_lost_longer_ago_than_keys_are_kept_is_found[/v1/customers]",),
    ),
    Mutation(
        "the age of an order's key",
        "F37",
        (("cart/payments.py", "return timezone.now() - order.created > KEY_LIFETIME", "return False"),),
        ("test_a_payment_that_was_begun_and_not_heard_of_is_found_or_made_once[30-lost]",),
    ),
    Mutation(
        "the comparison of a purchase with the one under way",
        "F38",
        (
            (
                "billing/purchases.py",
                "if under_way is not None and order.matches(under_way) and not",
                "if under_way is not None and not",
            ),
        ),
        ("test_a_purchase_of_which_nobody_has_heard_blocks_another_only_for_a_moment",),
    ),
    Mutation(
        "the comparison of an order with its cart",
        "F38",
        (
            (
                "cart/drafts.py",
                "if present is not None and _is(present, cart, draft):",
                "if present is not None:",
            ),
        ),
        (
            "test_prices_that_change_make_another_order_too",
            "test_who_signs_in_half_way_pays_as_their_organization",
        ),
    ),
)

PAYMENTS = (
    Mutation(
        "the cancelling of a payment before the next",
        "F39",
        (("cart/orders.py", "        withdrawals.carry_out(other)\n", ""),),
        ("test_what_was_paid_before_the_cart_changed_is_the_order",),
    ),
    Mutation(
        "the one paid order of a purchase",
        "F39",
        (("cart/fulfilment.py", "    if others.taken().exists():\n        return False\n", ""),),
        ("test_of_two_payments_of_one_purchase_the_second_goes_back_and_staff_are_told",),
    ),
    Mutation(
        "the comparison of a payment with its order",
        "",
        (("cart/fulfilment.py", "if found := differences(order, guard):", "if found := []:"),),
        ("test_a_payment_that_does_not_match_its_order_delivers_nothing",),
    ),
    Mutation(
        "the taking back of what was declined",
        "F40",
        (
            (
                "billing/purchases.py",
                "    if decline := gateway.payments.last_decline(subscription.latest_invoice_id):\n"
                "        _take_back(subscription)\n",
                "    if decline := gateway.payments.last_decline(subscription.latest_invoice_id):\n",
            ),
        ),
        ("test_a_decline_is_a_402_with_stripes_sentence_and_leaves_nothing[4000000000000341]",),
    ),
    Mutation(
        "the wait for the bank in the shop",
        "F41",
        (
            (
                "cart/fulfilment.py",
                "            _processing(order, guard)\n",
                "            _paid(order, guard)\n",
            ),
        ),
        (
            "test_a_debit_is_on_its_way_for_days_and_then_paid",
            "test_a_debit_that_fails_leaves_the_cart_as_it_was",
        ),
    ),
    Mutation(
        "the wait for the bank in the portal",
        "F41",
        (
            (
                "portal/years.py",
                "if invoice is None or invoice.status != StripeInvoice.Status.PAID:",
                "if invoice is None:",
            ),
        ),
        ("test_it_gives_a_year_when_it_has_succeeded",),
    ),
    Mutation(
        "what a refused debit is cleared away with",
        "F40",
        (("portal/debits.py", "        purchases.withdraw(subscription)\n", ""),),
        ("test_one_that_is_refused_leaves_nothing_behind_and_is_told_once",),
    ),
    Mutation(
        "the word of a gateway without a key",
        "F43",
        (("billing/gateway/client.py", "    if not is_on():\n        raise errors.BillingOff()\n", ""),),
        ("test_with_an_empty_key_billing_is_off",),
    ),
    Mutation(
        "the word of pages without a key",
        "F43",
        (
            (
                "billing/views/pages.py",
                "            if not gateway.client.is_on():\n                raise errors.BillingOff\n",
                "",
            ),
        ),
        ("test_when_billing_is_off_every_page_says_so",),
    ),
)

MUTATIONS = (*SLOW, *KEYS, *PAYMENTS)

"""Who may use what while money comes, fails and goes back."""

from tests.mutations.mutation import Mutation

MUTATIONS = (
    Mutation(
        "the grace",
        "F44",
        (
            (
                "billing/access.py",
                "until = max(item.period_start, overdue_since or item.period_start) + grace",
                "until = max(item.period_start, overdue_since or item.period_start)",
            ),
        ),
        (
            "test_a_renewal_that_fails_keeps_access_for_the_grace_tells_the_customer_once_and_can_recover",
            "test_access_ends_with_the_grace_and_comes_back_with_the_payment",
        ),
    ),
    Mutation(
        "the end of the grace",
        "F44",
        (
            (
                "billing/access.py",
                "if subscription.status in (Status.ACTIVE, Status.TRIALING):",
                "if subscription.status in GIVING:",
            ),
        ),
        (
            "test_a_renewal_that_fails_keeps_access_for_the_grace_tells_the_customer_once_and_can_recover",
            "test_access_ends_with_the_grace_and_comes_back_with_the_payment",
        ),
    ),
    Mutation(
        "the reaction to refunds and disputes",
        "F45",
        (("billing/webhooks/handlers.py", "    reversals.note(guard)\n", ""),),
        (
            "test_a_full_refund_ends_the_subscription_with_its_period",
            "test_a_dispute_ends_it_at_once_or_as_set",
        ),
    ),
    Mutation(
        "the setting to keep",
        "F45",
        (
            (
                "billing/reversals.py",
                "return found if found and found.act != Act.KEEP else None",
                "return found",
            ),
        ),
        ("test_a_partial_refund_ends_nothing",),
    ),
    Mutation(
        "the shop's reaction to refunds",
        "F45",
        (("cart/webhooks.py", "    refunds.follow(guard)\n", ""),),
        ("test_a_refund_in_the_dashboard_ends_in_the_same_rows",),
    ),
    Mutation(
        "the shop's alarm at disputes",
        "F45",
        (
            (
                "cart/webhooks.py",
                "        alarms.ring(Alarm.Kind.DISPUTED, guard",
                "        False and alarms.ring(Alarm.Kind.DISPUTED, guard",
            ),
        ),
        ("test_a_dispute_is_noted_and_staff_are_told",),
    ),
    Mutation(
        "the best of two subscriptions",
        "F46",
        (
            (
                "billing/access.py",
                "best = max(sources, key=lambda source: (source.tier.rank, source.until or FOREVER))",
                "best = sources[0]",
            ),
        ),
        ("test_two_live_subscriptions_at_once_give_access_and_no_exception",),
    ),
    Mutation(
        "the warning about two subscriptions",
        "F46",
        (
            (
                "billing/access.py",
                '        logger.warning("several subscriptions at once", organization=organization.pk)\n',
                "        pass\n",
            ),
        ),
        ("test_two_live_subscriptions_at_once_give_access_and_no_exception",),
    ),
    Mutation(
        "the end of subscriptions before that of their organization",
        "F47",
        (
            (
                "billing/closing.py",
                "            subscriptions.cancel(subscription, now=True)\n",
                "            pass\n",
            ),
        ),
        ("test_nothing_is_charged_any_more",),
    ),
    Mutation(
        "the rule that people and payers are not deleted",
        "F47",
        (
            (
                "accounts/admin/payers.py",
                "    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:\n"
                "        return False\n",
                "",
            ),
        ),
        ("test_people_and_payers_are_not_deleted_here",),
    ),
    Mutation(
        "the end of pages before that of their organization",
        "F47",
        (("billing/closing.py", "        checkouts.close(organization)\n", ""),),
        ("test_who_closes_an_organization_pays_no_order_of_it_any_more",),
    ),
    Mutation(
        "the refusal to give what an unknown price names",
        "F48",
        (
            (
                "billing/mirror/subscriptions.py",
                'item["key"] = keys.get(item["product_id"], "")',
                'item["key"] = keys.get(item["product_id"], "premium")',
            ),
        ),
        ("test_a_subscription_with_a_price_that_we_do_not_know_gives_nothing",),
    ),
    Mutation(
        "the warning about an unknown price",
        "F48",
        (
            (
                "billing/mirror/subscriptions.py",
                'logger.warning(\n                "unknown price on a subscription", subscription',
                'logger.debug(\n                "unknown price on a subscription", subscription',
            ),
        ),
        ("test_a_subscription_with_a_price_that_we_do_not_know_gives_nothing",),
    ),
    Mutation(
        "Stripe's word on when a period ends",
        "F49",
        (
            (
                "billing/mirror/subscriptions.py",
                'moment(item["current_period_end"])',
                'moment(item["current_period_start"] + 31 * 86400)',
            ),
        ),
        ("test_periods_end_when_stripe_says",),
    ),
    Mutation(
        "Stripe's word on when a year ends",
        "F49",
        (("portal/years.py", '"end": moment(line["end"])', '"end": moment(line["start"] + 365 * 86400)'),),
        ("test_a_year_from_29_february_ends_when_stripe_says",),
    ),
    Mutation(
        "the currencies without decimals",
        "F50",
        (("billing/money.py", '"bif clp djf gnf jpy kmf', '"bif clp djf gnf kmf'),),
        ("test_yen_have_no_smaller_unit", "test_yen_go_back_whole"),
    ),
)

"""What Stripe's events stand on: once each, in any order, and healed where they are lost."""

from tests.mutations.mutation import Mutation

ONCE = (
    Mutation(
        "the unique event id",
        "F1 F3 F55",
        (
            (
                "billing/webhooks/inbox.py",
                '"ON CONFLICT (stripe_id) DO NOTHING RETURNING id"',
                '"RETURNING id"',
            ),
            (
                "billing/models/inbox.py",
                'constraints = [models.UniqueConstraint(fields=["stripe_id"], name="event_once")]',
                "constraints: list[models.UniqueConstraint] = []",
            ),
        ),
        (
            "test_an_event_five_times_at_all_urls_has_one_effect",
            "test_none_of_many_events_is_lost_or_has_its_effect_twice[100]",
        ),
    ),
    Mutation(
        "the lock on an event",
        "F2",
        (
            (
                "billing/webhooks/inbox.py",
                "Event.objects.filter(pk=event_id).select_for_update(no_key=True)",
                "Event.objects.filter(pk=event_id)",
            ),
        ),
        ("test_four_workers_that_are_given_one_event_have_one_effect",),
        postgresql=True,
    ),
)

ORDER = (
    Mutation(
        "the rule that older news is skipped",
        "F4 F6",
        (
            (
                "billing/mirror/order.py",
                "        return Verdict.SKIP\n    if not said.plain",
                "        return Verdict.WRITE\n    if not said.plain",
            ),
        ),
        (
            "test_a_life_delivered_in_any_order_ends_with_the_rows_that_stripe_has",
            "test_a_life_in_some_orders",
        ),
    ),
    Mutation(
        "the sale that an invoice names by itself",
        "F5",
        (
            (
                "portal/years.py",
                'sales.filter(reference=guard.data["attempt"], organization',
                'sales.exclude(subscription_id="").filter(reference=guard.data["attempt"], organization',
            ),
        ),
        ("test_the_paid_invoice_before_everything_else_opens_access",),
    ),
    Mutation(
        "the sequence guard",
        "F7",
        (("billing/mirror/order.py", "if ticket > row.sequence:", "if ticket:"),),
        (
            "test_an_answer_that_a_later_one_has_overtaken_is_not_written",
            "test_an_answer_that_an_event_has_overtaken_is_asked_for_anew",
        ),
    ),
    Mutation(
        "the question to Stripe where there is doubt",
        "F8 F9",
        (
            (
                "billing/mirror/order.py",
                "return Verdict.CONFIRM if said.digest == row.digest else Verdict.ASK",
                "return Verdict.CONFIRM if said.digest == row.digest else Verdict.WRITE",
            ),
        ),
        (
            "test_three_changes_of_one_second_in_every_order_end_with_the_last_one",
            "test_a_payment_method_that_was_attached_detached_and_attached_is_attached",
        ),
    ),
)

LOST = (
    Mutation(
        "the comparison of objects that both sides have",
        "F10",
        (
            (
                "billing/reconcile/objects.py",
                "for stripe_id in facts if facts[stripe_id] != present.get(stripe_id)]",
                "for stripe_id in facts if stripe_id not in present]",
            ),
        ),
        ("test_a_change_of_which_no_event_was_ever_made_is_healed_from_the_object",),
    ),
    Mutation(
        "the list of Stripe's events",
        "F11",
        (("billing/reconcile/__init__.py", "    events.check(),\n", ""),),
        ("test_an_outage_longer_than_stripe_tries_is_healed_by_what_happened_since",),
    ),
    Mutation(
        "the search for what our rows do not have",
        "F12",
        (
            (
                "billing/reconcile/objects.py",
                "if not owner.ours or here == there:",
                "if not owner.ours or here in (None, there):",
            ),
        ),
        ("test_a_database_restored_from_an_hour_ago_is_healed",),
    ),
    Mutation(
        "the Message-ID of a fact",
        "F12",
        (
            ("billing/outbox.py", "import hashlib\n", "import hashlib\nimport os\n"),
            ("billing/outbox.py", "sha256(fact.encode())", "sha256(os.urandom(32))"),
        ),
        ("test_a_database_restored_from_before_a_payment_is_healed_and_its_mail_is_the_same_mail",),
    ),
    Mutation(
        "the rule that only events are mailed about",
        "F12",
        (
            (
                "billing/reconcile/runs.py",
                "        finding.mend()\n",
                "        finding.mend()\n"
                "        from billing.webhooks import handlers\n"
                "        for guard in MirroredObject.objects.filter(stripe_id=finding.subject):\n"
                "            handlers.subscription_ended(None, guard)\n",
            ),
        ),
        ("test_no_mail_is_sent_twice_because_the_database_was_restored",),
    ),
    Mutation(
        "what says that Stripe has an object no more",
        "F23",
        (
            (
                "billing/mirror/hearing.py",
                "return Statement(kind, stripe_id, {}, _vouched(stripe_id), ticket, gone=True)",
                "raise errors.NotFound",
            ),
        ),
        ("test_what_stripe_does_not_find_is_gone",),
    ),
    Mutation(
        "the goodbye to a customer that was deleted",
        "F24",
        (
            (
                "billing/mirror/customers.py",
                "if organization.stripe_customer_id == guard.stripe_id:",
                "if False:",
            ),
        ),
        ("test_a_customer_deleted_in_the_dashboard_ends_access_and_can_buy_again",),
    ),
)

MUTATIONS = (*ONCE, *ORDER, *LOST)

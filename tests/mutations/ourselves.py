"""What stands when we fail ourselves: clicks and workers at once, crashes, poison, mail servers that are down."""

from tests.mutations.mutation import Mutation

AT_ONCE = (
    Mutation(
        "the lock on an organization that buys",
        "F27",
        (
            (
                "billing/purchases.py",
                "        access.lock(order.organization.pk)\n",
                "",
            ),
        ),
        ("test_three_clicks_in_the_moment_before_the_first_is_noted_are_one_subscription",),
        postgresql=True,
    ),
    Mutation(
        "the look for a purchase that is under way",
        "F27",
        (
            (
                "billing/purchases.py",
                "    if under_way is not None and order.matches(under_way) and not under_way.is_stale:\n",
                "    if False:\n",
            ),
        ),
        ("test_ten_clicks_at_once_are_one_subscription_and_one_id_in_all_answers",),
        postgresql=True,
    ),
    Mutation(
        "the lock on a cart that is ordered",
        "F27",
        (
            (
                "cart/drafts.py",
                "Cart.objects.select_for_update(no_key=True).filter(pk=draft.cart.pk)",
                "Cart.objects.filter(pk=draft.cart.pk)",
            ),
        ),
        ("test_ten_clicks_at_once_are_one_order_and_one_intent",),
        postgresql=True,
    ),
    Mutation(
        "the pieces that are in stock",
        "",
        (("cart/stock.py", "pk=line.item.pk, stock__gte=line.quantity", "pk=line.item.pk"),),
        ("test_an_order_holds_its_pieces_until_it_expires",),
    ),
    Mutation(
        "the version of a cart",
        "",
        (("cart/carts.py", "if version is not None and version", "if False and version"),),
        ("test_a_stale_window_is_told_how_the_cart_is_now",),
    ),
    Mutation(
        "the transaction in which access follows its rows",
        "",
        (
            (
                "billing/mirror/subscriptions.py",
                '        _finish_attempt(columns["attempt_key"], guard.stripe_id)\n'
                "    if guard.organization is not None:\n        access.refresh(guard.organization)\n",
                '        _finish_attempt(columns["attempt_key"], guard.stripe_id)\n'
                "    if guard.organization is not None:\n"
                "        from django.db import transaction\n"
                "        transaction.on_commit(lambda: access.refresh(guard.organization), robust=True)\n",
            ),
        ),
        ("test_looking_again_finds_what_no_event_has_told",),
    ),
)

WORKERS = (
    Mutation(
        "5xx where there is no database",
        "F25",
        (
            (
                "billing/webhooks/receive.py",
                "except DatabaseError as error:",
                "except ZeroDivisionError as error:",
            ),
        ),
        ("test_without_a_database_nothing_is_acknowledged",),
    ),
    Mutation(
        "the haste with which a database is given up",
        "F25",
        (
            (
                "config/settings/data.py",
                'setdefault("connect_timeout", 5)',
                'setdefault("connect_timeout", 60)',
            ),
        ),
        ("test_a_database_that_does_not_answer_is_a_503_before_stripe_gives_up",),
        postgresql=True,
    ),
    Mutation(
        "the storing of an event before it is answered",
        "F31",
        (
            (
                "billing/webhooks/receive.py",
                "    return _answer(notice, body.decode())\n",
                "    from threading import Timer\n"
                "    later = Timer(1, _answer, (notice, body.decode()))\n"
                "    later.daemon = True\n"
                "    later.start()\n"
                '    return HttpResponse("OK", content_type="text/plain")\n',
            ),
        ),
        ("test_a_web_server_that_is_stopped_acknowledges_nothing_that_it_has_not_stored",),
        postgresql=True,
    ),
    Mutation(
        "the end of a lease",
        "F28",
        (
            (
                "billing/webhooks/inbox.py",
                "    free = Q(leased_until=None) | Q(leased_until__lte=now)\n    open_",
                "    free = Q(leased_until=None)\n    open_",
            ),
        ),
        ("test_a_worker_that_died_holds_its_event_for_the_lease_only[in doubt]",),
    ),
    Mutation(
        "the sweep over what dead workers left",
        "F28",
        (
            (
                "billing/models/inbox.py",
                "self.filter(waiting).filter(Q(leased_until=None) | Q(leased_until__lte=now))",
                "self.filter(waiting).filter(leased_until=None)",
            ),
        ),
        ("test_a_worker_that_died_holds_its_event_for_the_lease_only",),
    ),
    Mutation(
        "the lease",
        "F28",
        (("billing/webhooks/inbox.py", "pk=event.pk, leased_until=event.leased_until)", "pk=event.pk)"),),
        ("test_a_worker_that_took_too_long_leaves_no_trace",),
    ),
    Mutation(
        "the transaction around a handler",
        "F29",
        (
            (
                "billing/webhooks/process.py",
                "    with statements.together():\n        if not",
                "    if True:\n        if not",
            ),
        ),
        ("test_a_handler_that_raises_leaves_nothing_written_and_the_event_failed_until_it_is_sent_again",),
    ),
    Mutation(
        "the end of trying",
        "F30",
        (
            (
                "billing/webhooks/inbox.py",
                "Event.State.PARKED if event.attempts >= ATTEMPTS else Event.State.FAILED",
                "Event.State.FAILED",
            ),
        ),
        ("test_an_event_that_keeps_failing_is_given_up_and_then_a_delivery_changes_nothing",),
    ),
    Mutation(
        "the second chance of an event that failed",
        "F42",
        (
            (
                "billing/models/inbox.py",
                "Q(state=Event.State.RECEIVED) | Q(state=Event.State.FAILED, next_try__lte=now)",
                "Q(state=Event.State.RECEIVED)",
            ),
        ),
        ("test_while_the_key_is_revoked_events_are_kept_and_drained_after",),
    ),
)

EFFECTS = (
    Mutation(
        "the second chance of a mail",
        "F32",
        (
            (
                "billing/outbox.py",
                "        _postpone(mail, error)\n        return False\n",
                '        logger.warning("mail not sent", error=type(error).__name__)\n',
            ),
        ),
        ("test_a_failing_mail_server_delays_a_mail_and_loses_nothing",),
    ),
    Mutation(
        "the second chance of a paper",
        "F32",
        (
            (
                "portal/filing.py",
                "except Exception as error:  # whatever a disk",
                "except KeyError as error:  # whatever a disk",
            ),
        ),
        (
            "test_a_storage_that_fails_costs_neither_the_sale_nor_the_receipt",
            "test_a_paper_that_cannot_be_drawn_costs_neither_and_is_drawn_later",
        ),
    ),
    Mutation(
        "the lease of a mail",
        "",
        (("billing/outbox.py", "mail.next_try = now + LEASE", "mail.next_try = now"),),
        ("test_while_a_mail_is_being_sent_nobody_else_sends_it",),
    ),
    Mutation(
        "the fact that a mail is about",
        "",
        (
            (
                "billing/outbox.py",
                "Mail.objects.get_or_create(\n        fact=fact,",
                'Mail.objects.get_or_create(\n        fact=fact + __import__("uuid").uuid4().hex,',
            ),
        ),
        ("test_a_mail_goes_out_once_however_often_its_fact_is_noted",),
    ),
)

MUTATIONS = (*AT_ONCE, *WORKERS, *EFFECTS)

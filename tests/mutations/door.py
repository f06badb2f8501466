"""Which events are let in: signed by Stripe and of our time, ours, of a size, and whatever their headers."""

from tests.mutations.mutation import Mutation

SIGNED = (
    Mutation(
        "the age of a signature",
        "F13",
        (
            (
                "billing/webhooks/signatures.py",
                "abs(time.time() - int(timestamp)) > TOLERANCE",
                "int(timestamp) - time.time() > TOLERANCE",
            ),
        ),
        ("test_five_minutes_are_tolerated_on_both_sides",),
    ),
    Mutation(
        "the age of a signature from the future",
        "F14",
        (
            (
                "billing/webhooks/signatures.py",
                "abs(time.time() - int(timestamp)) > TOLERANCE",
                "time.time() - int(timestamp) > TOLERANCE",
            ),
        ),
        ("test_five_minutes_are_tolerated_on_both_sides",),
    ),
    Mutation(
        "the second secret",
        "F15",
        (("billing/webhooks/signatures.py", "for secret in secrets:", "for secret in secrets[:1]:"),),
        ("test_while_a_secret_is_rolled_the_old_the_new_and_both_in_one_header_are_good",),
    ),
    Mutation(
        "the second signature in a header",
        "F15",
        (
            (
                "billing/webhooks/signatures.py",
                "for signature in signatures):",
                "for signature in signatures[1:]):",
            ),
        ),
        ("test_while_a_secret_is_rolled_the_old_the_new_and_both_in_one_header_are_good",),
    ),
    Mutation(
        "the refusal where no secret is set",
        "F16",
        (
            (
                "billing/webhooks/receive.py",
                "if not signatures.is_good(",
                "if settings.STRIPE_WEBHOOK_SECRETS and not signatures.is_good(",
            ),
        ),
        ("test_without_a_secret_nothing_is_accepted",),
    ),
)

OURS = (
    Mutation(
        "the comparison of modes",
        "F17",
        (
            (
                "billing/webhooks/notices.py",
                "        if self.live != settings.STRIPE_LIVE_MODE:\n            return Event.Reason.WRONG_MODE\n",
                "",
            ),
        ),
        ("test_an_event_of_the_other_mode_is_ignored_without_a_call",),
    ),
    Mutation(
        "the comparison of modes in a live deployment",
        "F17",
        (
            (
                "billing/webhooks/notices.py",
                "if self.live != settings.STRIPE_LIVE_MODE:",
                "if self.live > settings.STRIPE_LIVE_MODE:",
            ),
        ),
        ("test_an_event_of_the_other_mode_is_ignored_without_a_call",),
    ),
    Mutation(
        "the namespace filter",
        "F18 F19",
        (
            (
                "billing/gateway/namespace.py",
                "return read(metadata) == settings.STRIPE_NAMESPACE",
                "return True",
            ),
        ),
        (
            "test_what_bears_another_namespace_is_ignored_without_a_call_or_a_row",
            "test_what_belongs_to_a_customer_that_is_not_ours_is_ignored_and_asked_about_once",
            "test_another_applications_objects_are_neither_shown_nor_touched",
        ),
    ),
    Mutation(
        "the adoption of a customer of ours",
        "F19",
        (
            (
                "billing/ownership.py",
                "        mirror.pull(kind, stripe_id, owner.organization_id)\n",
                "        pass\n",
            ),
        ),
        ("test_an_unknown_customer_of_ours_is_adopted_with_what_belongs_to_it",),
    ),
    Mutation(
        "the doubt where Stripe cannot tell whose it is",
        "F19",
        (("billing/ownership.py", "        raise errors.NotFound\n", "        return FOREIGN\n"),),
        ("test_when_stripe_cannot_say_whose_it_is_the_event_waits",),
    ),
    Mutation(
        "the look at the account",
        "F20",
        (
            (
                "billing/webhooks/notices.py",
                "        if self.connected:\n            return Event.Reason.CONNECTED_ACCOUNT\n",
                "",
            ),
        ),
        ("test_an_event_of_a_connected_account_is_ignored",),
    ),
    Mutation(
        "the look at the version of the API",
        "F21",
        (
            (
                "billing/webhooks/notices.py",
                "plain=bool(self.data) and self.api_version == settings.STRIPE_API_VERSION,",
                "plain=bool(self.data),",
            ),
        ),
        ("test_an_event_of_another_version_is_fetched_with_ours",),
    ),
    Mutation(
        "the list of types that mean something",
        "F22",
        (
            (
                "billing/webhooks/notices.py",
                "if not self.kind or not registry.knows(self.type):",
                "if not self.kind:",
            ),
        ),
        ("test_a_type_that_means_nothing_is_ignored",),
    ),
    Mutation(
        "the reading of thin events",
        "F22",
        (
            (
                "billing/webhooks/notices.py",
                'return _thin(event) if event["object"] == "v2.core.event" else _snapshot(event)',
                "return _snapshot(event)",
            ),
        ),
        ("test_a_thin_event_is_fetched", "test_a_life_of_which_only_thin_events_tell_is_mirrored"),
    ),
)

TRANSPORT = (
    Mutation(
        "the look at the length before the body is read",
        "F51",
        (("billing/webhooks/receive.py", "(len(length) > 20 or int(length) > LIMIT)", "len(length) > 20"),),
        ("test_a_body_that_says_that_it_is_too_big_is_not_read",),
    ),
    Mutation(
        "the look at the length of what was read",
        "F51",
        (
            ("billing/webhooks/receive.py", "(len(length) > 20 or int(length) > LIMIT)", "len(length) > 20"),
            (
                "billing/webhooks/receive.py",
                "body = request.read(LIMIT + 1)\n    return body if len(body) <= LIMIT else None",
                "return request.read()",
            ),
        ),
        (
            "test_exactly_a_mebibyte_passes_and_one_byte_more_does_not",
            "test_a_byte_too_much_is_refused_before_it_is_read_and_exactly_a_mebibyte_gives_the_year",
        ),
    ),
    Mutation(
        "the care with which a body is read",
        "F52",
        (
            (
                "billing/webhooks/notices.py",
                "except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:",
                "except ValueError as error:",
            ),
        ),
        ("test_what_is_signed_but_no_event_is_refused",),
    ),
    Mutation(
        "the signature before the body",
        "F52",
        (
            (
                "billing/webhooks/receive.py",
                "    if not signatures.is_good(",
                "    try:\n        notices.read(body)\n    except InvalidPayload:\n"
                '        return HttpResponse("INVALID PAYLOAD", status=400)\n    if not signatures.is_good(',
            ),
        ),
        ("test_what_is_signed_but_no_event_is_refused",),
    ),
    Mutation(
        "the short way of events",
        "F54",
        (("billing/middleware.py", "if request.path_info not in PATHS:", "if True:"),),
        ("test_not_even_to_https",),
    ),
    Mutation(
        "the URLs without a slash",
        "F54",
        (
            ("billing/middleware.py", 'for slash in ("/", ""))', 'for slash in ("/",))'),
            ("billing/urls.py", 'for slash in ("/", ""))', 'for slash in ("/",))'),
        ),
        ("test_all_urls_answer_without_a_redirect",),
    ),
    Mutation(
        "the freedom from the site's own rules",
        "F56",
        (
            ("billing/middleware.py", "if request.path_info not in PATHS:", "if True:"),
            ("billing/webhooks/receive.py", "@csrf_exempt\n", ""),
        ),
        ("test_an_odd_content_type_with_a_good_signature_is_accepted",),
    ),
)

MUTATIONS = (*SIGNED, *OURS, *TRANSPORT)

"""One access decision: page, endpoint, template, admin, throttle and `get_customer_status` say the same.

Every status of a subscription, set to end or not, within and past the grace, with and without a gift. The timeline is
written once, while the subscription is paid for; after that only time passes, and no event comes.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.template import Context, Template
from django.test import Client, RequestFactory

from accounts import keys
from accounts.models import Membership, Organization, Scope, User
from accounts.tiers import Tier
from billing import access, errors, grants
from billing.models import StripeSubscription, StripeSubscriptionItem
from billing.status import CustomerStatus, get_customer_status

Status = StripeSubscription.Status
BEGAN = datetime(2027, 1, 15, 12, tzinfo=UTC)
ENDS = BEGAN + timedelta(days=30)


@pytest.fixture
def owner(charlie: User) -> Membership:
    """Charlie in the organization that is looked at."""
    return charlie.memberships.select_related("user", "organization").get()


@pytest.fixture
def ask(owner: Membership, admin_user: User) -> Callable[[], dict[str, bool]]:
    """Asks each gate whether Premium is open."""
    with time_machine.travel(BEGAN, tick=False):
        _key, secret = keys.make(owner, "a program", Scope.READ)
    program = Client(headers={"Authorization": f"Bearer {secret}"})
    organization = owner.organization

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    def template() -> bool:
        request = RequestFactory().get("/")
        request.user = User.objects.get(pk=owner.user_id)
        source = '{% load gates %}{% gate "premium" %}open{% closed %}closed{% endgate %}'
        return Template(source).render(Context({"request": request})) == "open"

    def all_gates() -> dict[str, bool]:
        browser, staff = signed_in(owner.user), signed_in(admin_user)
        listed = staff.get("/admin/accounts/organization/", {"q": organization.name}).content.decode()
        return {
            "page": {200: True, 402: False}[browser.get("/filings/trends/").status_code],
            "endpoint, by session": {200: True, 402: False}[browser.get("/api/trends/").status_code],
            "endpoint, by key": {200: True, 402: False}[program.get("/api/trends/").status_code],
            "template": template(),
            "admin": 'class="field-present_tier">Premium<' in listed,
            "throttle": "RateLimit-Limit" not in program.get("/api/filings/").headers,
            "status": status(organization.pk).tier == Tier.PREMIUM,
        }

    return all_gates


def status(organization_id: int) -> CustomerStatus:
    return get_customer_status(Organization.objects.get(pk=organization_id))


def subscribe(organization: Organization, state: str, ending: bool) -> None:
    """One that began on 15 January; if its payment is overdue, then since that day."""
    subscription = StripeSubscription.objects.create(
        stripe_id="sub_1", organization=organization, status=state, created=BEGAN, cancel_at_period_end=ending
    )
    StripeSubscriptionItem.objects.create(
        subscription=subscription,
        stripe_id="si_1",
        key="premium",
        period_start=BEGAN,
        period_end=ENDS,
        quantity=1,
    )


def opens(state: str, ending: bool, past: bool, gift: bool) -> bool:
    """The table, in words: a gift opens; an overdue one has its grace from the beginning of the period, another from
    its end, and one that was to end then has none."""
    if gift:
        return True
    if state == Status.PAST_DUE:
        return not past
    return state in (Status.ACTIVE, Status.TRIALING) and not ending and not past


@pytest.mark.parametrize("state", Status.values)
def test_every_gate_says_the_same(state: str, owner: Membership, ask: Callable[[], dict[str, bool]]) -> None:
    for ending, past, gift in product([False, True], repeat=3):
        with time_machine.travel(BEGAN, tick=False) as clock, transaction.atomic():
            organization = access.lock(owner.organization_id)
            subscribe(organization, state, ending)
            if gift:
                grants.give(organization, Tier.PREMIUM, until=None, why="a guest of ours")
            access.refresh(organization)
            grace_begins = BEGAN if state == Status.PAST_DUE else ENDS
            clock.move_to(grace_begins + timedelta(days=4 if past else 1))
            said = ask()
            expected = dict.fromkeys(said, opens(state, ending, past, gift))
            assert said == expected, f"{state}, ending {ending}, past the grace {past}, gift {gift}"
            transaction.set_rollback(True)


# --- What the status says beyond that -------------------------------------------------------------------------------


def test_a_customer_is_found_by_their_id_at_stripe(
    subscribed: StripeSubscription, delta: Organization
) -> None:
    assert get_customer_status(subscribed.customer_id) == get_customer_status(delta)


@pytest.mark.parametrize("unknown", ["cus_nobody", ""])
def test_a_customer_that_none_of_ours_is_is_not_found(delta: Organization, unknown: str) -> None:
    with pytest.raises(errors.NotFound):
        get_customer_status(unknown)


def test_from_our_rows_it_calls_nobody(
    subscribed: StripeSubscription, delta: Organization, calls: list[Any], django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(3):
        get_customer_status(delta)
    assert calls == []


def test_fresh_asks_stripe_and_keeps_what_it_says(
    subscribed: StripeSubscription, delta: Organization, catalogue: Any, calls: list[Any]
) -> None:
    from billing.gateway import client

    client.connected().v1.subscriptions.cancel(subscribed.stripe_id)
    del calls[:]
    assert get_customer_status(delta).tier == Tier.PREMIUM  # the event has not come yet
    assert get_customer_status(delta, fresh=True).tier == Tier.FREE
    assert calls == [("GET", "/v1/subscriptions")]
    assert get_customer_status(delta).stripe_status == "canceled"


def test_what_is_due_is_said_when_a_renewal_fails(
    subscribed: StripeSubscription, delta: Organization, catalogue: Any, card: Callable[..., str]
) -> None:
    from billing.gateway import client

    declines = card("4000000000000341")
    client.connected().v1.payment_methods.attach(declines, {"customer": subscribed.customer_id})
    client.connected().v1.subscriptions.update(subscribed.stripe_id, {"default_payment_method": declines})
    catalogue.advance(days=31)
    found = get_customer_status(delta, fresh=True)

    assert (found.stripe_status, found.reason) == ("past_due", "payment_overdue")
    assert found.due is not None
    assert (found.due.amount, found.due.currency) == (2000, "usd")
    assert found.upcoming is not None
    assert found.upcoming.amount == 2000


def test_a_scheduled_end_is_said(subscribed: StripeSubscription, delta: Organization) -> None:
    from billing import subscriptions

    assert get_customer_status(delta).cancel_at is None
    subscriptions.cancel(subscribed)
    delta.refresh_from_db()
    found = get_customer_status(delta)

    assert found.cancel_at == subscribed.items.get().period_end
    assert (found.until, found.reason) == (found.cancel_at, "ending")


def test_somebody_who_never_bought_is_not_asked_for(
    delta: Organization, calls: list[Any], catalogue: Any
) -> None:
    del calls[:]
    assert get_customer_status(delta, fresh=True).tier == Tier.FREE
    assert calls == []

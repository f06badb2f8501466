"""Stripe follows who an organization's members are, what it is called and where it gets mail."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from accounts import languages, organizations
from accounts.models import Organization, User
from billing import catalogue as plans
from billing import customers, following, reconcile, seats, subscriptions
from billing.models import StripeCustomer, StripeSubscription, StripeSubscriptionItem

Commit = Callable[[], Any]


@pytest.fixture
def commit(django_capture_on_commit_callbacks: Any) -> Commit:
    """A context manager at whose end what was done in it is committed."""

    @contextmanager
    def committed() -> Iterator[None]:
        with django_capture_on_commit_callbacks(execute=True):
            yield

    return committed


@pytest.fixture
def business(acme: Organization, alice: User, bob: User, subscribe: Any) -> StripeSubscription:
    """Acme, with Alice and Bob, pays for Business."""
    return subscribe(alice, "business")


def at_stripe(stripe: Any, kind: str) -> list[dict[str, Any]]:
    with stripe.sandbox.work() as world:
        return [world.render(record) for record in world.scan(kind)]


def quantity(stripe: Any) -> int:
    [subscription] = at_stripe(stripe, "subscription")
    [item] = subscription["items"]["data"]
    return int(item["quantity"])


def writes(calls: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [call for call in calls if call[0] != "GET"]


def test_the_first_purchase_is_for_all_members(business, catalogue):
    assert quantity(catalogue) == 2
    [invoice] = at_stripe(catalogue, "invoice")
    assert invoice["amount_paid"] == 2 * 4000


def test_whoever_joins_is_paid_for_and_whoever_leaves_no_more(business, catalogue, acme, charlie, commit):
    with commit():
        membership = organizations.join(charlie, acme)
    assert quantity(catalogue) == business.items.get().quantity == 3
    with commit():
        organizations.leave(membership)
    assert quantity(catalogue) == business.items.get().quantity == 2


def test_the_next_invoice_settles_the_difference(business, catalogue, acme, charlie, commit):
    catalogue.advance(days=15)
    with commit():
        organizations.join(charlie, acme)
    catalogue.advance(days=17)
    catalogue.deliver()
    renewal = max(at_stripe(catalogue, "invoice"), key=lambda invoice: invoice["created"])
    assert 3 * 4000 < renewal["amount_paid"] < 4 * 4000


def test_stripe_is_told_only_after_the_commit(business, catalogue, acme, charlie, calls):
    organizations.join(charlie, acme)
    assert calls == []
    assert quantity(catalogue) == 2


def test_another_role_changes_no_quantity(business, acme, bob, calls, commit):
    with commit():
        following.members_changed(acme)
    assert calls == []


@pytest.mark.parametrize("plan", ["starter", "premium"])
def test_what_is_not_priced_per_member_stays_one(
    plan, acme, alice, bob, charlie, subscribe, catalogue, commit, calls
):
    subscribe(alice, plan)
    calls.clear()
    with commit():
        organizations.join(charlie, acme)
    assert writes(calls) == []
    assert quantity(catalogue) == 1


@pytest.mark.parametrize("kind", ["cut", "lost", "error"])
def test_stripe_down_the_member_is_in_and_the_quantity_is_mended_later(
    kind, business, catalogue, acme, charlie, commit
):
    catalogue.sandbox.faults.add(kind, method="POST", times=99)
    with commit():
        organizations.join(charlie, acme)
    assert acme.memberships.count() == 3
    assert business.items.get().quantity == 2
    catalogue.sandbox.faults.clear()
    call_command("process_events", stdout=StringIO())
    assert quantity(catalogue) == business.items.get().quantity == 3


def test_reconcile_shows_the_wrong_quantity_and_mends_it(business, catalogue, acme, charlie):
    organizations.join(charlie, acme)
    run = reconcile.begin()
    reconcile.carry_out(run)
    [found] = run.differences.all()
    assert (found.kind, found.organization, found.fields) == ("seats", acme, {"quantity": [3, 2]})
    assert quantity(catalogue) == 2
    run = reconcile.begin(organization=acme, mends=True)
    reconcile.carry_out(run)
    assert not run.differences.left().exists()
    assert quantity(catalogue) == business.items.get().quantity == 3


def test_a_quantity_that_was_changed_in_the_dashboard_comes_back(business, catalogue, commit):
    with catalogue.sandbox.work() as world:
        item = world.render(next(world.scan("subscription")))["items"]["data"][0]["id"]
    account = seats.gateway.client.connected()
    account.v1.subscription_items.update(item, {"quantity": 9})
    with commit():
        catalogue.deliver()
    assert quantity(catalogue) == 2


def test_whoever_joined_before_the_first_payment_is_paid_for_after_it(
    acme, alice, charlie, catalogue, card, commit
):
    plan = plans.find("business")
    assert plan
    subscriptions.start(acme, plan, "month")
    with commit():
        organizations.join(charlie, acme)
    assert quantity(catalogue) == 1
    with commit():
        subscriptions.start(acme, plan, "month", card())
        catalogue.deliver()
    assert quantity(catalogue) == StripeSubscriptionItem.objects.get().quantity == 2


def test_a_subscription_that_ended_unheard_is_left_alone(business, catalogue, acme, charlie, commit):
    seats.gateway.client.connected().v1.subscriptions.cancel(business.stripe_id)
    with commit():
        organizations.join(charlie, acme)
    business.refresh_from_db()
    assert business.is_over


def test_a_closed_organization_is_not_asked_for_any_more(business, acme, commit, calls):
    organizations.close(acme)
    calls.clear()
    assert following.carry_out_waiting() == 0
    assert calls == []


def test_with_billing_off_people_come_and_go(business, acme, charlie, commit, settings):
    settings.STRIPE_SECRET_KEY = ""
    with commit():
        organizations.join(charlie, acme)
    assert acme.memberships.count() == 3


def test_the_customer_bears_the_new_name_and_address(subscribed, delta, catalogue, commit, calls):
    with commit():
        organizations.describe(delta, "Delta Ltd", "money@delta.example")
    [customer] = at_stripe(catalogue, "customer")
    assert (customer["name"], customer["email"]) == ("Delta Ltd", "money@delta.example")
    assert len(writes(calls)) == 1
    row = StripeCustomer.objects.get()
    assert (row.name, row.email) == ("Delta Ltd", "money@delta.example")


def test_there_and_back_is_two_changes(subscribed, delta, catalogue, commit):
    for name in ("Epsilon", "Delta", "Epsilon"):
        with commit():
            organizations.describe(delta, name, delta.email)
        assert at_stripe(catalogue, "customer")[0]["name"] == name


def test_stripe_down_the_name_stands_and_is_told_later(subscribed, delta, catalogue, commit):
    catalogue.sandbox.faults.add("cut", path="/v1/customers/*", times=99)
    with commit():
        organizations.describe(delta, "Delta Ltd", "")
    delta.refresh_from_db()
    assert delta.name == "Delta Ltd"
    catalogue.sandbox.faults.clear()
    run = reconcile.begin(mends=True)
    reconcile.carry_out(run)
    assert [(one.kind, one.fields) for one in run.differences.all()] == [("details", {})]
    [customer] = at_stripe(catalogue, "customer")
    assert (customer["name"], customer["email"]) == ("Delta Ltd", "billing@delta.example")
    assert following.carry_out_waiting() == 0


def test_who_never_bought_is_renamed_without_a_call(delta, stripe_sandbox, commit, calls):
    with commit():
        organizations.describe(delta, "Delta Ltd", delta.email)
    assert calls == []


def test_stripes_mails_and_invoices_are_in_the_buyers_language(subscribed, delta, catalogue, commit, calls):
    [customer] = at_stripe(catalogue, "customer")
    assert customer["preferred_locales"] == ["en"]
    with commit():
        organizations.describe(delta, delta.name, delta.email, "zh-hans")
    [customer] = at_stripe(catalogue, "customer")
    assert customer["preferred_locales"] == ["zh"]
    assert (StripeCustomer.objects.get().locale, len(writes(calls))) == ("zh", 1)
    catalogue.deliver()
    assert following.carry_out_waiting() == 0


def test_who_reads_chinese_is_a_customer_who_does(charlie, stripe_sandbox):
    languages.remember(charlie, "zh-hans")
    customers.ensure(charlie.organizations.get(personal=True))
    [customer] = at_stripe(stripe_sandbox, "customer")
    assert customer["preferred_locales"] == ["zh"]


def test_another_language_of_the_pages_is_the_customers_too(charlie, stripe_sandbox, client, commit, calls):
    client.force_login(charlie)
    his = charlie.organizations.get(personal=True)
    customers.ensure(his)
    calls.clear()
    with commit():
        client.post("/i18n/setlang/", {"language": "zh-hans"})
    [customer] = at_stripe(stripe_sandbox, "customer")
    assert (customer["preferred_locales"], len(writes(calls))) == (["zh"], 1)
    calls.clear()
    with commit():
        languages.remember(charlie, "zh-hans")
    assert calls == []

"""Machines beside a plan: bought with it or later, more and fewer."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from accounts import organizations
from accounts.models import Membership
from billing import errors, products, subscriptions
from billing.gateway import client
from billing.models import Attempt, InstanceType, StripeCustomer, StripeInvoice, StripeSubscription
from billing.tests.buying import A10G, T4, have, paid, plan
from sandbox.transport import InProcessClient

pytestmark = pytest.mark.django_db


def has(subscription: StripeSubscription) -> dict[str, int]:
    return StripeSubscription.objects.get(pk=subscription.pk).machines


# --- More and fewer -----------------------------------------------------------------------------------------------


def test_machines_are_added_and_paid_for_the_rest_of_the_period_in_one_call(business, delta, calls):
    have(business, a10g=2, t4=1)
    assert [method for method, _path in calls] == ["POST"]
    assert has(business) == {"a10g": 2, "t4": 1}
    assert paid() == [4000, A10G + T4 // 2]
    delta.refresh_from_db()
    assert delta.current_access().limits["instance:a10g"] == 2


def test_what_is_not_named_goes_and_is_credited_for_the_next_invoice(business, machines, calls):
    have(business, a10g=2, t4=1)
    machines.advance(seconds=5)  # later beyond doubt, so that nothing has to be asked for
    calls.clear()
    have(business, a10g=1)
    assert [method for method, _path in calls] == ["POST", "GET"]  # the change, and what the customer has now
    assert has(business) == {"a10g": 1}
    assert paid()[-1] == -(A10G + T4) // 2
    assert StripeCustomer.objects.get().balance == -(A10G + T4) // 2
    machines.deliver()
    assert StripeCustomer.objects.get().balance == -(A10G + T4) // 2
    machines.advance(days=16)
    machines.deliver()
    newest = StripeInvoice.objects.filter(status="paid").order_by("-created")[0]
    assert (newest.total, newest.amount_paid) == (4000 + A10G, 4000 + A10G - (A10G + T4) // 2)


def test_none_is_as_good_as_not_named(business):
    have(business, a10g=1, t4=0)
    have(business, a10g=0)
    assert has(business) == {}


def test_adding_and_removing_go_in_one_call(business, machines, calls):
    have(business, a10g=1)
    machines.advance(seconds=5)
    calls.clear()
    have(business, t4=3)
    assert len(calls) == 1
    assert has(business) == {"t4": 3}


def test_the_members_places_stay_and_follow_as_before(business, delta, alice, bob):
    have(business, a10g=1)
    with_members = StripeSubscription.objects.get(pk=business.pk)
    for user in (alice, bob):
        organizations.join(user, delta, Membership.Role.MEMBER)
    from billing import seats

    seats.follow(delta)
    assert with_members.items.get(key="business").quantity == 2
    have(business, a10g=2)
    assert with_members.items.get(key="business").quantity == 2
    assert has(business) == {"a10g": 2}


def test_machines_are_bought_with_the_plan_at_once(machines, delta, card):
    purchase = subscriptions.start(delta, plan("business"), "month", card(), {"a10g": 2})
    assert StripeSubscription.objects.get(stripe_id=purchase.subscription_id).machines == {"a10g": 2}
    assert paid() == [4000 + 2 * A10G]
    again = subscriptions.start(delta, plan("business"), "month", card(), {"a10g": 2})
    assert again.subscription_id == purchase.subscription_id
    with pytest.raises(errors.AlreadySubscribed):
        subscriptions.start(delta, plan("business"), "month", card(), {"a10g": 3})


def test_rows_tell_which_and_how_many_without_asking_stripe(
    business, delta, calls, django_assert_num_queries
):
    have(business, a10g=2)
    calls.clear()
    with django_assert_num_queries(2):
        found = StripeSubscription.objects.of(delta)
        assert found
        assert found.machines == {"a10g": 2}
    assert calls == []


def test_a_credit_that_cannot_be_heard_of_at_once_is_told_by_an_event(business, machines):
    have(business, a10g=2)
    machines.deliver()
    machines.sandbox.faults.add("cut", method="GET", path="/v1/customers/*", times=9)
    have(business, a10g=1)
    assert has(business) == {"a10g": 1}
    machines.sandbox.faults.clear()
    machines.deliver()
    assert StripeCustomer.objects.get().balance == -A10G // 2


# --- Refused ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("quantity", [-1, 1.5, 1.0, True, "1", 101, 10**30, None, float("nan"), "١"])
def test_a_quantity_that_is_none_is_refused_before_anything(business, calls, quantity):
    with pytest.raises(errors.NotOffered) as refused:
        have(business, a10g=quantity)
    assert refused.value.fields == {"param": "items.a10g"}
    assert calls == []
    assert not Attempt.objects.filter(kind="change").exists()


def test_a_machine_that_there_is_not_is_refused(business):
    with pytest.raises(errors.NotOffered):
        have(business, toaster=1)


def test_a_machine_that_is_not_sold_with_the_plan_is_refused(machines, buy, card):
    purchase = buy(card(), plan="starter")
    starter = StripeSubscription.objects.get(stripe_id=purchase.subscription_id)
    with pytest.raises(errors.NotOffered):
        have(starter, a100=1)
    have(starter, t4=1)
    with pytest.raises(errors.MachinesInTheWay):
        subscriptions.change(StripeSubscription.objects.get(pk=starter.pk), plan("premium"), "month")
    subscriptions.change(StripeSubscription.objects.get(pk=starter.pk), plan("business"), "month")
    assert has(starter) == {"t4": 1}


def test_a_machine_that_left_the_catalogue_may_stay_but_not_become_more(business):
    have(business, a10g=2)
    InstanceType.objects.filter(key="a10g").update(active=False)
    have(business, a10g=1)
    with pytest.raises(errors.NotOffered):
        have(business, a10g=2)
    assert has(business) == {"a10g": 1}


def test_machines_go_with_plans_paid_by_the_month(machines, buy, card):
    purchase = buy(card(), plan="business", interval="year")
    yearly = StripeSubscription.objects.get(stripe_id=purchase.subscription_id)
    with pytest.raises(errors.NotOffered) as refused:
        have(yearly, a10g=1)
    assert refused.value.fields == {"param": "interval"}


def test_more_than_stripe_charges_at_once_is_refused(business, calls):
    InstanceType.objects.filter(key="a100").update(amount=2_000_000)
    list(products.upsert(products.Kind.INSTANCE))
    calls.clear()
    with pytest.raises(errors.NotOffered):
        have(business, a100=100)
    assert calls == []


def test_a_scheduled_change_comes_first(business):
    subscriptions.change(StripeSubscription.objects.get(pk=business.pk), plan("premium"), "month")
    with pytest.raises(errors.ChangeScheduled):
        have(business, a10g=1)


# --- At once ------------------------------------------------------------------------------------------------------


def test_a_lost_answer_is_one_change_of_machines(business, machines):
    machines.sandbox.faults.add("lost", method="POST", path="/v1/subscriptions/*", times=9)
    with pytest.raises(errors.Unavailable):
        have(business, a10g=2)
    machines.sandbox.faults.clear()
    with pytest.raises(errors.PurchaseUnderWay):
        have(business, a10g=3)
    have(business, a10g=2)
    assert has(business) == {"a10g": 2}
    assert len(client.connected().v1.invoices.list({}).data) == 2


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_ten_clicks_at_once_change_once(business, machines, ten_threads):
    answers = ten_threads(lambda: have(business, a10g=2))
    assert {answer.subscription.stripe_id for answer in answers} == {business.stripe_id}
    assert has(business) == {"a10g": 2}
    assert len(client.connected().v1.invoices.list({}).data) == 2
    assert Attempt.objects.filter(kind="change").count() == 1


@pytest.fixture
def ten_threads(machines: Any) -> Iterator[Any]:
    """Does something ten times at once, each time with a connection of its own, and again where Stripe was busy."""

    def once(work: Any) -> Any:
        try:
            with client.using(InProcessClient(machines.sandbox)):
                for _try in range(20):
                    try:
                        return work()
                    except errors.Busy:
                        continue
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        yield lambda work: list(pool.map(lambda _: once(work), range(10)))

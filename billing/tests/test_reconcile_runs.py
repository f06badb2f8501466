"""Runs of reconciliation: of one organization or of late, what they adopt, and how they are cut off and taken up."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command

from accounts.models import Organization
from accounts.tiers import Tier
from billing import errors, gateway, grants, mirror, reconcile, subscriptions
from billing.models import (
    Attempt,
    Difference,
    Reconciliation,
    StripeCustomer,
    StripeInvoice,
    StripePrice,
    StripeSubscription,
)
from billing.tests.buying import plan
from billing.tests.reconciling import found, mend
from sandbox.transport import InProcessClient

What = Difference.What


def test_one_organization_is_mended_and_the_others_wait(
    catalogue: Any, dashboard: Any, premium: StripeSubscription, card: Callable[..., str]
) -> None:
    other = Organization.objects.create(name="Epsilon", email="billing@epsilon.example")
    theirs = subscriptions.start(other, plan("premium"), "month", card())
    for stripe_id in (premium.stripe_id, theirs.subscription_id):
        dashboard.v1.subscriptions.cancel(stripe_id)
    catalogue.sandbox.deliveries.drop()
    run = reconcile.begin(organization=other, mends=True)
    reconcile.carry_out(run)
    assert {difference.organization for difference in run.differences.all()} == {other}
    assert StripeSubscription.objects.get(stripe_id=theirs.subscription_id).status == "canceled"
    assert StripeSubscription.objects.get(stripe_id=premium.stripe_id).status == "active"


def test_what_is_mended_is_so_for_the_runs_that_only_looked(
    catalogue: Any, dashboard: Any, premium: StripeSubscription
) -> None:
    dashboard.v1.subscriptions.cancel(premium.stripe_id)
    catalogue.sandbox.deliveries.drop()
    looked = reconcile.begin()
    reconcile.carry_out(looked)
    assert looked.differences.left().filter(subject=premium.stripe_id).exists()
    reconcile.carry_out(reconcile.begin(mends=True))
    assert not Difference.objects.left().exists()


def test_since_finds_what_was_made_and_what_was_changed_after_it(
    catalogue: Any, dashboard: Any, premium: StripeSubscription
) -> None:
    dashboard.v1.products.update(StripePrice.objects.all()[0].product_id, {"name": "Before"})
    since = catalogue.advance(hours=2)
    catalogue.advance(hours=1)
    dashboard.v1.subscriptions.cancel(premium.stripe_id)
    catalogue.sandbox.deliveries.drop()
    assert found(since=since) == {("subscription", premium.stripe_id, What.DIFFERS)}


def test_an_attempt_whose_answer_was_lost_is_adopted(
    catalogue: Any, delta: Organization, card: Callable[..., str]
) -> None:
    catalogue.sandbox.faults.add("lost", method="POST", path="/v1/subscriptions", times=9)
    with pytest.raises(errors.Unavailable):
        subscriptions.start(delta, plan("premium"), "month", card())
    catalogue.sandbox.faults.clear()
    catalogue.sandbox.deliveries.drop()
    catalogue.advance(minutes=5)
    attempt = Attempt.objects.open().get()
    assert ("attempt", attempt.key, What.UNFINISHED) in found()
    mend()
    attempt.refresh_from_db()
    subscription = StripeSubscription.objects.get()
    assert (attempt.state, attempt.result) == ("done", subscription.stripe_id)
    delta.refresh_from_db()
    assert delta.current_access().tier == Tier.PREMIUM


def test_a_customer_whose_answer_was_lost_is_adopted(catalogue: Any, delta: Organization) -> None:
    from billing import customers

    catalogue.sandbox.faults.add("lost", method="POST", path="/v1/customers", times=9)
    with pytest.raises(errors.Unavailable):
        customers.ensure(delta)
    catalogue.sandbox.faults.clear()
    catalogue.sandbox.deliveries.drop()
    catalogue.advance(minutes=5)
    mend(organization=delta)
    delta.refresh_from_db()
    assert delta.stripe_customer_id == StripeCustomer.objects.get().stripe_id
    assert Attempt.objects.get().state == "done"


def test_an_attempt_of_which_stripe_has_nothing_is_closed(
    catalogue: Any, delta: Organization, card: Callable[..., str]
) -> None:
    catalogue.sandbox.faults.add("cut", method="POST", path="/v1/subscriptions", times=9)
    with pytest.raises(errors.Unavailable):
        subscriptions.start(delta, plan("premium"), "month", card())
    catalogue.sandbox.faults.clear()
    assert found() == set(), "somebody may still be at it"
    catalogue.advance(minutes=5)
    mend()
    assert Attempt.objects.get(kind="subscription").error == "forgotten"


def test_a_declined_purchase_whose_answer_was_lost_leaves_nothing_behind(
    catalogue: Any, delta: Organization, card: Callable[..., str]
) -> None:
    catalogue.sandbox.faults.add("lost", method="POST", path="/v1/subscriptions", times=9)
    with pytest.raises(errors.Unavailable):
        subscriptions.start(delta, plan("premium"), "month", card("4000000000000341"))
    catalogue.sandbox.faults.clear()
    catalogue.advance(minutes=5)
    mend()
    assert StripeSubscription.objects.get().is_over
    assert not StripeInvoice.objects.awaited().exists()


def test_a_timeline_that_does_not_follow_from_the_rows_is_mended(premium: StripeSubscription) -> None:
    Organization.objects.filter(pk=premium.organization_id).update(access=[], tier="free")
    assert found() == {("access", str(premium.organization_id), What.DIFFERS)}
    run = mend()
    assert run.differences.get().fields["tiers"][0] == []
    premium.organization.refresh_from_db()
    assert premium.organization.current_access().tier == Tier.PREMIUM


def test_a_timeline_whose_first_segment_is_over_is_no_difference(
    catalogue: Any, premium: StripeSubscription, alice: Any
) -> None:
    tomorrow = catalogue.advance(hours=1) + timedelta(days=1)
    grants.give(premium.organization, Tier.BUSINESS, until=tomorrow, why="a test", by=alice)
    catalogue.advance(days=2)
    assert ("access", str(premium.organization_id), What.DIFFERS) not in found()


def test_an_interrupted_run_goes_on_where_it_was(
    catalogue: Any, dashboard: Any, premium: StripeSubscription
) -> None:
    dashboard.v1.products.update(StripePrice.objects.all()[0].product_id, {"name": "Changed"})
    dashboard.v1.subscriptions.cancel(premium.stripe_id)
    catalogue.sandbox.deliveries.drop()
    catalogue.sandbox.faults.add("cut", path="/v1/subscriptions*", times=99)
    run = reconcile.begin(mends=True)
    with pytest.raises(errors.Unavailable):
        reconcile.carry_out(run)
    catalogue.sandbox.faults.clear()
    assert run.differences.count() == 1
    again = reconcile.begin(mends=True)
    assert again == run
    asked: list[str] = []
    catalogue.sandbox.observers.append(lambda request, _: asked.append(request.path))
    reconcile.carry_out(again)
    assert "/v1/customers" not in asked
    assert again.differences.count() == 2
    assert again.finished is not None
    assert reconcile.begin(mends=True) != run


def test_a_run_goes_on_though_the_object_where_it_stopped_was_deleted_meanwhile(
    catalogue: Any, dashboard: Any
) -> None:
    made = [dashboard.v1.customers.create({})["id"] for _ in range(101)]
    run = reconcile.begin()
    Reconciliation.objects.filter(pk=run.pk).update(check_name="customer", cursor=made[50])
    run.refresh_from_db()
    dashboard.v1.customers.delete(made[50])
    reconcile.carry_out(run)
    assert run.finished is not None
    assert run.compared >= 100, "from the beginning"


def test_a_run_that_is_under_way_is_not_taken_over(catalogue: Any) -> None:
    run = reconcile.begin()
    Reconciliation.objects.filter(pk=run.pk).update(beat=catalogue.advance(seconds=1))
    assert reconcile.begin() != run
    catalogue.advance(minutes=3)
    assert Reconciliation.objects.filter(finished=None).count() == 2
    assert reconcile.begin().check_name == ""


def test_a_key_of_another_account_concludes_nothing(premium: StripeSubscription, stripe_sandbox: Any) -> None:
    from sandbox.engine import Sandbox

    empty = Sandbox(frozen_at=stripe_sandbox.sandbox.now)
    with gateway.client.using(InProcessClient(empty)), pytest.raises(reconcile.OtherAccount):
        reconcile.carry_out(reconcile.begin(mends=True))
    empty.close()
    premium.refresh_from_db()
    assert premium.status == "active"
    assert Difference.objects.count() == 0


def test_more_than_a_page_of_objects_is_compared(catalogue: Any, dashboard: Any) -> None:
    product = StripePrice.objects.all()[0].product_id
    for number in range(1, 121):
        dashboard.v1.prices.create(
            {"product": product, "currency": "usd", "unit_amount": number, "recurring": {"interval": "month"}}
        )
    catalogue.sandbox.deliveries.drop()
    assert len(found()) == 120
    mend()


def test_what_changes_while_it_is_compared_is_no_difference(
    catalogue: Any, dashboard: Any, premium: StripeSubscription
) -> None:
    """The list is read, then the subscription changes and its event arrives, then the rows are read."""

    def change_after_the_list(request: Any, _response: Any) -> None:
        if request.path == "/v1/subscriptions" and request.method == "GET":
            catalogue.sandbox.observers.remove(change_after_the_list)
            dashboard.v1.subscriptions.cancel(premium.stripe_id)
            mirror.pull("subscription", premium.stripe_id)

    catalogue.sandbox.observers.append(change_after_the_list)
    assert ("subscription", premium.stripe_id, What.DIFFERS) not in found()
    premium.refresh_from_db()
    assert premium.status == "canceled"


def test_what_was_compared_long_ago_is_forgotten_with_what_was_found(
    premium: StripeSubscription, dashboard: Any, stripe_sandbox: Any, capsys: Any
) -> None:
    dashboard.v1.subscriptions.cancel(premium.stripe_id)
    stripe_sandbox.sandbox.deliveries.drop()
    old = reconcile.begin(mends=True)
    reconcile.carry_out(old)
    assert old.differences.exists()
    stripe_sandbox.advance(days=settings.BILLING_EVENT_DAYS + 1)
    new = reconcile.begin()
    reconcile.carry_out(new)
    call_command("purge_events")
    assert capsys.readouterr().out.endswith(" and 1 comparisons deleted.\n")
    assert list(Reconciliation.objects.all()) == [new]
    assert not Difference.objects.exclude(run=new).exists()

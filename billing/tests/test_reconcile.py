"""Reconciliation: what was lost is found, shown and mended, and nothing else is touched."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import stripe
from django.conf import settings

from accounts.models import Organization
from accounts.tiers import Tier
from billing import catalogue as plans
from billing import errors, gateway, grants, mirror, reconcile, subscriptions
from billing.models import (
    Attempt,
    Difference,
    Event,
    Mail,
    MirroredObject,
    Reconciliation,
    StripeCustomer,
    StripeInvoice,
    StripePaymentMethod,
    StripePrice,
    StripeSubscription,
    StripeSubscriptionItem,
)
from sandbox.transport import InProcessClient

PREMIUM = plans.find("premium")
What = Difference.What


@pytest.fixture
def dashboard(catalogue: Any) -> stripe.StripeClient:
    """Stripe's dashboard: changes made there, past the application."""
    return stripe.StripeClient(settings.STRIPE_SECRET_KEY, http_client=InProcessClient(catalogue.sandbox))


@pytest.fixture
def premium(catalogue: Any, delta: Organization, card: Callable[..., str]) -> StripeSubscription:
    """Delta has just bought Premium, and every event of it has arrived."""
    assert PREMIUM is not None
    bought = subscriptions.start(delta, PREMIUM, "month", card())
    catalogue.deliver()
    return StripeSubscription.objects.get(stripe_id=bought.subscription_id)


def found(**scope: Any) -> set[tuple[str, str, str]]:
    """What a dry run finds: kind, subject, what."""
    run = reconcile.begin(**scope)
    reconcile.carry_out(run)
    return set(run.differences.values_list("kind", "subject", "what"))


def mend(**scope: Any) -> Reconciliation:
    """A run that mends, after which nothing is left."""
    run = reconcile.begin(mends=True, **scope)
    reconcile.carry_out(run)
    assert not run.differences.left().exists(), list(run.differences.values())
    assert found(**scope) == set()
    return run


def test_nothing_differs_after_a_purchase_whose_events_all_arrived(premium: StripeSubscription) -> None:
    assert found() == set()
    assert found(organization=premium.organization) == set()


def test_a_cancellation_that_nobody_told_us_of_is_shown_and_mended(
    catalogue: Any, dashboard: Any, premium: StripeSubscription
) -> None:
    dashboard.v1.subscriptions.cancel(premium.stripe_id)
    catalogue.sandbox.deliveries.drop()
    assert found() == {("subscription", premium.stripe_id, What.DIFFERS)}
    premium.refresh_from_db()
    assert premium.status == "active"
    run = mend()
    premium.organization.refresh_from_db()
    assert premium.organization.current_access().tier == Tier.FREE
    difference = run.differences.get()
    assert difference.fields["status"] == ["active", "canceled"]
    assert difference.mended is not None
    assert difference.organization == premium.organization


def test_a_subscription_made_in_the_dashboard_is_missing_here(
    catalogue: Any, dashboard: Any, premium: StripeSubscription
) -> None:
    subscriptions.cancel(premium, now=True)
    price = StripePrice.objects.get(lookup_key=f"{settings.STRIPE_NAMESPACE}:business:month:usd")
    made = dashboard.v1.subscriptions.create(
        {"customer": premium.customer_id, "items": [{"price": price.stripe_id}]}
    )
    catalogue.sandbox.deliveries.drop()
    missing = found()
    assert ("subscription", made["id"], What.MISSING) in missing
    assert ("invoice", made["latest_invoice"], What.MISSING) in missing
    mend()
    premium.organization.refresh_from_db()
    assert premium.organization.current_access().tier == Tier.BUSINESS
    assert StripeSubscriptionItem.objects.get(subscription=made["id"]).key == "business"


def test_items_that_were_added_and_taken_away_are_mended(
    catalogue: Any, dashboard: Any, premium: StripeSubscription
) -> None:
    item = premium.items.get()
    other = StripePrice.objects.get(lookup_key=f"{settings.STRIPE_NAMESPACE}:starter:month:usd")
    dashboard.v1.subscriptions.update(
        premium.stripe_id,
        {"items": [{"price": other.stripe_id, "quantity": 1}, {"id": item.stripe_id, "deleted": True}]},
    )
    catalogue.sandbox.deliveries.drop()
    assert ("subscription", premium.stripe_id, What.DIFFERS) in found()
    mend()
    assert [item.key for item in premium.items.all()] == ["starter"]


def test_a_row_that_was_tampered_with_is_put_right(premium: StripeSubscription) -> None:
    StripeSubscriptionItem.objects.filter(subscription=premium).update(key="business")
    assert found() == {
        ("subscription", premium.stripe_id, What.DIFFERS),
        ("access", str(premium.organization_id), What.DIFFERS),
    }
    mend()
    assert premium.items.get().key == "premium"


def test_a_card_that_was_detached_in_the_dashboard_is_found_though_stripe_lists_it_no_more(
    catalogue: Any, dashboard: Any, premium: StripeSubscription
) -> None:
    method = StripePaymentMethod.objects.get()
    dashboard.v1.payment_methods.detach(method.stripe_id)
    catalogue.sandbox.deliveries.drop()
    assert ("payment_method", method.stripe_id, What.DIFFERS) in found()
    mend()
    method.refresh_from_db()
    assert not method.attached


def test_a_customer_deleted_in_the_dashboard_loses_access_and_can_buy_again(
    catalogue: Any, dashboard: Any, premium: StripeSubscription, card: Callable[..., str]
) -> None:
    dashboard.v1.customers.delete(premium.customer_id)
    catalogue.sandbox.deliveries.drop()
    assert ("customer", premium.customer_id, What.GONE) in found()
    mend()
    organization = premium.organization
    organization.refresh_from_db()
    assert organization.stripe_customer_id is None
    assert organization.current_access().tier == Tier.FREE
    assert PREMIUM is not None
    subscriptions.start(organization, PREMIUM, "month", card())
    catalogue.deliver()
    organization.refresh_from_db()
    assert organization.current_access().tier == Tier.PREMIUM
    assert found() == set()


def test_one_organization_whose_customer_was_deleted_is_compared_too(
    catalogue: Any, dashboard: Any, premium: StripeSubscription
) -> None:
    dashboard.v1.customers.delete(premium.customer_id)
    catalogue.sandbox.deliveries.drop()
    shown = found(organization=premium.organization)
    assert shown >= {
        ("customer", premium.customer_id, What.GONE),
        ("subscription", premium.stripe_id, What.DIFFERS),
    }
    mend(organization=premium.organization)


def test_a_product_renamed_and_a_price_archived_in_the_dashboard_are_found(
    catalogue: Any, dashboard: Any
) -> None:
    price = StripePrice.objects.get(lookup_key=f"{settings.STRIPE_NAMESPACE}:starter:year:usd")
    dashboard.v1.products.update(price.product_id, {"name": "Starter for all"})
    dashboard.v1.prices.update(price.stripe_id, {"active": False})
    catalogue.sandbox.deliveries.drop()
    assert found() == {
        ("product", price.product_id, What.DIFFERS),
        ("price", price.stripe_id, What.DIFFERS),
    }
    mend()
    price.refresh_from_db()
    assert not price.active


def test_every_event_of_a_month_lost_and_everything_is_mended(
    catalogue: Any, premium: StripeSubscription
) -> None:
    catalogue.advance(days=40)
    catalogue.sandbox.deliveries.drop()
    assert {kind for kind, _, _ in found()} >= {"subscription", "invoice"}
    mend()
    assert StripeInvoice.objects.filter(status="paid").count() == 2
    premium.organization.refresh_from_db()
    assert premium.organization.current_access().tier == Tier.PREMIUM
    for event in catalogue.sandbox.deliveries.all():  # what was thought lost comes after all
        catalogue.sandbox.deliveries.resend(event["event"])
    catalogue.deliver()
    assert found() == set()


def test_an_empty_database_is_filled_from_stripe(catalogue: Any, premium: StripeSubscription) -> None:
    organization = premium.organization
    for model in (
        StripeSubscription,
        StripeCustomer,
        StripeInvoice,
        StripePaymentMethod,
        MirroredObject,
        Event,
    ):
        model.objects.all().delete()
    Organization.objects.filter(pk=organization.pk).update(stripe_customer_id=None, access=[])
    run = mend()
    assert run.differences.filter(what=What.MISSING, kind="customer").count() == 1
    organization.refresh_from_db()
    assert organization.stripe_customer_id == premium.customer_id
    assert organization.current_access().tier == Tier.PREMIUM


def test_a_dry_run_of_an_empty_database_shows_what_applying_it_mends(
    catalogue: Any, premium: StripeSubscription
) -> None:
    for model in (StripeSubscription, StripeCustomer, StripeInvoice, StripePaymentMethod, MirroredObject):
        model.objects.all().delete()
    Organization.objects.update(stripe_customer_id=None, access=[])
    shown = found()
    run = reconcile.begin(mends=True)
    reconcile.carry_out(run)
    assert set(run.differences.values_list("kind", "subject", "what")) == shown
    assert not MirroredObject.objects.filter(kind="customer").exclude(stripe_id=premium.customer_id).exists()


def test_mending_sends_no_mail_about_the_past_twice(
    catalogue: Any, dashboard: Any, premium: StripeSubscription
) -> None:
    dashboard.v1.subscriptions.cancel(premium.stripe_id)
    catalogue.deliver()
    assert Mail.objects.count() == 1
    mend()
    StripeSubscription.objects.filter(pk=premium.pk).update(status="active", ended_at=None)
    mend()
    assert Mail.objects.count() == 1


def test_another_applications_objects_are_neither_shown_nor_touched(
    catalogue: Any, dashboard: Any, premium: StripeSubscription
) -> None:
    stamped = {
        "namespace": "somebody-else",
        gateway.namespace.organization_key(): str(premium.organization_id),
    }
    for metadata in ({}, stamped):
        customer = dashboard.v1.customers.create({"metadata": metadata})
        product = dashboard.v1.products.create({"name": "Theirs", "metadata": metadata})
        price = dashboard.v1.prices.create(
            {
                "product": product["id"],
                "currency": "usd",
                "unit_amount": 1,
                "recurring": {"interval": "month"},
            }
        )
        dashboard.v1.subscriptions.create(
            {
                "customer": customer["id"],
                "items": [{"price": price["id"]}],
                "collection_method": "send_invoice",
                "days_until_due": 30,
            }
        )
    catalogue.sandbox.deliveries.drop()
    before = MirroredObject.objects.count()
    assert found() == set()
    assert found(organization=premium.organization) == set()
    mend()
    assert MirroredObject.objects.count() == before


def test_one_organization_is_mended_and_the_others_wait(
    catalogue: Any, dashboard: Any, premium: StripeSubscription, card: Callable[..., str]
) -> None:
    other = Organization.objects.create(name="Epsilon", email="billing@epsilon.example")
    assert PREMIUM is not None
    theirs = subscriptions.start(other, PREMIUM, "month", card())
    for stripe_id in (premium.stripe_id, theirs.subscription_id):
        dashboard.v1.subscriptions.cancel(stripe_id)
    catalogue.sandbox.deliveries.drop()
    run = reconcile.begin(organization=other, mends=True)
    reconcile.carry_out(run)
    assert {difference.organization for difference in run.differences.all()} == {other}
    assert StripeSubscription.objects.get(stripe_id=theirs.subscription_id).status == "canceled"
    assert StripeSubscription.objects.get(stripe_id=premium.stripe_id).status == "active"


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
    assert PREMIUM is not None
    catalogue.sandbox.faults.add("lost", method="POST", path="/v1/subscriptions", times=9)
    with pytest.raises(errors.Unavailable):
        subscriptions.start(delta, PREMIUM, "month", card())
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
    assert PREMIUM is not None
    catalogue.sandbox.faults.add("cut", method="POST", path="/v1/subscriptions", times=9)
    with pytest.raises(errors.Unavailable):
        subscriptions.start(delta, PREMIUM, "month", card())
    catalogue.sandbox.faults.clear()
    assert found() == set(), "somebody may still be at it"
    catalogue.advance(minutes=5)
    mend()
    assert Attempt.objects.get(kind="subscription").error == "forgotten"


def test_a_declined_purchase_whose_answer_was_lost_leaves_nothing_behind(
    catalogue: Any, delta: Organization, card: Callable[..., str]
) -> None:
    assert PREMIUM is not None
    catalogue.sandbox.faults.add("lost", method="POST", path="/v1/subscriptions", times=9)
    with pytest.raises(errors.Unavailable):
        subscriptions.start(delta, PREMIUM, "month", card("4000000000000341"))
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

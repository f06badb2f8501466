"""Reconciliation: what was lost is found, shown and mended, and nothing else is touched."""

from collections.abc import Callable
from typing import Any

from django.conf import settings

from accounts.models import Organization
from accounts.tiers import Tier
from billing import gateway, reconcile, subscriptions
from billing.models import (
    Difference,
    Event,
    Mail,
    MirroredObject,
    StripeCustomer,
    StripeInvoice,
    StripePaymentMethod,
    StripePrice,
    StripeSubscription,
    StripeSubscriptionItem,
)
from billing.tests.buying import plan
from billing.tests.reconciling import found, mend

What = Difference.What


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
    subscriptions.start(organization, plan("premium"), "month", card())
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

"""The mirror: what Stripe says stands in our rows, whatever came before, and what is gone is gone."""

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest
from django.db import transaction

from accounts.models import Organization
from accounts.tiers import Tier
from billing import catalogue as plans
from billing import errors, gateway, mirror, subscriptions
from billing.gateway import client
from billing.mirror import Statement, Verdict
from billing.models import (
    Event,
    MirroredObject,
    StripeCustomer,
    StripeInvoice,
    StripePaymentMethod,
    StripePrice,
    StripeProduct,
    StripeSubscription,
    StripeSubscriptionItem,
)
from billing.tests.restoring import forgotten

pytestmark = pytest.mark.django_db


def rows() -> dict[str, list[dict[str, Any]]]:
    """All mirrored rows, without what tells when they were written."""
    models = [StripeProduct, StripePrice, StripeCustomer, StripePaymentMethod, StripeInvoice]
    models += [StripeSubscription, StripeSubscriptionItem]
    found = {model.__name__: list(model.objects.order_by("stripe_id").values()) for model in models}
    for entries in found.values():
        for entry in entries:
            del entry["id"]
    found["others"] = list(MirroredObject.objects.order_by("stripe_id").values("stripe_id", "gone", "data"))
    found["access"] = list(Organization.objects.order_by("pk").values("access", "stripe_customer_id"))
    return found


def pull_all() -> None:
    for guard in MirroredObject.objects.all():
        mirror.pull(guard.kind, guard.stripe_id, guard.organization_id)


def life(stripe: Any, organization: Organization, card: Callable[..., str]) -> None:
    """Buy, change in the dashboard within the second, renew, cancel there, end."""
    premium = plans.find("premium")
    assert premium
    bought = subscriptions.start(organization, premium, "month", card()).subscription_id
    dashboard = client.connected().v1.subscriptions
    dashboard.update(bought, {"cancel_at_period_end": True})
    dashboard.update(bought, {"cancel_at_period_end": False, "metadata": {"note": "x"}})
    stripe.advance(days=32)
    dashboard.cancel(bought)


ORDERS: list[Callable[[list[Any]], list[Any]]] = [
    lambda events: events,
    lambda events: events[::-1],
    lambda events: events * 2,
    lambda events: events[1::2] + events[::2],
    lambda events: [one for one in events for _twice in range(2)][::-1],
]


@pytest.mark.parametrize("order", ORDERS)
def test_a_life_delivered_in_any_order_ends_with_the_rows_that_stripe_has(catalogue, delta, card, order):
    """F4, F5, F6."""
    life(catalogue, delta, card)
    catalogue.deliver(order)
    delivered = rows()
    pull_all()
    assert delivered == rows()
    assert not Event.objects.exclude(state__in=[Event.State.DONE, Event.State.IGNORED]).exists()
    assert StripeSubscription.objects.get().status == "canceled"
    delta.refresh_from_db()
    assert delta.tier == Tier.FREE


def test_three_changes_of_one_second_in_every_order_end_with_the_last_one(catalogue, subscribed):
    """F8."""
    dashboard = client.connected().v1.subscriptions
    for number in range(3):
        dashboard.update(subscribed.stripe_id, {"items": [_quantity(subscribed, number + 2)]})
    pending = catalogue.sandbox.deliveries.pending("customer.subscription.updated")
    assert len(pending) == 3
    for order in permutations(pending):
        with forgotten():
            for delivery in order:
                catalogue.sandbox.deliveries.attempt(delivery["id"], catalogue.post)
            assert subscribed.items.get().quantity == 4


def _quantity(subscription: StripeSubscription, quantity: int) -> Any:
    return {"id": subscription.items.get().stripe_id, "quantity": quantity}


def test_an_item_that_was_removed_is_gone(catalogue, subscribed):
    starter = StripePrice.objects.get(lookup_key="turnpike:starter:month:usd")
    dashboard = client.connected().v1
    added = dashboard.subscription_items.create(
        {"subscription": subscribed.stripe_id, "price": starter.stripe_id, "quantity": 2}
    )
    mirror.pull("subscription", subscribed.stripe_id)
    assert {item.key for item in subscribed.items.all()} == {"premium", "starter"}
    assert subscribed.plan == plans.find("premium")
    dashboard.subscription_items.delete(added["id"])
    mirror.pull("subscription", subscribed.stripe_id)
    assert {item.key for item in subscribed.items.all()} == {"premium"}


def test_a_payment_method_that_was_attached_detached_and_attached_is_attached(catalogue, subscribed):
    """F9: of one moment, and delivered in every order."""
    method = subscribed.default_payment_method_id
    dashboard = client.connected().v1.payment_methods
    dashboard.detach(method)
    with (
        catalogue.sandbox.work() as world
    ):  # cards stay detached; what Stripe lets be attached anew is as if so
        world.get("payment_method", method)["customer"] = subscribed.customer_id
    dashboard.update(method, {"metadata": {"attached": "anew"}})
    pending = catalogue.sandbox.deliveries.pending("payment_method.*")
    assert len(pending) == 2
    for order in permutations(pending):
        with forgotten():
            for delivery in order:
                catalogue.sandbox.deliveries.attempt(delivery["id"], catalogue.post)
            assert StripePaymentMethod.objects.get(stripe_id=method).attached


def warned(caplog: pytest.LogCaptureFixture, words: str) -> bool:
    said = [(record.levelname, record.msg.get("event")) for record in caplog.records if record.msg]
    return ("WARNING", words) in said


def test_a_subscription_with_a_price_that_we_do_not_know_gives_nothing(catalogue, subscribed, delta, caplog):
    """F48."""
    other = client.connected().v1.prices.create(
        {
            "currency": "usd",
            "unit_amount": 1,
            "recurring": {"interval": "month"},
            "product_data": {"name": "Premium"},
        }
    )
    client.connected().v1.subscriptions.update(
        subscribed.stripe_id, {"items": [{"id": subscribed.items.get().stripe_id, "price": other["id"]}]}
    )
    catalogue.deliver()
    delta.refresh_from_db()
    assert delta.tier == Tier.FREE
    assert subscribed.items.get().key == ""
    assert warned(caplog, "unknown price on a subscription")


def test_a_price_made_in_the_dashboard_on_a_product_of_ours_gives_its_plan(catalogue, subscribed, delta):
    special = client.connected().v1.prices.create(
        {
            "currency": "usd",
            "unit_amount": 100,
            "recurring": {"interval": "month"},
            "product": "turnpike-business",
        }
    )
    client.connected().v1.subscriptions.update(
        subscribed.stripe_id, {"items": [{"id": subscribed.items.get().stripe_id, "price": special["id"]}]}
    )
    catalogue.deliver()
    delta.refresh_from_db()
    assert delta.tier == Tier.BUSINESS
    assert StripePrice.objects.get(stripe_id=special["id"]).amount == 100


def test_two_live_subscriptions_at_once_give_access_and_no_exception(catalogue, subscribed, delta, caplog):
    """F46."""
    price = StripePrice.objects.get(lookup_key="turnpike:business:month:usd").stripe_id
    client.connected().v1.subscriptions.create(
        {"customer": subscribed.customer_id, "items": [{"price": price}]}
    )
    catalogue.deliver()
    delta.refresh_from_db()
    assert delta.tier == Tier.BUSINESS
    assert delta.subscriptions.live().count() == 2
    assert warned(caplog, "several subscriptions at once")


# --- What is gone -------------------------------------------------------------------------------------------------


def test_a_customer_deleted_in_the_dashboard_ends_access_and_can_buy_again(
    catalogue, subscribed, delta, card
):
    """F24."""
    former = subscribed.customer_id
    client.connected().v1.customers.delete(former)
    catalogue.deliver(lambda events: events[::-1])
    delta.refresh_from_db()
    assert (delta.tier, delta.stripe_customer_id) == (Tier.FREE, None)
    assert StripeCustomer.objects.get(stripe_id=former).deleted
    premium = plans.find("premium")
    assert premium
    assert subscriptions.start(delta, premium, "month", card()).status == "active"
    assert delta.stripe_customer_id not in (None, former)


def test_a_customer_deleted_without_a_word_is_noticed_when_somebody_buys(catalogue, subscribed, delta, card):
    client.connected().v1.customers.delete(subscribed.customer_id)
    premium = plans.find("premium")
    assert premium
    assert subscriptions.start(delta, premium, "month", card()).status == "active"
    assert delta.stripe_customer_id != subscribed.customer_id
    subscribed.refresh_from_db()
    assert subscribed.status == "canceled"


def test_what_stripe_does_not_find_is_gone(catalogue):
    """F23."""
    forgotten = "turnpike-starter"
    with catalogue.sandbox.work() as world:
        world.delete(world.get("product", forgotten))
    mirror.pull("product", forgotten)
    assert not StripeProduct.objects.get(stripe_id=forgotten).active
    assert MirroredObject.objects.get(stripe_id=forgotten).gone


def test_a_key_of_another_account_which_finds_nothing_makes_nothing_gone(catalogue, subscribed, delta):
    catalogue.sandbox.reset()
    with pytest.raises(errors.NotFound):
        mirror.pull("subscription", subscribed.stripe_id)
    subscribed.refresh_from_db()
    delta.refresh_from_db()
    assert (subscribed.status, delta.tier) == ("active", Tier.PREMIUM)


# --- One question at a time ------------------------------------------------------------------------------------------


def heard(statement: Statement) -> Verdict:
    with transaction.atomic():
        return mirror.hear(statement).verdict


def test_an_answer_that_a_later_one_has_overtaken_is_not_written(catalogue, subscribed):
    """F7."""
    late = mirror.ask("subscription", subscribed.stripe_id, None)
    client.connected().v1.subscriptions.update(subscribed.stripe_id, {"cancel_at_period_end": True})
    mirror.pull("subscription", subscribed.stripe_id)
    assert heard(late) is Verdict.SKIP
    subscribed.refresh_from_db()
    assert subscribed.cancel_at_period_end


def test_an_answer_that_an_event_has_overtaken_is_asked_for_anew(catalogue, subscribed):
    """F7."""
    late = mirror.ask("subscription", subscribed.stripe_id, None)
    catalogue.advance(minutes=1)
    client.connected().v1.subscriptions.update(subscribed.stripe_id, {"cancel_at_period_end": True})
    catalogue.deliver()
    assert heard(late) is Verdict.ASK
    subscribed.refresh_from_db()
    assert subscribed.cancel_at_period_end


def test_a_replayed_answer_is_asked_for_anew(catalogue, delta, calls):
    facts = {"organization": delta.pk, "name": "Delta", "email": "x@delta.example", "key": "once"}
    first = gateway.customers.create(**facts)
    client.connected().v1.customers.update(first.data["id"], {"balance": -700})
    again = gateway.customers.create(**facts)
    assert (again.replayed, again.data["balance"]) == (True, 0)
    mirror.record(mirror.of_answer(again), delta.pk)
    assert delta.customers.get().balance == -700


def test_no_secret_of_a_client_is_kept(catalogue, delta, card):
    premium = plans.find("premium")
    assert premium
    purchase = subscriptions.start(delta, premium, "month")
    catalogue.deliver()
    assert purchase.client_secret
    assert MirroredObject.objects.filter(kind="payment_intent").exists()
    assert purchase.client_secret not in str(rows())


def test_a_statement_about_an_object_says_what_it_is(catalogue):
    statement = Statement("product", "prod_1", {"test_clock": "clock_1"}, as_of=5)
    assert not statement.dated
    assert statement.said("x").as_of == 5

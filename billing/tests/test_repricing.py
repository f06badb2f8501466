"""Those who pay already when a price changes: they keep theirs until somebody asks for them to be moved."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Organization
from billing import subscriptions
from billing.catalogue import Interval, Price
from billing.gateway import client
from billing.models import StripeSubscriptionItem
from billing.tests.buying import plan
from billing.tests.upserting import lines

pytestmark = pytest.mark.django_db


def test_subscribers_keep_their_price_until_they_are_moved_and_pay_the_new_one_from_the_next_invoice(
    subscribed, delta, edit_plan, capsys
):
    edit_plan("premium", prices=(Price(Interval.MONTH, 2500), *plan("premium").prices[1:]))
    lines("upsert_stripe_products", capsys)
    item = StripeSubscriptionItem.objects.get()
    assert item.amount == 2000
    move = f"~ subscription {subscribed.stripe_id} turnpike:premium:month:usd  (2000 -> 2500)"
    assert move in lines("upsert_stripe_products", capsys, "--migrate-subscribers", "--dry-run")
    assert StripeSubscriptionItem.objects.get().amount == 2000
    assert move in lines("upsert_stripe_products", capsys, "--migrate-subscribers")
    after = StripeSubscriptionItem.objects.get()
    assert (after.amount, after.period_end, after.quantity) == (2500, item.period_end, 1)
    assert delta.invoices.count() == 1  # nothing was charged in the middle
    assert lines("upsert_stripe_products", capsys, "--migrate-subscribers")[-1] == "0 changed."


def test_a_price_made_by_hand_and_a_subscription_that_ends_are_not_moved(subscribed, edit_plan, capsys):
    stripe = client.connected().v1
    special: Any = {
        "product": "turnpike-premium", "currency": "usd", "unit_amount": 900, "recurring": {"interval": "month"},
    }  # fmt: skip
    price = stripe.prices.create(special)["id"]
    item = StripeSubscriptionItem.objects.get()
    update: Any = {"items": [{"id": item.stripe_id, "price": price}], "proration_behavior": "none"}
    stripe.subscriptions.update(subscribed.stripe_id, update)
    subscriptions.sync(subscribed.organization)
    assert StripeSubscriptionItem.objects.get().key == "premium"
    assert lines("upsert_stripe_products", capsys, "--migrate-subscribers")[-1] == "0 changed."
    assert StripeSubscriptionItem.objects.get().amount == 900


def test_what_stripe_refuses_to_move_is_said_and_the_command_fails(
    subscribed, edit_plan, capsys, stripe_sandbox
):
    edit_plan("premium", prices=(Price(Interval.MONTH, 2500), *plan("premium").prices[1:]))
    client.connected().v1.subscriptions.cancel(subscribed.stripe_id)  # and the event is late
    with pytest.raises(CommandError) as failure:
        call_command("upsert_stripe_products", "--migrate-subscribers")
    assert failure.value.returncode == 1
    assert f"! subscription {subscribed.stripe_id}" in capsys.readouterr().out
    assert Organization.objects.get(pk=subscribed.organization_id).tier == "free"

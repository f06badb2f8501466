"""All that Stripe should have of us: once, after changes, after deaths, twice at once, beside somebody else's."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import zip_longest
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import Organization
from billing import catalogue as plans
from billing import errors, portal_page, storefront, subscriptions
from billing.catalogue import Interval, Price
from billing.gateway import client
from billing.models import InstanceType, StripePrice, StripeProduct, StripeSubscriptionItem
from billing.steps import Act

pytestmark = pytest.mark.django_db
READS = [
    "/v1/products",
    "/v1/prices",
    "/v1/prices",
    "/v1/entitlements/features",
    "/v1/billing_portal/configurations",
    "/v1/webhook_endpoints",
]


def acts(**options: Any) -> set[Act]:
    return {step.act for step in storefront.upsert(**options)}


def lines(command: str, capsys: Any, *arguments: str) -> list[str]:
    call_command(command, *arguments)
    return capsys.readouterr().out.splitlines()


@pytest.fixture
def change(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Edits a plan of the catalogue, as a developer would."""

    def edit(key: str, **changes: Any) -> None:
        edited = tuple(replace(plan, **changes) if plan.key == key else plan for plan in plans.PLANS)
        monkeypatch.setattr(plans, "PLANS", edited)

    return edit


def all_of(kind: Any, **params: Any) -> list[Any]:
    return list(kind.list({"limit": 100, **params})["data"])


def everything() -> dict[str, list[str]]:
    """What is at Stripe, each thing by a name of its own; doubles show."""
    stripe = client.connected().v1
    return {
        "products": sorted(one["id"] for one in all_of(stripe.products)),
        "prices": sorted(one["lookup_key"] for one in all_of(stripe.prices, active=True)),
        "features": sorted(one["lookup_key"] for one in all_of(stripe.entitlements.features)),
        "attached": sorted(
            f"{product} {one['entitlement_feature']['lookup_key']}"
            for product in ("turnpike-starter", "turnpike-premium", "turnpike-business", "turnpike-annual")
            for one in all_of_product(product)
        ),
        "configurations": ["one" for _ in all_of(stripe.billing_portal.configurations)],
        "endpoints": [one["url"] for one in all_of(stripe.webhook_endpoints)],
    }


def all_of_product(product: str) -> list[Any]:
    return list(client.connected().v1.products.features.list(product, {"limit": 100})["data"])


def assert_complete() -> None:
    found = everything()
    nine = [one.code.replace(":", "-") for one in InstanceType.objects.all()]
    assert found["products"] == sorted(f"turnpike-{key}" for key in [*nine, *(p.key for p in plans.PLANS)])
    assert len(nine) == 9
    assert len(found["prices"]) == len(set(found["prices"])) == 9 + len(list(plans.prices()))
    assert found["features"] == ["turnpike:charts", "turnpike:export"]
    assert found["attached"] == sorted(
        f"turnpike-{plan.key} turnpike:{feature}" for plan in plans.PLANS for feature in plan.features
    )
    assert len(found["configurations"]) == 1
    assert len(found["endpoints"]) == 1


# -- once, and again -----------------------------------------------------------------------------------------------


def test_the_first_run_makes_everything(stripe_sandbox):
    assert Act.CREATE in acts()
    assert_complete()
    a10g = InstanceType.objects.get(key="a10g")
    price = StripePrice.objects.on_offer(a10g, "month").get()
    assert (price.amount, price.lookup_key) == (a10g.amount, "turnpike:instance:a10g:month:usd")
    product = StripeProduct.objects.get(key="instance:a10g")
    assert (product.name, product.instance_type) == ("NVIDIA A10G (A10G:4x16)", a10g)


def test_the_second_run_reads_six_times_and_writes_nothing(stripe_sandbox, calls):
    acts()
    calls.clear()
    assert acts() == {Act.KEEP}
    assert calls == [("GET", path) for path in READS]


def test_a_dry_run_says_everything_and_does_nothing(stripe_sandbox, calls):
    assert Act.CREATE in acts(dry_run=True)
    assert {method for method, _path in calls} == {"GET"}


def test_a_run_that_dies_at_every_write_is_taken_up_each_time(stripe_sandbox):
    faults = stripe_sandbox.sandbox.faults
    for _death in range(100):
        # The first write is done and its answer lost; no other comes through.
        faults.add("lost", method="POST")
        faults.add("cut", method="POST", times=99)
        try:
            done = acts()
        except errors.Unavailable:
            continue
        finally:
            faults.clear()
        break
    assert done == {Act.KEEP}
    assert _death > 40
    assert_complete()


# -- twice at once -------------------------------------------------------------------------------------------------


def test_of_two_runs_that_take_turns_nothing_is_made_twice(stripe_sandbox):
    for _one, _other in zip_longest(storefront.upsert(), storefront.upsert()):
        pass
    assert_complete()
    assert acts() == {Act.KEEP}


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_runs_at_once_nothing_is_made_twice(stripe_sandbox):
    barrier = threading.Barrier(2, timeout=20)

    def go(_number: int) -> None:
        try:
            barrier.wait()
            list(storefront.upsert())
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(go, range(2)))
    assert_complete()
    assert acts() == {Act.KEEP}


# -- after changes -------------------------------------------------------------------------------------------------


def test_a_machine_that_is_renamed_and_repriced_in_the_admin_is_so_at_stripe(stripe_sandbox, capsys):
    acts()
    InstanceType.objects.filter(key="a10g").update(display_name="A10G", amount=90000)
    said = lines("upsert_catalogue", capsys)
    assert "~ product A10G (A10G:4x16)  (NVIDIA A10G (A10G:4x16))" in said
    assert "~ price turnpike:instance:a10g:month:usd 90000  (was 85000)" in said
    assert "~ price price_" in "".join(said)  # the former one is no longer sold
    assert said[-1] == "3 changed."
    stripe = client.connected().v1
    assert stripe.products.retrieve("turnpike-instance-a10g")["name"] == "A10G (A10G:4x16)"
    [price] = all_of(stripe.prices, product="turnpike-instance-a10g", active=True)
    assert price["unit_amount"] == 90000
    assert acts() == {Act.KEEP}


def test_what_left_the_catalogue_is_archived_and_sold_again_when_it_comes_back(stripe_sandbox):
    acts()
    stripe = client.connected().v1
    InstanceType.objects.filter(key="t4").update(active=False)
    acts()
    assert not stripe.products.retrieve("turnpike-instance-t4")["active"]
    assert not all_of(stripe.prices, product="turnpike-instance-t4", active=True)
    InstanceType.objects.filter(key="t4").update(active=True)
    acts()
    assert_complete()
    assert stripe.products.retrieve("turnpike-instance-t4")["active"]


def test_a_feature_moves_between_plans_and_one_that_no_plan_has_is_archived(stripe_sandbox, change):
    acts()
    change("starter", extra_features=frozenset({"bulk"}))
    acts()
    assert "turnpike-starter turnpike:bulk" in everything()["attached"]
    change("starter", extra_features=frozenset())
    assert Act.CHANGE in acts()
    assert not all_of_product("turnpike-starter")
    features = all_of(client.connected().v1.entitlements.features)
    assert {one["lookup_key"]: one["active"] for one in features} == {
        "turnpike:bulk": False,
        "turnpike:charts": True,
        "turnpike:export": True,
    }
    assert acts() == {Act.KEEP}


def test_the_page_of_stripe_that_was_changed_by_hand_is_put_right_and_used(stripe_sandbox, delta, catalogue):
    acts()
    ours = portal_page.configuration()
    stripe = client.connected().v1
    off: Any = {"features": {"invoice_history": {"enabled": False}}, "active": False}
    stripe.billing_portal.configurations.update(ours, off)
    assert Act.CHANGE in acts()
    found = stripe.billing_portal.configurations.retrieve(ours)
    assert found["active"]
    assert found["features"]["invoice_history"]["enabled"]
    assert acts() == {Act.KEEP}


# -- beside others -------------------------------------------------------------------------------------------------


def test_somebody_elses_business_tier_features_and_page_are_left_alone(stripe_sandbox):
    stripe = client.connected().v1
    theirs = stripe.products.create(
        {"name": "Business tier", "metadata": {"namespace": "other", "plan": "business"}}
    )
    stripe.prices.create(
        {"product": theirs["id"], "currency": "usd", "unit_amount": 1, "lookup_key": "business"}
    )
    stripe.entitlements.features.create({"lookup_key": "export", "name": "Export"})
    page: Any = {"features": {"invoice_history": {"enabled": False}}}
    page_of_theirs = stripe.billing_portal.configurations.create(page)["id"]
    acts()
    assert acts() == {Act.KEEP}
    assert stripe.products.retrieve(theirs["id"])["name"] == "Business tier"
    assert not StripeProduct.objects.filter(stripe_id=theirs["id"]).exists()
    assert portal_page.configuration() != page_of_theirs
    assert not stripe.billing_portal.configurations.retrieve(page_of_theirs)["metadata"].to_dict()


# -- those who pay already -----------------------------------------------------------------------------------------


def test_subscribers_keep_their_price_until_they_are_moved_and_pay_the_new_one_from_the_next_invoice(
    subscribed, delta, change, capsys
):
    premium = plans.find("premium")
    assert premium
    change("premium", prices=(Price(Interval.MONTH, 2500), *premium.prices[1:]))
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


def test_a_price_made_by_hand_and_a_subscription_that_ends_are_not_moved(subscribed, change, capsys):
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
    subscribed, change, capsys, stripe_sandbox
):
    premium = plans.find("premium")
    assert premium
    change("premium", prices=(Price(Interval.MONTH, 2500), *premium.prices[1:]))
    client.connected().v1.subscriptions.cancel(subscribed.stripe_id)  # and the event is late
    with pytest.raises(CommandError) as failure:
        call_command("upsert_stripe_products", "--migrate-subscribers")
    assert failure.value.returncode == 1
    assert f"! subscription {subscribed.stripe_id}" in capsys.readouterr().out
    assert Organization.objects.get(pk=subscribed.organization_id).tier == "free"


# -- the commands --------------------------------------------------------------------------------------------------


def test_each_command_sees_to_its_own_kind(stripe_sandbox, capsys):
    assert lines("upsert_stripe_products_for_instances", capsys)[-1] == "18 changed."
    assert lines("upsert_stripe_products", capsys)[-1] == "11 changed."
    assert lines("upsert_stripe_products_for_instances", capsys)[-1] == "0 changed."
    assert StripeProduct.objects.filter(active=True).count() == 13


def test_json_says_the_same(stripe_sandbox, capsys):
    said = json.loads("\n".join(lines("upsert_catalogue", capsys, "--json", "--dry-run")))
    assert said["dry_run"]
    assert {"act": "create", "what": "product NVIDIA T4 (T4:4x16)", "why": "", "note": ""} in said["steps"]
    assert said["changed"] == sum(step["act"] != "keep" for step in said["steps"])


def test_a_new_endpoint_tells_its_secret_once(stripe_sandbox, settings, capsys):
    settings.BASE_URL = "https://shop.example"
    assert any(line.startswith("whsec_") for line in lines("upsert_catalogue", capsys, "-v0"))
    assert lines("upsert_catalogue", capsys, "-v0") == []


def test_from_a_machine_that_stripe_does_not_reach_no_endpoint_is_made(stripe_sandbox, settings, calls):
    settings.STRIPE_SANDBOX_URL = ""
    acts()
    assert not [path for _method, path in calls if "webhook" in path]


def test_what_was_done_before_stripe_went_away_is_said(stripe_sandbox, capsys):
    stripe_sandbox.sandbox.faults.add("cut", method="POST", path="/v1/prices", times=99)
    with pytest.raises(CommandError) as failure:
        call_command("upsert_catalogue")
    assert failure.value.returncode == 3
    assert "+ product Open SEC Data Starter" in capsys.readouterr().out

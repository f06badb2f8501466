"""All that Stripe should have of us: once, after changes, after deaths, twice at once, beside somebody else's."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import zip_longest
from typing import Any

import pytest
from django.db import connection

from billing import catalogue as plans
from billing import errors, portal_page, storefront
from billing.gateway import client
from billing.models import InstanceType, StripePrice, StripeProduct
from billing.steps import Act
from billing.tests.buying import plan
from billing.tests.upserting import all_of, lines

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


def dying(faults: Any) -> int:
    """Runs that die at a write until one has none left. How many died."""
    deaths = 0
    while deaths < 100:
        if deaths % 2:  # what the last run was not told of is perhaps repeated, and comes through
            faults.add("hang", method="POST", seconds=0)
        faults.add("lost", method="POST")  # it is done, and its answer lost
        faults.add("cut", method="POST", times=99)
        try:
            acts()
            break
        except errors.Unavailable:
            deaths += 1
        finally:
            faults.clear()
    assert acts() == {Act.KEEP}
    return deaths


def test_a_run_that_dies_at_every_write_is_taken_up_each_time(stripe_sandbox):
    assert dying(stripe_sandbox.sandbox.faults) > 25
    assert_complete()


def test_changes_that_die_at_every_write_are_taken_up_each_time(stripe_sandbox, edit_plan):
    acts()
    monthly, yearly = plan("premium").prices
    edit_plan("premium", name="Open SEC Data Gold", prices=(replace(monthly, amount=2500), yearly))
    InstanceType.objects.filter(key="a10g").update(display_name="A10G", amount=90000)
    InstanceType.objects.filter(key="t4").update(active=False)
    assert dying(stripe_sandbox.sandbox.faults) > 5
    stripe = client.connected().v1
    sold = {one["lookup_key"]: one["unit_amount"] for one in all_of(stripe.prices, active=True)}
    assert sold["turnpike:premium:month:usd"] == 2500
    assert sold["turnpike:instance:a10g:month:usd"] == 90000
    assert len(sold) == len(all_of(stripe.prices, active=True)) == 8 + len(list(plans.prices()))
    assert stripe.products.retrieve("turnpike-premium")["name"] == "Open SEC Data Gold"


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


def test_a_feature_moves_between_plans_and_one_that_no_plan_has_is_archived(stripe_sandbox, edit_plan):
    acts()
    edit_plan("starter", extra_features=frozenset({"bulk"}))
    acts()
    assert "turnpike-starter turnpike:bulk" in everything()["attached"]
    edit_plan("starter", extra_features=frozenset())
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

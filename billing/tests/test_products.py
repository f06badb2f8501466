"""Bringing the catalogue to Stripe: once, after changes, after crashes, beside another application's."""

from dataclasses import replace
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from billing import catalogue as plans
from billing import errors, products
from billing.gateway import client
from billing.models import MirroredObject, StripePrice, StripeProduct
from billing.steps import Act

pytestmark = pytest.mark.django_db


def acts(**options: Any) -> set[Act]:
    return {step.act for step in products.upsert(products.Kind.PLAN, **options)}


def on_sale() -> dict[str, int]:
    """What is for sale at Stripe by its lookup key."""
    found = client.connected().v1.prices.list({"active": True, "limit": 100})
    return {price["lookup_key"]: price["unit_amount"] for price in found["data"]}


def test_the_first_run_makes_everything_and_mirrors_it(stripe_sandbox):
    assert acts() == {Act.CREATE}
    assert {product.key for product in StripeProduct.objects.all()} == {plan.key for plan in plans.PLANS}
    assert on_sale() == {plans.lookup_key(plan, price): price.amount for plan, price in plans.prices()}
    premium = plans.find("premium")
    assert premium
    assert StripePrice.objects.on_offer(premium, "month").get().amount == 2000
    assert StripePrice.objects.on_offer(premium, "year").get().amount == 20000
    assert StripeProduct.objects.get(key="premium").name == "Open SEC Data Premium"


def test_the_second_run_writes_nothing_and_reads_twice(stripe_sandbox, calls):
    acts()
    calls.clear()
    assert acts() == {Act.KEEP}
    assert calls == [("GET", "/v1/products"), ("GET", "/v1/prices")]


def test_a_dry_run_says_what_would_be_done_and_does_nothing(stripe_sandbox, calls):
    assert acts(dry_run=True) == {Act.CREATE}
    assert {method for method, _path in calls} == {"GET"}
    assert not MirroredObject.objects.exists()


def test_a_new_price_takes_the_key_over_and_the_old_one_is_no_longer_sold(stripe_sandbox, edit_plan):
    acts()
    old = StripePrice.objects.get(lookup_key="turnpike:premium:month:usd")
    premium = plans.find("premium")
    assert premium
    month, year = premium.prices
    premium = edit_plan("premium", prices=(replace(month, amount=2500), year))
    assert acts() == {Act.KEEP, Act.CHANGE}
    assert on_sale()["turnpike:premium:month:usd"] == 2500
    new = StripePrice.objects.on_offer(premium, "month").get()
    old.refresh_from_db()
    assert (new.amount, old.active, old.lookup_key) == (2500, False, "")
    assert acts() == {Act.KEEP}


def test_a_price_that_goes_up_and_down_again_is_what_it_says(stripe_sandbox, edit_plan):
    acts()
    premium = plans.find("premium")
    assert premium
    month, year = premium.prices
    for amount in (2500, 2000, 2500):
        edit_plan("premium", prices=(replace(month, amount=amount), year))
        acts()
        assert on_sale()["turnpike:premium:month:usd"] == amount


def test_a_run_that_was_cut_off_is_taken_up(stripe_sandbox, calls):
    for path in ("/v1/products", "/v1/prices"):
        for kind in ("cut", "lost"):
            stripe_sandbox.sandbox.faults.add(kind, method="POST", path=path, times=4)
            with pytest.raises(errors.Unavailable):
                acts()
            stripe_sandbox.sandbox.faults.clear()
    assert Act.CREATE in acts()
    found = client.connected().v1
    assert len(found.products.list({"limit": 100})["data"]) == len(plans.PLANS)
    assert len(found.prices.list({"limit": 100})["data"]) == len(list(plans.prices()))
    assert acts() == {Act.KEEP}


def test_a_change_of_price_that_was_cut_off_is_taken_up(stripe_sandbox, edit_plan):
    acts()
    premium = plans.find("premium")
    assert premium
    month, year = premium.prices
    edit_plan("premium", prices=(replace(month, amount=2500), year))
    stripe_sandbox.sandbox.faults.add("lost", method="POST", path="/v1/prices/*", times=4)
    with pytest.raises(errors.Unavailable):
        acts()
    stripe_sandbox.sandbox.faults.clear()
    acts()
    assert acts() == {Act.KEEP}
    assert on_sale()["turnpike:premium:month:usd"] == 2500


def test_a_product_that_was_renamed_or_archived_is_put_right(stripe_sandbox, edit_plan):
    acts()
    client.connected().v1.products.update("turnpike-starter", {"active": False})
    edit_plan("premium", name="Open SEC Data Gold")
    changed = [step.what for step in products.upsert(products.Kind.PLAN) if step.act is Act.CHANGE]
    assert changed == ["product Open SEC Data Starter", "product Open SEC Data Gold"]
    found = client.connected().v1.products
    assert found.retrieve("turnpike-premium")["name"] == "Open SEC Data Gold"
    assert found.retrieve("turnpike-starter")["active"]


def test_a_price_that_was_archived_is_sold_again(stripe_sandbox):
    acts()
    price = StripePrice.objects.get(lookup_key="turnpike:premium:month:usd")
    client.connected().v1.prices.update(price.stripe_id, {"active": False})
    assert acts() == {Act.KEEP, Act.CHANGE}
    assert client.connected().v1.prices.retrieve(price.stripe_id)["active"]


def test_another_applications_product_of_the_same_name_is_left_alone(stripe_sandbox):
    theirs = client.connected().v1.products.create({"name": "Open SEC Data Premium"})
    acts()
    assert client.connected().v1.products.retrieve(theirs["id"])["metadata"].to_dict() == {}
    assert not StripeProduct.objects.filter(stripe_id=theirs["id"]).exists()


def test_an_id_that_somebody_else_has_taken_is_an_error(stripe_sandbox):
    client.connected().v1.products.create({"name": "Theirs", "id": "turnpike-premium"})
    with pytest.raises(products.NotOurs, match="does not bear our namespace"):
        acts()


def test_two_namespaces_on_one_account_have_products_and_prices_of_their_own(stripe_sandbox, settings):
    acts()
    settings.STRIPE_NAMESPACE = "staging"
    assert acts() == {Act.CREATE}
    assert on_sale()["staging:premium:month:usd"] == on_sale()["turnpike:premium:month:usd"] == 2000


def test_the_command_prints_a_line_for_each_and_how_many_changed(stripe_sandbox, capsys):
    call_command("upsert_stripe_products", "--dry-run")
    assert "+ product Open SEC Data Premium" in capsys.readouterr().out
    call_command("upsert_stripe_products")
    assert capsys.readouterr().out.endswith(" changed.\n")
    call_command("upsert_stripe_products")
    assert "= price turnpike:premium:month:usd 2000\n" in (out := capsys.readouterr().out)
    assert out.endswith("\n0 changed.\n")


def test_the_command_says_when_billing_is_off(stripe_sandbox, settings):
    settings.STRIPE_SECRET_KEY = ""
    with pytest.raises(CommandError, match="Billing is off") as failure:
        call_command("upsert_stripe_products")
    assert failure.value.returncode == 2


def test_the_command_says_when_stripe_cannot_be_reached(stripe_sandbox):
    stripe_sandbox.sandbox.faults.add("cut", times=99)
    with pytest.raises(CommandError, match="Run it again") as failure:
        call_command("upsert_stripe_products")
    assert failure.value.returncode == 3


def test_a_live_key_needs_to_be_meant(db, settings):
    settings.STRIPE_LIVE_MODE = True
    with pytest.raises(CommandError, match="--live") as failure:
        call_command("upsert_stripe_products")
    assert failure.value.returncode == 2

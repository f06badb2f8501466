"""The commands that bring the catalogue to Stripe: what they print is what they do, and what they would do."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from billing import storefront
from billing.gateway import client
from billing.models import InstanceType, StripeProduct
from billing.tests.buying import have, paid, plan
from billing.tests.upserting import all_of, lines

pytestmark = pytest.mark.django_db


def changes(capsys: Any, *arguments: str) -> list[str]:
    """The lines of `upsert_catalogue` that are no mere confirmation, without the ids, which are random."""
    said = [line for line in lines("upsert_catalogue", capsys, *arguments) if not line.startswith("= ")]
    return [re.sub(r"price_\w+", "price_…", line) for line in said]


def at_stripe(code: str) -> tuple[str, dict[int, bool]]:
    """A product's name, and its prices' amounts with whether they are sold."""
    stripe, product = client.connected().v1, f"turnpike-{code}"
    prices = all_of(stripe.prices, product=product)
    return stripe.products.retrieve(product)["name"], {one["unit_amount"]: one["active"] for one in prices}


def test_twice_with_a_rename_and_a_price_change_between_it_shows_and_does_what_it_says(
    machines, business, edit_plan, capsys, calls
):
    have(business, a10g=1)
    lines("upsert_catalogue", capsys)
    assert changes(capsys) == ["0 changed."]

    monthly, yearly = plan("business").prices
    edit_plan("business", name="Open SEC Data Company", prices=(replace(monthly, amount=4500), yearly))
    InstanceType.objects.filter(key="a10g").update(display_name="A10G", amount=90000)
    InstanceType.objects.filter(key="t4").update(active=False)
    diff = [
        "~ product Open SEC Data Company  (Open SEC Data Business)",
        "~ price turnpike:business:month:usd 4500  (was 4000)",
        "~ product A10G (A10G:4x16)  (NVIDIA A10G (A10G:4x16))",
        "~ price turnpike:instance:a10g:month:usd 90000  (was 85000)",
        "~ price price_… of business 4000  (no longer sold)",
        "~ price price_… of instance:t4 45000  (no longer sold)",
        "~ price price_… of instance:a10g 85000  (no longer sold)",
        "~ product NVIDIA T4 (T4:4x16)  (no longer sold)",
    ]
    calls.clear()
    assert changes(capsys, "--dry-run") == [*diff, "8 to change."]
    assert {method for method, _path in calls} == {"GET"}
    assert at_stripe("business") == ("Open SEC Data Business", {4000: True, 40000: True})

    assert changes(capsys) == [*diff, "8 changed."]
    assert at_stripe("business") == ("Open SEC Data Company", {4500: True, 4000: False, 40000: True})
    assert at_stripe("instance-a10g") == ("A10G (A10G:4x16)", {90000: True, 85000: False})
    assert at_stripe("instance-t4")[1] == {45000: False}
    assert changes(capsys) == ["0 changed."]

    machines.deliver()
    assert dict(business.items.values_list("key", "amount")) == {"business": 4000, "instance:a10g": 85000}
    moved = changes(capsys, "--migrate-subscribers")
    assert [line.rpartition("  ")[2] for line in moved[:-1]] == ["(4000 -> 4500)", "(85000 -> 90000)"]
    assert dict(business.items.values_list("key", "amount")) == {"business": 4500, "instance:a10g": 90000}
    assert paid() == [4000, 42500], "nothing was charged in the middle"


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
    list(storefront.upsert())
    assert not [path for _method, path in calls if "webhook" in path]


def test_what_was_done_before_stripe_went_away_is_said(stripe_sandbox, capsys):
    stripe_sandbox.sandbox.faults.add("cut", method="POST", path="/v1/prices", times=99)
    with pytest.raises(CommandError) as failure:
        call_command("upsert_catalogue")
    assert failure.value.returncode == 3
    assert "+ product Open SEC Data Starter" in capsys.readouterr().out

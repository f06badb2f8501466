"""Bringing the catalogue to Stripe."""

from typing import Any

import pytest

from billing import catalogue, products
from billing.models import StripePrice, StripeProduct
from billing.products import Act

pytestmark = pytest.mark.django_db


def acts(**options: Any) -> set[Act]:
    return {step.act for step in products.upsert(**options)}


def calls(stripe: Any, method: str) -> int:
    return sum(1 for call in stripe.calls if call.method == method)


def test_the_first_run_makes_everything_and_mirrors_it(stripe_sandbox):
    assert acts() == {Act.CREATE}
    assert {p.key for p in StripeProduct.objects.all()} == {plan.key for plan in catalogue.PLANS}
    premium = catalogue.find("premium")
    assert premium
    assert StripePrice.objects.on_offer(premium, "month").get().amount == 2000
    assert StripePrice.objects.on_offer(premium, "year").get().amount == 20000
    assert StripeProduct.objects.get(key="premium").name == "Open SEC Data Premium"

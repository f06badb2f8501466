"""Sales tax: from the table, rounded as Stripe rounds, and what its tax rates come to at Stripe."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from portal import errors, tax
from portal.countries import Country, TaxBy
from portal.models import Sale, StateTaxRate
from sandbox.objects.invoices.totals import percent, round_half_up

US = Country("us", TaxBy.TABLE)


@pytest.mark.parametrize(("state", "amount"), [("NY", 4_000), ("CO", 0)])
def test_the_states_of_the_first_version(db: None, state: str, amount: int) -> None:
    assert tax.of(US, state, 100_000, exempt=False).amount == amount


def test_an_unknown_state_is_not_sold_to(db: None) -> None:
    for state in ("", "ZZ", "New York"):
        with pytest.raises(errors.NotSoldThere):
            tax.of(US, state, 100_000, exempt=False)


def test_a_state_that_somebody_verifies_is_sold_to_from_then_on(db: None) -> None:
    StateTaxRate.objects.filter(state="ME").update(verified=True, percentage="5.5")
    assert tax.of(US, "ME", 100_000, exempt=False).amount == 5_500


def test_nobody_works_out_what_stripe_does(db: None) -> None:
    there = Country("us", TaxBy.STRIPE)
    assert tax.of(there, "ME", 100_000, exempt=False) == tax.Tax(None, None)
    assert tax.of(there, "ME", 100_000, exempt=True) == tax.Tax(Decimal(0), 0)


@given(some.integers(0, 10**9), some.decimals(0, 100, places=4))
def test_a_cent_is_rounded_as_on_stripes_invoices(subtotal: int, percentage: Decimal) -> None:
    rate: dict[str, Any] = {"percentage": float(percentage)}
    assert tax.on(subtotal, percentage) == round_half_up(Decimal(subtotal) * percent(rate) / 100)


def test_half_a_cent_is_rounded_up() -> None:
    assert tax.on(50, Decimal(1)) == 1
    assert tax.on(49, Decimal(1)) == 0


@pytest.mark.parametrize(
    ("written", "plain"), [("4.0000", "4"), ("6.2500", "6.25"), ("100", "100"), ("0", "0")]
)
def test_a_percentage_is_written_without_empty_decimals(written: str, plain: str) -> None:
    assert str(Sale(tax_percentage=Decimal(written)).percentage) == plain

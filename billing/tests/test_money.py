"""Amounts for people, in Stripe's smallest units."""

import pytest

from billing import money


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (2000, "usd", "$20.00"),
        (-350, "usd", "-$3.50"),
        (1, "usd", "$0.01"),
        (0, "eur", "€0.00"),
        (123456789, "usd", "$1,234,567.89"),
        (500, "jpy", "¥500"),
        (5000, "krw", "₩5,000"),
        (500, "isk", "ISK 5.00"),
        (500, "ugx", "UGX 5.00"),
        (5120, "kwd", "KWD 5.120"),
    ],
)
def test_an_amount_is_shown_with_the_decimals_that_stripe_gives_its_currency(amount, currency, shown):
    assert money.display(amount, currency, "en").replace("\xa0", " ") == shown


def test_the_language_decides_how_it_is_written():
    assert money.display(2000, "usd", "zh-hans") == "US$20.00"
    assert money.display(123456, "eur", "de").replace("\xa0", " ") == "1.234,56 €"


def test_an_amount_comes_back_from_what_people_write():
    for amount, currency in ((1050, "usd"), (500, "jpy"), (5120, "kwd"), (-350, "usd"), (0, "eur")):
        assert money.from_decimal(money.to_decimal(amount, currency), currency) == amount


def test_stripe_takes_no_third_decimal_and_no_hundredths_of_isk():
    assert [money.step(currency) for currency in ("usd", "JPY", "kwd", "isk", "ugx")] == [1, 1, 10, 100, 100]

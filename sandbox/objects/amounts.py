"""How much can be charged, and how Stripe writes an amount.

https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
"""

from __future__ import annotations

from decimal import Decimal

from sandbox import errors
from sandbox.currencies import ZERO_DECIMAL

LARGEST = 99_999_999
SMALLEST = {
    "usd": 50, "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "czk": 1500, "dkk": 250,
    "eur": 50, "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000, "myr": 200, "nok": 300,
    "nzd": 50, "pln": 200, "ron": 200, "sek": 300, "sgd": 50, "thb": 1000,
}  # fmt: skip
SYMBOLS = {"usd": "$", "aud": "A$", "cad": "CA$", "eur": "€", "gbp": "£", "jpy": "¥", "inr": "₹", "brl": "R$"}


def check(amount: int, currency: str, param: str = "amount") -> None:
    """Raise Stripe's error for an amount that cannot be charged."""
    if amount < 1:
        raise errors.invalid(
            "This value must be greater than or equal to 1.", param, "parameter_invalid_integer"
        )
    if amount < SMALLEST.get(currency, 1):
        least = f"{write(SMALLEST[currency], currency)} {currency}"
        raise errors.invalid(f"Amount must be at least {least}", param, "amount_too_small")
    check_largest(amount, currency, param)


def check_largest(amount: int | Decimal, currency: str, param: str) -> None:
    """Raise Stripe's error for more than can be charged at once."""
    if amount > LARGEST:
        raise errors.invalid(
            f"Amount must be no more than {write(LARGEST, currency)}", param, "amount_too_large"
        )


def write(amount: int, currency: str) -> str:
    """`$1,234.56`, `¥1,235`, `1,234.56 SEK`."""
    number = f"{amount:,}" if currency in ZERO_DECIMAL else f"{amount / 100:,.2f}"
    symbol = SYMBOLS.get(currency)
    return f"{symbol}{number}" if symbol else f"{number} {currency.upper()}"

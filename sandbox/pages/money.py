"""Amounts for people: 2000 and "usd" are "$20.00". Amounts are integers in the currency's smallest unit."""

from __future__ import annotations

from sandbox.currencies import ZERO_DECIMAL
from sandbox.pages import words

THREE_DECIMAL = frozenset(("bhd", "jod", "kwd", "omr", "tnd"))
SIGNS = {
    "usd": "$",
    "eur": "€",
    "gbp": "£",
    "jpy": "¥",
    "cad": "CA$",
    "aud": "A$",
    "cny": "CN¥",
    "hkd": "HK$",
}


# Where a sign could be meant for another currency, Chinese readers see whose it is.
CHINESE_SIGNS = {"usd": "US$", "jpy": "JP¥", "cny": "¥"}


def decimals(currency: str) -> int:
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def show(amount: int | None, currency: str) -> str:
    """The amount with its currency's sign, or its code where it has none of its own."""
    places = decimals(currency)
    number = f"{abs(amount or 0) / 10**places:,.{places}f}"
    sign = "−" if (amount or 0) < 0 else ""
    known = (SIGNS | CHINESE_SIGNS if words.spoken() == "zh-Hans" else SIGNS).get(currency)
    return f"{sign}{known}{number}" if known else f"{sign}{number} {currency.upper()}"


def parse(text: str, currency: str) -> int:
    """What somebody typed, in the smallest unit. Raises ValueError."""
    return round(float(text.replace(",", "").strip()) * 10 ** decimals(currency))

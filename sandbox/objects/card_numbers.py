"""From what a buyer typed, or a test name, to the `card` of a payment method; what cannot be a card is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sandbox import errors, skeletons
from sandbox.objects import cards
from sandbox.objects.cards import Card, Decline
from sandbox.store import Record

LASTS = 50  # years that an expiry date may lie ahead
INCORRECT_NUMBER = Decline("incorrect_number", "Your card number is incorrect.")
INVALID_CVC = Decline("invalid_cvc", "Your card's security code is invalid.")
INVALID_MONTH = Decline("invalid_expiry_month", "Your card's expiration month is invalid.")
INVALID_YEAR = Decline("invalid_expiry_year", "Your card's expiration year is invalid.")


def describe(given: dict[str, Any], now: int) -> Record:
    """The fields of a payment method for `card` parameters. Raises Stripe's card error."""
    if "token" in given:
        card = cards.BY_NAME.get(given["token"].removeprefix("tok_"))
        if card is None or not given["token"].startswith("tok_"):
            raise errors.missing("token", given["token"], "card[token]")
        return fields(card, now, with_cvc=True)
    card = find(given["number"])
    month, year = given["exp_month"], given["exp_year"]
    year += 2000 if year < 100 else 0
    check_expiry(month, year, now)
    cvc = given.get("cvc")
    if cvc is not None and not (cvc.isdecimal() and len(cvc) == (4 if card.brand == "amex" else 3)):
        raise INVALID_CVC.error("cvc")
    return fields(card, now, month, year, with_cvc=cvc is not None)


def find(number: str) -> Card:
    """The test card with this number. Raises `incorrect_number`, or a decline for what is no test card."""
    number = number.replace(" ", "")
    if not (number.isascii() and number.isdecimal() and has_check_digit(number)):
        raise INCORRECT_NUMBER.error("number")
    if number not in cards.BY_NUMBER:
        raise cards.LIVE_CARD.error()
    return cards.BY_NUMBER[number]


def has_check_digit(number: str) -> bool:
    """Luhn's formula."""
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number))]
    return len(number) >= 12 and sum(value - 9 * (value > 9) for value in doubled) % 10 == 0


def check_expiry(month: int, year: int, now: int) -> None:
    today = datetime.fromtimestamp(now, UTC)
    if not 1 <= month <= 12 or (year == today.year and month < today.month):
        raise INVALID_MONTH.error("exp_month")
    if not today.year <= year <= today.year + LASTS:
        raise INVALID_YEAR.error("exp_year")


def fields(
    card: Card, now: int, month: int | None = None, year: int | None = None, with_cvc: bool = False
) -> Record:
    """`card` and what the sandbox remembers of it; without a date it expires in a year."""
    today = datetime.fromtimestamp(now, UTC)
    given = {"cvc_check": "unchecked"} if with_cvc else {}
    return {
        "card": skeletons.build(
            "payment_method_card",
            brand=card.brand,
            checks=skeletons.build("payment_method_card_checks", **given),
            country=card.country,
            display_brand=card.display_brand,
            exp_month=month or today.month,
            exp_year=year or today.year + 1,
            fingerprint=card.fingerprint,
            funding=card.funding,
            last4=card.last4,
            networks={"available": [card.brand], "preferred": None},
            regulated_status="unregulated",
            three_d_secure_usage={"supported": card.three_d_secure},
        ),
        "_number": card.number,
    }

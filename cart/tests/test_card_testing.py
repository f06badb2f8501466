"""Who tries one stolen card after another is stopped, also with fresh carts; who buys a lot is not (A43)."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import UsageCounter
from billing import errors as stripe_errors
from billing import limits
from cart.models import Order
from cart.tests.browser import Browser

pytestmark = pytest.mark.django_db(transaction=True)

STOLEN = "4000000000009979"
Visitors = Callable[..., Any]


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    sentence = "Try again after %(time)s."
    monkeypatch.setattr(limits, "CARDS", limits.Limit("cards", 9, 4, sentence))
    monkeypatch.setattr(limits, "DECLINES", limits.Limit("declined", 3, 3, sentence))


def ordered(visitor: Any) -> Any:
    visitor.put({"mug": 1})
    return visitor.check_out()


def declines(browser: Browser, payment: Any) -> bool:
    """Whether Stripe tried the card at all."""
    try:
        browser.confirm(payment, STOLEN)
    except stripe_errors.Declined:
        return True
    except stripe_errors.Invalid:  # the payment was canceled
        return False
    raise AssertionError("paid")


def test_fresh_carts_do_not_give_more_tries(
    visitor: Visitors, shop: Any, catalogue: Any, browser: Browser
) -> None:
    tried, answers = 0, []
    for _cart in range(8):
        payment = ordered(visitor())
        answers.append(payment.status_code)
        if payment.status_code != 200:
            continue
        for _card in range(3):
            tried += declines(browser, payment)
            catalogue.deliver()
    assert (answers[0], set(answers[1:])) == (200, {429})
    assert tried == 3
    assert Order.objects.get().reason == "declines"


def test_payments_begun_before_end_with_their_next_decline(
    visitor: Visitors, shop: Any, catalogue: Any, browser: Browser
) -> None:
    payments = [ordered(visitor()) for _cart in range(4)]
    tried = 0
    for payment in payments * 3:
        tried += declines(browser, payment)
        catalogue.deliver()
    assert tried == 6  # the third ended its order, and every later one of the others theirs
    assert set(Order.objects.values_list("reason", flat=True)) <= {"declines", ""}
    assert UsageCounter.objects.filter(subject__startswith="declined:address:").get().count == tried


def test_the_refusal_says_when_to_come_back(
    visitor: Visitors, shop: Any, catalogue: Any, browser: Browser
) -> None:
    payment = ordered(visitor())
    for _card in range(3):
        declines(browser, payment)
    catalogue.deliver()
    refused = ordered(visitor())
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "throttled")
    assert 0 < int(refused["Retry-After"]) <= 3600
    catalogue.advance(hours=1)
    assert ordered(visitor()).status_code == 200


def test_an_office_that_buys_keeps_buying(
    visitor: Visitors, shop: Any, catalogue: Any, browser: Browser
) -> None:
    """Each payment that succeeds is one try more, and one decline more."""
    for _colleague in range(7):
        payment = ordered(visitor())
        assert payment.status_code == 200
        browser.confirm(payment)
        catalogue.deliver()
    payment = ordered(visitor())
    for _card in range(4):
        assert declines(browser, payment)
        catalogue.deliver()


def test_another_address_is_not_held_to_account(
    visitor: Visitors, shop: Any, catalogue: Any, browser: Browser
) -> None:
    payment = ordered(visitor())
    for _card in range(3):
        declines(browser, payment)
    catalogue.deliver()
    elsewhere = visitor()
    elsewhere.client.defaults["REMOTE_ADDR"] = "203.0.113.9"
    assert ordered(elsewhere).status_code == 200


def test_a_user_who_changes_addresses_is_stopped(
    visitor: Visitors, signed_in: Any, charlie: Any, shop: Any, catalogue: Any, browser: Browser
) -> None:
    answers = []
    for number in range(5):
        here = visitor(signed_in(charlie))
        here.client.defaults["REMOTE_ADDR"] = f"203.0.113.{number}"
        payment = ordered(here)
        answers.append(payment.status_code)
        if payment.status_code == 200:
            declines(browser, payment)
            catalogue.deliver()
    assert answers == [200, 200, 200, 429, 429]

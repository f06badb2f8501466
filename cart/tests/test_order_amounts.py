"""What is charged is what was shown, and what Stripe can charge; all else is refused before any call."""

import pytest
from django.core import mail

from cart.models import Item, Order
from cart.tests.browser import Browser

pytestmark = pytest.mark.django_db(transaction=True)


def test_nobody_pays_another_amount_than_they_were_shown(guest, shop, catalogue, calls) -> None:
    shown = guest.put({"atlas": 1}).json()
    guest.put({"atlas": 3})
    stale = guest.send(
        "post", "/create-payment-intent", {"email": "g@visitor.example", "version": shown["version"]}
    )
    assert (stale.status_code, stale.json()["error"]["code"]) == (409, "stale_cart")
    assert stale.json()["error"]["cart"]["total"] == 3 * 4800
    Item.objects.filter(slug="atlas").update(price=5000)
    changed = guest.send("post", "/create-payment-intent", {"email": "g@visitor.example", "total": 3 * 4800})
    assert (changed.status_code, changed.json()["error"]["code"]) == (409, "price_changed")
    assert changed.json()["error"]["cart"]["total"] == 15000
    assert calls == []
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"email": "g@visitor.example", "amount": 1}, "invalid"),
        ({"email": "g@visitor.example", "currency": "jpy"}, "currency_not_offered"),
        ({"email": "g@visitor.example", "total": "4800"}, "invalid"),
        ({"email": "g@visitor.example", "total": True}, "invalid"),
        ({"email": "nobody"}, "invalid"),
        ({"email": "x" * 250 + "@visitor.example"}, "invalid"),
        ({}, "email_missing"),
    ],
)
def test_what_is_not_asked_for_is_refused_before_any_call(guest, shop, catalogue, calls, body, code) -> None:
    """A1, A6."""
    guest.put({"atlas": 1})
    answer = guest.send("post", "/create-payment-intent", body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
    assert calls == []


@pytest.mark.parametrize(("price", "quantity"), [(49, 1), (99_999_999, 2), (100_000_000, 1)])
def test_a_total_that_stripe_would_not_charge_is_refused_before_any_call(
    guest, catalogue, calls, price, quantity
) -> None:
    """A5."""
    Item.objects.create(slug="thing", name="Thing", price=price)
    guest.put({"thing": quantity})
    answer = guest.check_out()
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "amount_out_of_range")
    guest.put({})
    assert guest.check_out().json()["error"]["code"] == "empty_cart"
    assert calls == []


def test_yen_have_no_smaller_unit(guest, shop, catalogue, browser: Browser) -> None:
    """F50."""
    guest.put({"atlas": 2})
    guest.send("patch", "/cart", {"currency": "jpy"})
    payment = guest.check_out().json()
    assert (payment["amount"], payment["currency"]) == (14400, "jpy")
    browser.confirm(payment)
    catalogue.deliver()
    assert Order.objects.get().state == "paid"
    assert "¥14,400" in mail.outbox[0].body

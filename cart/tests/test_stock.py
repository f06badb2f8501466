"""Pieces of which there are only so many are never sold twice."""

import pytest

from billing.tests.buying import at_stripe
from cart import unfinished
from cart.models import Alarm, Item, Order
from cart.tests.browser import Browser

pytestmark = pytest.mark.django_db(transaction=True)


def left() -> int | None:
    return Item.objects.get(slug="ticket").stock


def test_an_order_holds_its_pieces_until_it_expires(guest, visitor, shop, catalogue) -> None:
    guest.put({"ticket": 2})
    guest.check_out()
    assert left() == 1
    other = visitor()
    other.put({"ticket": 2})
    refused = other.check_out()
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "sold_out")
    assert refused.json()["error"]["left"] == 1
    catalogue.advance(minutes=60)
    assert other.check_out().status_code == 200
    assert left() == 1
    assert [intent["status"] for intent in at_stripe(catalogue, "payment_intent")].count("canceled") == 1


def test_pieces_are_free_only_when_nobody_can_pay_for_them_any_more(
    guest, shop, catalogue, browser: Browser
) -> None:
    """The order was paid just before it expired: then it is paid, and holds what it has."""
    guest.put({"ticket": 3})
    browser.confirm(guest.check_out())
    catalogue.advance(hours=2)
    assert [done.order.state for done in unfinished.finish()] == ["paid"]
    catalogue.deliver()
    assert left() == 0
    assert not Alarm.objects.exists()


def test_a_changed_cart_takes_its_pieces_along(guest, shop, catalogue) -> None:
    guest.put({"ticket": 3})
    guest.check_out()
    guest.put({"ticket": 3, "mug": 1})
    assert guest.check_out().status_code == 200
    assert left() == 0
    guest.put({"mug": 1})
    guest.check_out()
    assert left() == 3


def test_more_sold_than_there_is_rings(guest, visitor, shop, catalogue, browser: Browser) -> None:
    """Staff took pieces out of the stock; an old order without any turns out to be paid."""
    Item.objects.filter(slug="ticket").update(stock=None)
    guest.put({"ticket": 2})
    payment = guest.check_out().json()
    Item.objects.filter(slug="ticket").update(stock=1)
    browser.confirm(payment)
    catalogue.deliver()
    assert (Order.objects.get().state, left()) == ("paid", 1)
    assert Alarm.objects.get().kind == "oversold"

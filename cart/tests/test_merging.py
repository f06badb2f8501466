"""A cart lasts a year without anybody being signed in for it, and follows who signs in, once."""

import pytest
from django.conf import settings
from django.test import Client

from cart.models import Cart, Item, Order
from cart.tests.conftest import Visitor, sign_in

pytestmark = pytest.mark.django_db


def test_a_guests_cart_has_a_cookie_of_its_own_for_a_year_and_no_session(guest, shop) -> None:
    """A24."""
    guest.put({"atlas": 1})
    cookie = guest.client.cookies["cart"]
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == (365 * 24 * 60 * 60, True, "Lax")
    assert settings.SESSION_COOKIE_NAME not in guest.client.cookies
    assert settings.SESSION_COOKIE_AGE < 30 * 24 * 60 * 60
    assert cookie.value not in str(Cart.objects.values())


@pytest.mark.parametrize("cookie", ["", "x", "x" * 5000, "\u00e4", "' OR 1=1"])
def test_a_cookie_that_is_none_of_ours_is_no_cart(client: Client, shop, cookie) -> None:
    client.cookies["cart"] = cookie
    assert client.get("/cart").json()["version"] == "new"


def test_who_signs_in_finds_both_carts_in_one_at_the_prices_of_now(guest, shop, alice) -> None:
    """A26."""
    hers = Visitor(Client(enforce_csrf_checks=True))
    hers.client.force_login(alice)
    hers.put({"atlas": 1, "mug": 2})
    guest.put({"mug": 1, "ticket": 2})
    Item.objects.filter(slug="mug").update(price=2000)
    sign_in(guest, alice)
    both = guest.get().json()
    assert {slug: line["qty"] for slug, line in both["items"].items()} == {"atlas": 1, "mug": 2, "ticket": 2}
    assert both["total"] == 4800 + 2 * 2000 + 2 * 25000
    assert Cart.objects.count() == 1
    sign_in(guest, alice)
    assert guest.get().json() == both


def test_the_content_keeps_its_version_when_nothing_was_there_before(guest, shop, alice) -> None:
    before = guest.put({"atlas": 1}).json()
    sign_in(guest, alice)
    assert guest.get().json() == before


def test_the_session_id_changes_at_sign_in(guest, shop, alice) -> None:
    """A25."""
    session = guest.client.session
    session["seen"] = True
    session.save()
    guest.client.cookies["sessionid"] = before = session.session_key
    sign_in(guest, alice)
    assert guest.client.cookies["sessionid"].value != before


def test_switching_users_in_one_browser_carries_nothing_over(guest, shop, alice, charlie) -> None:
    guest.put({"atlas": 1})
    sign_in(guest, alice)
    guest.client.logout()
    assert guest.get().json()["items"] == {}
    sign_in(guest, charlie)
    assert guest.get().json()["items"] == {}
    guest.put({"mug": 1})
    guest.client.logout()
    sign_in(guest, alice)
    assert set(guest.get().json()["items"]) == {"atlas"}


def test_a_guests_open_order_comes_along_and_is_not_paid_beside_another(
    guest, visitor, signed_in, shop, alice, catalogue
) -> None:
    mine = visitor(signed_in(alice))
    mine.put({"mug": 1})
    mine.check_out(email="")
    guest.put({"atlas": 1})
    guest.check_out()
    sign_in(guest, alice)
    assert {order.amount: order.state for order in Order.objects.all()} == {1450: "open", 4800: "canceled"}
    assert Order.objects.filter(cart=alice.cart).count() == 2

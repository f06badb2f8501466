"""The shop in real windows: two of them at once, each kind of card, a cart that changes while it is being paid."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from billing.tests.browser import ASKS, DECLINED, WORKS, answer_bank, pay
from cart import assortment
from cart.models import Order

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ADDRESS = "guest@visitor.example"


@pytest.fixture
def shop(browsing: Any, live_server: Any, page: Any) -> Page:
    """A guest at the shop, with a note of what the browser's policy refused."""
    assortment.put_on_sale()
    page.on("console", lambda said: page.complaints.append(said.text) if "Policy" in said.text else None)
    page.goto(f"{live_server.url}/shop/")
    return page


def another_window(page: Any) -> Any:
    window = page.context.new_page()
    window.on("pageerror", lambda error: page.complaints.append(str(error)))
    window.goto(page.url)
    return window


def add(page: Page, slug: str) -> None:
    form = page.locator(f"[data-adds={slug}]")
    form.get_by_role("button").click()
    expect(form.get_by_text("It is in your cart.")).to_be_visible()


def check_out(page: Page) -> None:
    """From anywhere to the card form, that is ready."""
    page.goto(page.url.split("/shop/")[0] + "/shop/checkout/")
    page.locator("turnpike-card-form[state=ready]").wait_for()
    if page.locator("#email").count():
        page.fill("#email", ADDRESS)


def charges(browsing: Any) -> int:
    with browsing.sandbox.work() as world:
        return sum(charge["status"] == "succeeded" for charge in world.select("charge"))


def test_two_windows_of_one_cart_see_their_conflict_and_pay_once(browsing: Any, shop: Any) -> None:
    other = another_window(shop)
    add(shop, "atlas")
    add(other, "mug")  # both count
    expect(other.locator(".cart-count")).to_have_text("2")

    for window in (shop, other):
        window.goto(window.url + "cart/")
    shop.get_by_role("button", name="One more Exit 10-K mug").click()
    expect(shop.locator("dd.total")).to_have_text("$90.00")
    other.get_by_role("button", name="Remove Atlas of Filings").click()
    expect(other.get_by_text("Your cart was changed in another window.")).to_be_visible()
    expect(other.get_by_label("How many of Exit 10-K mug")).to_have_value("2")
    expect(other.locator("dd.total")).to_have_text("$90.00")

    for window in (shop, other):
        check_out(window)
    pay(other, ASKS)
    other.locator("iframe[title='Secure 3-D Secure frame']").wait_for()
    pay(shop, WORKS)
    expect(shop.get_by_role("heading", name="Thank you. $90.00 is paid")).to_be_visible()
    order = Order.objects.get()
    assert order.state == Order.State.PAID
    assert order.payment_intent_id is not None
    expect(shop.get_by_text(order.payment_intent_id)).to_be_visible()
    expect(shop.locator(".cart-count")).to_be_hidden()
    answer_bank(other, "Complete")
    other.wait_for_timeout(1_500)
    assert charges(browsing) == 1
    assert Order.objects.count() == 1
    assert not shop.complaints


def test_after_a_declined_card_one_whose_bank_asks_pays_the_same_order(browsing: Any, shop: Any) -> None:
    add(shop, "poster")
    check_out(shop)
    pay(shop, DECLINED)
    expect(shop.get_by_text("Your card was declined.")).to_be_visible()
    pay(shop, ASKS)
    answer_bank(shop, "Complete")
    expect(shop.get_by_role("heading", name="Thank you. $24.00 is paid")).to_be_visible()
    assert Order.objects.get().state == Order.State.PAID
    assert charges(browsing) == 1
    shop.get_by_role("link", name="Your orders").click()
    expect(shop.get_by_role("cell", name="$24.00")).to_be_visible()
    assert not shop.complaints


def test_a_cart_that_changes_half_way_is_shown_before_it_is_paid(browsing: Any, shop: Any) -> None:
    other = another_window(shop)
    add(shop, "mug")
    check_out(shop)
    add(other, "mug")
    pay(shop, WORKS)
    expect(shop.get_by_text("Your cart was changed in another window.")).to_be_visible()
    shop.get_by_role("button", name="Pay $32.00").click()
    expect(shop.get_by_role("heading", name="Thank you. $32.00 is paid")).to_be_visible()
    assert Order.objects.get(state=Order.State.PAID).amount == 3200
    assert charges(browsing) == 1
    assert not shop.complaints


@pytest.mark.parametrize("signs_in", [False, True])
def test_the_header_stands_in_two_lines_on_a_narrow_phone(
    shop: Any, live_server: Any, signed_in: Any, alice: Any, signs_in: bool
) -> None:
    """The name with its tools, and the links; with a full cart and a long name too."""
    if signs_in:
        alice.organizations.update(name="Acme International Holdings")
        session = signed_in(alice).cookies["sessionid"].value
        shop.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    shop.set_viewport_size({"width": 360, "height": 740})
    shop.reload()
    add(shop, "mug")
    shop.goto(f"{live_server.url}/shop/cart/")
    shop.get_by_label("How many of Exit 10-K mug").fill("99")
    shop.get_by_label("How many of Exit 10-K mug").press("Tab")
    expect(shop.locator(".cart-count")).to_have_text("99")
    brand, tools, links = (
        shop.locator(part).bounding_box() for part in (".brand", ".site-tools", ".site-nav")
    )
    assert tools["y"] < brand["y"] + brand["height"] <= links["y"]
    assert links["height"] < 50
    assert shop.evaluate("document.documentElement.scrollWidth") == 360

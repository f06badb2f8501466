"""The shop's pages without a script: every form is one, and orders are shown to whoever may see them."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from cart import carts, links, orders
from cart.drafts import Draft
from cart.models import Cart, Item, Order
from cart.tests.browser import Browser
from cart.tests.conftest import Visitor

pytestmark = pytest.mark.django_db


class Reader(Visitor):
    """A browser without JavaScript."""

    def submit(self, path: str, **fields: object) -> Any:
        """Send a form with the token of the page, and follow where it leads."""
        self.get("/cart")
        token = {"csrfmiddlewaretoken": self.client.cookies["csrftoken"].value}
        return self.client.post(path, {**token, **fields}, follow=True)

    def holds(self) -> dict[str, int]:
        return {slug: line["qty"] for slug, line in self.get().json()["items"].items()}


@pytest.fixture
def reader(shop: Any) -> Reader:
    return Reader()


# --- Forms ----------------------------------------------------------------------------------------------------------


def test_one_more_of_an_item_is_put_in_with_a_form(reader: Reader) -> None:
    for _ in range(2):
        page = reader.submit(reverse("shop-add"), item="mug")
    assert page.redirect_chain[-1][0] == reverse("cart")
    assert "It is in your cart." in page.content.decode()
    assert reader.holds() == {"mug": 2}


@pytest.mark.parametrize("item", ["", "yacht", "\0", "x" * 5000])
def test_what_is_not_sold_is_not_put_in(reader: Reader, item: str) -> None:
    page = reader.submit(reverse("shop-add"), item=item)
    assert (page.status_code, reader.holds()) == (200, {})
    assert "We do not sell this." in page.content.decode()


def test_quantities_are_saved_and_an_item_removed_with_one_form(reader: Reader) -> None:
    reader.put({"atlas": 1, "mug": 1})
    form = {"version": reader.get().json()["version"], "quantity:atlas": 3, "quantity:mug": 2}
    reader.submit(reverse("cart"), **form)
    assert reader.holds() == {"atlas": 3, "mug": 2}
    form = {"version": reader.get().json()["version"], "quantity:atlas": 9, "remove": "mug"}
    reader.submit(reverse("cart"), **form)
    assert reader.holds() == {"atlas": 3}


@pytest.mark.parametrize("quantity", ["-1", "1.5", "NaN", "true", "1e1", "١", "", " 1", "100", "9" * 5000])
def test_what_is_no_quantity_in_a_form_changes_nothing(reader: Reader, quantity: str) -> None:
    """A2, on the page."""
    reader.put({"atlas": 1, "mug": 1})
    page = reader.submit(reverse("cart"), **{"quantity:atlas": 5, "quantity:mug": quantity})
    assert page.status_code == 200
    assert 'class="notice notice-error"' in page.content.decode()
    assert reader.holds() == {"atlas": 1, "mug": 1}


def test_a_stale_page_changes_nothing_and_shows_what_is_there(reader: Reader) -> None:
    version = reader.put({"atlas": 1}).json()["version"]
    reader.put({"atlas": 1, "mug": 4})
    page = reader.submit(reverse("cart"), **{"version": version, "quantity:atlas": 9})
    assert page.status_code == 409
    assert "Your cart was changed in another window." in page.content.decode()
    assert reader.holds() == {"atlas": 1, "mug": 4}


def test_a_currency_is_chosen_with_a_form(reader: Reader) -> None:
    reader.put({"atlas": 1})
    page = reader.submit(reverse("shop-currency"), currency="jpy", chooser="checkout")
    assert page.redirect_chain[0][0] == reverse("checkout")
    assert reader.get().json()["total"] == 7200
    page = reader.submit(reverse("shop-currency"), currency="chf", chooser="https://elsewhere.example")
    assert page.redirect_chain[0][0] == reverse("cart")
    assert "Not everything in your cart has a price in this currency." in page.content.decode()


@pytest.mark.parametrize("path", ["shop-add", "shop-currency", "cart"])
def test_forms_of_other_sites_are_refused(shop: Any, path: str) -> None:
    """A17."""
    client = Client(enforce_csrf_checks=True)
    assert client.post(reverse(path), {"item": "mug", "quantity:mug": 1}).status_code == 403
    assert not Cart.objects.exists()


def test_looking_writes_nothing(reader: Reader) -> None:
    """A11."""
    for page in ("shop", "cart", "checkout", "orders"):
        reader.client.get(reverse(page))
    reader.client.get(reverse("shop-item", args=["mug"]))
    assert reader.client.get(reverse("shop-add")).status_code == 405
    assert not Cart.objects.exists()


# --- The number in the header ---------------------------------------------------------------------------------------


def counted(page: Any) -> int:
    found = re.search(r'class="cart-count"[^>]*>(\d+)<', page.content.decode())
    assert found
    return int(found[1])


def test_the_header_counts_pieces_with_one_statement_and_none_for_who_has_no_cart(
    reader: Reader, signed_in: Any, charlie: Any, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        assert counted(reader.client.get("/terms/")) == 0
    reader.put({"atlas": 2, "mug": 3})
    with django_assert_num_queries(1):
        assert counted(reader.client.get("/terms/")) == 5
    Item.objects.filter(slug="mug").update(active=False)
    assert counted(reader.client.get("/terms/")) == 2

    his = Reader(signed_in(charlie))
    with django_assert_num_queries(2):  # the session and who it is
        assert counted(his.client.get("/terms/")) == 0
    his.put({"atlas": 1})
    with django_assert_num_queries(3):
        assert counted(his.client.get("/terms/")) == 1


@pytest.mark.parametrize("page", ["shop", "cart", "checkout"])
def test_a_page_takes_as_many_statements_however_much_is_in_the_cart(
    reader: Reader, page: str, django_assert_max_num_queries: Any
) -> None:
    Item.objects.bulk_create(Item(slug=f"card-{n}", name="Card", price=100) for n in range(60))
    taken = []
    for lines in (1, 60):
        reader.put({f"card-{n}": 1 for n in range(lines)})
        with django_assert_max_num_queries(6) as captured:
            assert reader.client.get(reverse(page)).status_code == 200
        taken.append(len(captured))
    assert taken[0] == taken[1]


# --- An order's page ------------------------------------------------------------------------------------------------


@pytest.fixture
def bought(reader: Reader, catalogue: Any, browser: Browser, transactional_db: None) -> Order:
    """A guest paid for an atlas."""
    reader.put({"atlas": 1})
    browser.confirm(reader.check_out())
    catalogue.deliver()
    return Order.objects.get()


def mailed() -> str:
    found = re.search(r"http\S+/shop/orders/\S+", str(mail.outbox[-1].body))
    assert found
    return found[0]


def test_the_link_in_the_receipt_opens_in_another_browser(bought: Order) -> None:
    page = Client().get(mailed()).content.decode()
    for shown in (bought.number, "$48.00", "Atlas of filings", str(bought.payment_intent_id)):
        assert shown in page
    assert bought.email not in page
    assert reverse("order-check", args=[bought.uuid]) not in page


def test_with_another_signature_or_none_there_is_no_such_order(
    bought: Order, reader: Reader, catalogue: Any
) -> None:
    url = reverse("order", args=[bought.uuid])
    key = mailed().partition("?key=")[2]
    other = orders.place(Draft(carts.change(Cart(), {"mug": 1}), "other@visitor.example", None))
    for wrong in ("", "x", "\0", key[:-1], key + "x", key.upper(), key.replace(":", "::")):
        assert Client().get(url, {"key": wrong}).status_code == 404, wrong
    assert Client().get(url).status_code == 404
    assert Client().get(reverse("order", args=[other.uuid]), {"key": key}).status_code == 404
    assert Client().post(reverse("order-check", args=[bought.uuid]), {"key": key}).status_code == 404
    assert reader.client.get(url, {"key": "x"}).status_code == 200


def test_the_link_ends_after_three_months_but_not_for_the_browser_that_bought(
    bought: Order, reader: Reader, catalogue: Any
) -> None:
    link = mailed()
    catalogue.advance(days=links.DAYS)
    assert Client().get(link).status_code == 200
    catalogue.advance(seconds=1)
    assert Client().get(link).status_code == 404
    assert reader.client.get(link).status_code == 200

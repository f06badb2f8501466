"""A buyer reads the shop, and its mails, in the language in which they buy, whoever pays or refunds in which."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from cart import assortment, refunds
from cart.models import Order
from cart.tests.browser import Browser
from cart.tests.conftest import Visitor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def reader(db: None) -> Visitor:
    """A guest whose browser asks for Chinese, in a shop with the sample assortment."""
    assortment.put_on_sale()
    return Visitor(Client(enforce_csrf_checks=True, headers={"Accept-Language": "zh-CN"}))


def test_receipt_and_refund_are_mailed_in_the_language_of_the_order(
    reader: Visitor, catalogue: Any, browser: Browser
) -> None:
    reader.put({"atlas": 2})
    browser.confirm(reader.check_out())
    catalogue.deliver()
    order = Order.objects.get()
    assert order.language == "zh-hans"
    (receipt,) = mail.outbox
    assert receipt.subject == f"订单 {order.number} 的收据：US$116.00"
    assert "2 × 申报地图集：US$116.00" in receipt.body
    refunds.give(order, 5800, None)
    catalogue.deliver()
    assert mail.outbox[1].subject == f"我们已退还订单 {order.number} 的 US$58.00"


def test_the_api_refuses_in_the_language_of_the_caller(reader: Visitor) -> None:
    error = reader.put({"nothing": 1}).json()["error"]
    assert (error["code"], error["message"]) == ("unknown_item", "我们不销售此商品。")

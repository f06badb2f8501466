"""A payment that is not its order's delivers nothing, and staff are told if it bears our name."""

import pytest
from django.core import mail

from cart import orders
from cart.models import Alarm, Order
from cart.tests.browser import Browser

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    "differs",
    [
        {"amount": 1},
        {"currency": "eur"},
        {"metadata": {"order": "another"}},
        {"metadata": {"cart": "another"}},
    ],
)
def test_a_payment_that_does_not_match_its_order_delivers_nothing(
    guest, shop, catalogue, browser: Browser, differs
) -> None:
    """A9."""
    guest.put({"atlas": 1})
    payment = guest.check_out().json()
    with catalogue.sandbox.work() as world:
        intent = world.get("payment_intent", payment["payment_intent"])
        metadata = intent["metadata"] | differs.get("metadata", {})
        intent |= {key: value for key, value in differs.items() if key != "metadata"} | {"metadata": metadata}
    browser.confirm(payment)
    catalogue.deliver()
    order = orders.look_again(Order.objects.get())
    assert order.state == "open"
    assert mail.outbox == []
    assert Alarm.objects.get().kind == "no_match"


def test_a_payment_of_another_deployment_or_of_nobody_delivers_nothing(
    guest, shop, catalogue, browser: Browser
) -> None:
    """A9."""
    guest.put({"atlas": 1})
    ours = guest.check_out().json()
    for metadata in ({}, {"namespace": "somebody-else", "order": ours["order"]}, {"order": ours["order"]}):
        browser.confirm(browser.make_intent(4800, "usd", metadata))
    catalogue.deliver()
    assert Order.objects.get().state == "open"
    assert not Alarm.objects.exists()


def test_a_payment_in_our_name_for_an_order_that_has_another_one_rings(
    guest, shop, catalogue, browser: Browser
) -> None:
    """A9."""
    guest.put({"atlas": 1})
    ours = guest.check_out().json()
    browser.confirm(browser.make_intent(4800, "usd", {"namespace": "turnpike", "order": ours["order"]}))
    catalogue.deliver()
    assert Order.objects.get().state == "open"
    assert Alarm.objects.get().kind == "no_order"

"""What is not paid in time ends; each order by itself, so that one that cannot be finished holds up no other."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from billing import gateway
from billing.tests.buying import at_stripe
from cart import errors, orders, tasks, unfinished
from cart.models import Alarm, Order, Refund
from cart.tests.browser import Browser
from cart.tests.taken import intents
from config.celery import app

pytestmark = pytest.mark.django_db(transaction=True)

CANCEL = {"method": "POST", "path": "/v1/payment_intents/*/cancel"}


def states() -> dict[str, str]:
    return {order.email: order.state for order in Order.objects.order_by("pk")}


@pytest.fixture
def two(visitor: Any, shop: Any, catalogue: Any) -> list[Any]:
    """Two guests who have begun to pay, each for tickets, of which none is left."""
    payments = []
    for name, tickets in (("first", 1), ("second", 2)):
        guest = visitor()
        guest.put({"ticket": tickets})
        payments.append(guest.check_out(f"{name}@visitor.example").json())
    return payments


def test_one_that_stripe_lets_nobody_cancel_does_not_hold_up_the_next(two: Any, catalogue: Any) -> None:
    catalogue.advance(hours=2)
    path = f"/v1/payment_intents/{two[0]['payment_intent']}/cancel"
    catalogue.sandbox.faults.add("error", method="POST", path=path, status=500, times=99)
    with pytest.raises(CommandError) as ended:
        call_command("expire_orders")
    assert ended.value.returncode == 1
    settled = dict(Order.objects.values_list("email", "settled"))
    assert settled["first@visitor.example"] is None
    assert settled["second@visitor.example"] is not None
    catalogue.sandbox.faults.clear()
    call_command("expire_orders")
    assert not Order.objects.unsettled().exists()


def test_when_stripe_is_down_it_is_not_asked_for_every_order(visitor: Any, shop: Any, catalogue: Any) -> None:
    for number in range(6):
        guest = visitor()
        guest.put({"mug": 1})
        guest.check_out(f"{number}@visitor.example")
    catalogue.advance(days=8)
    catalogue.sandbox.faults.add("cut", times=999)
    with pytest.raises(CommandError) as ended:
        call_command("expire_orders")
    assert ended.value.returncode == 3
    assert Order.objects.unsettled().count() == unfinished.PATIENCE
    catalogue.sandbox.faults.clear()
    call_command("expire_orders")
    assert set(states().values()) == {"canceled"}


def test_a_payment_that_does_not_match_ends_with_its_order_and_staff_decide(
    two: Any, catalogue: Any, browser: Browser
) -> None:
    """A9: the money was taken otherwise than we asked. It rings once; the order expires, and lets its pieces go."""
    with catalogue.sandbox.work() as world:
        world.get("payment_intent", two[0]["payment_intent"])["amount"] = 1
    browser.confirm(two[0])
    catalogue.deliver()
    catalogue.advance(hours=2)
    call_command("expire_orders")
    assert states() == {"first@visitor.example": "canceled", "second@visitor.example": "canceled"}
    assert not Order.objects.unsettled().exists()
    assert Alarm.objects.get().kind == "no_match"
    call_command("expire_orders")
    assert Alarm.objects.count() == 1


def test_workers_do_the_same_by_themselves(two: Any, catalogue: Any) -> None:
    assert app.conf.beat_schedule["shop"] == {"task": tasks.sweep.name, "schedule": tasks.SWEEP}
    catalogue.advance(hours=2)
    catalogue.sandbox.faults.add("cut", times=99)
    tasks.sweep()
    assert Order.objects.unsettled().count() == 2
    catalogue.sandbox.faults.clear()
    tasks.sweep()
    assert not Order.objects.unsettled().exists()


@pytest.fixture
def paid_twice(guest: Any, shop: Any, catalogue: Any, browser: Browser) -> Order:
    """Both orders of one purchase were paid, and the second payment could not go back yet."""
    guest.put({"atlas": 1})
    first = guest.check_out().json()
    catalogue.sandbox.faults.add("error", **CANCEL, status=500)
    guest.put({"atlas": 2})
    guest.check_out()
    browser.confirm(browser.make_intent_of(Order.objects.get(state="open")))
    browser.confirm(first)
    catalogue.sandbox.faults.add("cut", method="POST", path="/v1/refunds", times=99)
    catalogue.deliver()
    catalogue.sandbox.faults.clear()
    return Order.objects.get(state="returned")


def test_a_second_payment_that_cannot_go_back_is_tried_once_and_rings(
    paid_twice: Order, catalogue: Any
) -> None:
    """The buyer's bank takes it back at the same time, so Stripe refuses."""
    dispute(catalogue, paid_twice, True)
    with pytest.raises(CommandError):
        call_command("expire_orders")
    call_command("expire_orders")
    paid_twice.refresh_from_db()
    assert (paid_twice.state, paid_twice.refunded, paid_twice.refundable) == ("returned", 0, 4800)
    assert [refund.state for refund in Refund.objects.all()] == ["failed"]
    assert {alarm.kind for alarm in Alarm.objects.all()} == {"paid_twice", "refund_failed"}
    dispute(catalogue, paid_twice, False)
    orders.refund(paid_twice, 4800, None)
    assert paid_twice.refunded == 4800


def test_what_went_back_in_the_dashboard_meanwhile_is_noted_when_it_is_given_again(
    paid_twice: Order, catalogue: Any
) -> None:
    gateway.client.connected().v1.refunds.create({"payment_intent": paid_twice.payment_intent_id})
    with pytest.raises(errors.NotRefundable):
        orders.refund(paid_twice, 4800, None)
    paid_twice.refresh_from_db()
    assert (paid_twice.refunded, paid_twice.settled is not None) == (4800, True)
    assert len(at_stripe(catalogue, "refund")) == 1


def dispute(catalogue: Any, order: Order, disputed: bool) -> None:
    with catalogue.sandbox.work() as world:
        for charge in world.select("charge", payment_intent=order.payment_intent_id):
            charge["disputed"] = disputed


def test_what_took_the_place_of_an_order_that_was_paid_ends_with_it(
    guest: Any, shop: Any, catalogue: Any, browser: Browser
) -> None:
    """A life found it left for the next time, and until then its window could be paid too."""
    guest.put({"atlas": 1})
    first = guest.check_out().json()
    browser.confirm(first)
    catalogue.sandbox.deliveries.drop()
    catalogue.sandbox.faults.add("cut", **CANCEL, times=99)
    guest.put({"atlas": 2})
    guest.check_out()
    browser.make_intent_of(Order.objects.get(state="open"))
    catalogue.sandbox.faults.clear()

    call_command("expire_orders")

    assert not Order.objects.unsettled().exists()
    assert {intent["status"] for intent in intents(catalogue)} == {"succeeded", "canceled"}
    assert Order.objects.get(uuid=first["order"]).is_paid


def test_of_two_that_were_paid_unheard_one_goes_back_once(
    guest: Any, shop: Any, catalogue: Any, browser: Browser
) -> None:
    """Whoever looks at both has found out about the second with the first."""
    catalogue.sandbox.faults.add("cut", **CANCEL, times=99)
    for atlases in (1, 2):
        guest.put({"atlas": atlases})
        guest.check_out()
        browser.confirm(browser.make_intent_of(Order.objects.get(state="open")))
    guest.put({"atlas": 3})
    guest.check_out()
    catalogue.sandbox.deliveries.drop()
    catalogue.sandbox.faults.clear()
    assert Order.objects.unsettled().count() == 2

    call_command("expire_orders")

    assert not Order.objects.unsettled().exists()
    assert sorted(Order.objects.values_list("state", flat=True)) == ["canceled", "paid", "returned"]
    assert [refund.state for refund in Refund.objects.all()] == ["succeeded"]
    assert {alarm.kind for alarm in Alarm.objects.all()} == {"paid_twice"}


# --- Expiry ---------------------------------------------------------------------------------------------------------


def test_what_is_not_paid_expires_with_its_intent(guest, shop, catalogue) -> None:
    guest.put({"atlas": 1})
    guest.check_out()
    assert list(unfinished.finish()) == []
    catalogue.advance(days=7)
    (expired,) = (done.order for done in unfinished.finish())
    assert (expired.state, expired.reason, expired.settled) == ("canceled", "expired", timezone.now())
    assert [intent["status"] for intent in intents(catalogue)] == ["canceled"]
    assert list(unfinished.finish()) == []
    again = guest.check_out()
    assert again.status_code == 200
    assert again.json()["order"] != str(expired.uuid)


def test_what_expires_but_was_paid_is_paid(guest, shop, catalogue, browser: Browser) -> None:
    guest.put({"atlas": 1})
    browser.confirm(guest.check_out())
    catalogue.advance(days=8)
    (found,) = unfinished.finish()
    assert (found.order.state, found.found_paid) == ("paid", True)
    assert guest.get().json()["items"] == {}


def test_an_intent_that_was_canceled_in_the_dashboard_is_replaced(
    guest, shop, catalogue, browser: Browser
) -> None:
    guest.put({"atlas": 1})
    first = guest.check_out().json()
    browser.cancel(first)
    second = guest.check_out().json()
    assert second["payment_intent"] != first["payment_intent"]
    assert Order.objects.get(uuid=first["order"]).reason == "at_stripe"
    with pytest.raises(errors.OrderOver):
        orders.pay(Order.objects.get(uuid=first["order"]))

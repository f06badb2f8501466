"""Crashes, lost answers, a forgotten key, ten clicks at once: one intent, one order, one charge."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core import mail
from django.db import connections

from billing import errors as stripe_errors
from billing import limits
from billing.reconcile import begin, carry_out
from billing.tests.restoring import forgotten
from cart import orders
from cart.drafts import Draft
from cart.models import Alarm, Cart, Order
from cart.tests.browser import Browser
from cart.tests.taken import intents

pytestmark = pytest.mark.django_db(transaction=True)

CREATE = {"method": "POST", "path": "/v1/payment_intents"}
CANCEL = {"method": "POST", "path": "/v1/payment_intents/*/cancel"}


@pytest.mark.parametrize("kind", ["cut", "lost", "error"])
@pytest.mark.parametrize("hours", [0, 30])
def test_a_payment_that_was_begun_and_not_heard_of_is_found_or_made_once(
    guest, shop, catalogue, browser: Browser, kind, hours
) -> None:
    """F26, F36, F37."""
    guest.put({"atlas": 1})
    catalogue.sandbox.faults.add(kind, times=9, **CREATE)
    assert guest.check_out().status_code in (503, 409)
    catalogue.sandbox.faults.clear()
    catalogue.advance(hours=hours)
    payment = guest.check_out()
    assert payment.status_code == 200
    alive = [intent["id"] for intent in intents(catalogue) if intent["status"] != "canceled"]
    assert alive == [payment.json()["payment_intent"]]
    browser.confirm(payment)
    catalogue.deliver()
    assert Order.objects.get(state="paid").payment_intent_id == alive[0]


@pytest.mark.parametrize("kind", ["cut", "lost", "error"])
def test_a_cancel_that_was_not_heard_of_is_made_up_for_before_another_can_be_paid(
    guest, shop, catalogue, kind
) -> None:
    """F26, F36, F39."""
    guest.put({"atlas": 1})
    guest.check_out()
    guest.put({"atlas": 2})
    catalogue.sandbox.faults.add(kind, times=9, **CANCEL)
    assert guest.check_out().status_code == 503
    assert len(intents(catalogue)) == 1
    catalogue.sandbox.faults.clear()
    assert guest.check_out().status_code == 200
    assert sorted(intent["status"] for intent in intents(catalogue)) == [
        "canceled",
        "requires_payment_method",
    ]


def test_a_process_that_died_before_it_noted_the_intent_left_nothing_undone(
    filled, catalogue, browser: Browser
) -> None:
    """F26. Stripe has the intent, and the money; our row does not know either. The events tell."""
    order = orders.place(Draft(filled(atlas=1), "g@visitor.example", None))
    payment = orders.pay(order)
    browser.confirm({"payment_intent": payment.payment_intent_id, "client_secret": payment.client_secret})
    Order.objects.update(payment_intent_id=None)
    catalogue.deliver()
    order.refresh_from_db()
    assert (order.state, order.payment_intent_id) == ("paid", payment.payment_intent_id)


def test_reconciling_finds_a_payment_of_which_no_event_told(filled, catalogue, browser: Browser) -> None:
    payment = orders.check_out(Draft(filled(atlas=1), "g@visitor.example", None))
    browser.confirm({"payment_intent": payment.payment_intent_id, "client_secret": payment.client_secret})
    Order.objects.update(payment_intent_id=None)
    looked, mended = begin(), begin(mends=True)
    carry_out(mended)
    assert Order.objects.get().state == "paid"
    assert {one.kind for one in mended.differences.all()} >= {"payment_intent", "order"}
    again = begin(mends=True)
    carry_out(again)
    assert not again.differences.exists()
    carry_out(looked)


def test_a_database_restored_from_before_a_payment_is_healed_and_its_mail_is_the_same_mail(
    filled, catalogue, browser: Browser
) -> None:
    """F12: what was mailed in the lost hour nobody can know; by its Message-ID a mail program shows one."""
    payment = orders.check_out(Draft(filled(atlas=1), "g@visitor.example", None))
    with forgotten():
        browser.confirm({"payment_intent": payment.payment_intent_id, "client_secret": payment.client_secret})
        catalogue.deliver()
    assert Order.objects.get().state == "open"
    carry_out(begin(mends=True))
    assert Order.objects.get().state == "paid"
    assert len({letter.extra_headers["Message-ID"] for letter in mail.outbox}) == 1


def test_reconciling_cancels_what_no_order_knows_and_notes_refunds(
    guest, shop, catalogue, browser: Browser
) -> None:
    from billing import gateway

    guest.put({"atlas": 1})
    payment = guest.check_out().json()
    browser.confirm(payment)
    catalogue.deliver()
    stray = browser.make_intent(4800, "usd", {"namespace": "turnpike", "order": payment["order"]})
    gateway.client.connected().v1.refunds.create({"payment_intent": payment["payment_intent"], "amount": 100})
    carry_out(begin(mends=True))
    assert {one["id"]: one["status"] for one in intents(catalogue)}[stray["payment_intent"]] == "canceled"
    assert Order.objects.get().refunded == 100


def test_what_cannot_be_mended_is_reported_once_and_then_left_to_staff(
    guest, shop, catalogue, browser: Browser
) -> None:
    """A9: one payment is of another amount, one is for an order that has its own. Both ring, and only that."""
    guest.put({"atlas": 1})
    payment = guest.check_out().json()
    stray = browser.make_intent(4800, "usd", {"namespace": "turnpike", "order": payment["order"]})
    with catalogue.sandbox.work() as world:
        world.get("payment_intent", payment["payment_intent"])["amount"] = 1
    browser.confirm(payment)
    browser.confirm(stray)
    first = begin(mends=True)
    carry_out(first)
    assert {one.subject for one in first.differences.filter(kind="order")} == {
        payment["order"],
        stray["payment_intent"],
    }
    second = begin(mends=True)
    carry_out(second)
    assert not second.differences.exists()
    assert sorted(Alarm.objects.values_list("kind", flat=True)) == ["no_match", "no_order"]
    assert Order.objects.get().state == "open"


@pytest.mark.parametrize("who", ["guest", "address"])
def test_so_many_payments_an_hour_and_no_more(guest, visitor, shop, catalogue, monkeypatch, who) -> None:
    """A43."""
    few, many = (2, 99) if who == "guest" else (99, 2)
    monkeypatch.setattr(limits, "CARDS", limits.Limit("cards", few, many, "Try again after %(time)s."))
    guest.put({"atlas": 1})
    for _ in range(2):
        assert guest.check_out().status_code == 200
    other = guest if who == "guest" else visitor()
    other.put({"mug": 1})
    refused = other.check_out()
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "throttled")
    assert int(refused["Retry-After"]) == 3600
    if who == "guest":
        somebody = visitor()
        somebody.put({"mug": 1})
        assert somebody.check_out().status_code == 200


def test_ten_declines_end_an_order(guest, shop, catalogue, browser: Browser) -> None:
    """A43."""
    guest.put({"atlas": 1})
    payment = guest.check_out().json()
    for _ in range(10):
        with pytest.raises(stripe_errors.Declined):
            browser.confirm(payment, "4000000000000002")
    catalogue.deliver()
    assert Order.objects.get().reason == "declines"
    with pytest.raises(stripe_errors.Invalid):
        browser.confirm(payment)


@pytest.mark.postgresql
def test_ten_clicks_at_once_are_one_order_and_one_intent(filled, catalogue) -> None:
    """F27."""
    cart = filled(atlas=1, ticket=1)

    def click(_number: int) -> tuple[str, str]:
        try:
            payment = orders.check_out(Draft(Cart.objects.get(pk=cart.pk), "g@visitor.example", None))
            return str(payment.order.uuid), payment.payment_intent_id
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(click, range(10)))
    assert len(set(answers)) == 1
    assert len(intents(catalogue)) == Order.objects.count() == 1


@pytest.mark.postgresql
def test_the_page_and_ten_deliveries_at_once_pay_it_once(filled, catalogue, browser: Browser) -> None:
    """F2."""
    payment = orders.check_out(Draft(filled(ticket=2), "g@visitor.example", None))
    browser.confirm({"payment_intent": payment.payment_intent_id, "client_secret": payment.client_secret})

    def look(_number: int) -> str:
        try:
            return orders.look_again(Order.objects.get()).state
        except stripe_errors.Busy:
            return "busy"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(5) as pool:
        answers = [pool.submit(look, number) for number in range(10)]
        catalogue.deliver()
        assert {answer.result() for answer in answers} <= {"paid", "busy"}
    order = Order.objects.get()
    assert (order.state, order.lines.get().item.stock, len(mail.outbox)) == ("paid", 1, 1)


@pytest.mark.postgresql
def test_the_limit_on_payments_is_exact_for_many_at_once(guest, shop, catalogue, monkeypatch) -> None:
    """A43: each request in a connection of its own, as in processes of their own."""
    monkeypatch.setattr(limits, "CARDS", limits.Limit("cards", 3, 99, "Try again after %(time)s."))
    guest.put({"atlas": 1})

    def click(_number: int) -> int:
        try:
            return guest.check_out().status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(click, range(8)))
    assert answers == [200, 200, 200, 429, 429, 429, 429, 429]

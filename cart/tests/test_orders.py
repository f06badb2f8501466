"""One cart, one order, one charge: whatever is clicked, changed, declined, closed or lost on the way."""

import pytest
from django.conf import settings
from django.core import mail

from accounts.models import Organization
from billing import errors as stripe_errors
from billing.tests.buying import ASKS_THE_BANK, DECLINED_AT_ONCE
from cart import orders
from cart.models import Alarm, Item, Order
from cart.tests.browser import Browser
from cart.tests.conftest import sign_in
from cart.tests.taken import charged, intents

pytestmark = pytest.mark.django_db(transaction=True)


# --- The four scenes ------------------------------------------------------------------------------------------------


def test_paid(guest, shop, catalogue, browser: Browser) -> None:
    """The page that returns is first; the webhooks find nothing left to do."""
    guest.put({"atlas": 1, "mug": 2})
    payment = guest.check_out()
    assert payment.status_code == 200
    assert payment.json() | {"client_secret": "", "payment_intent": "", "order": "", "return_url": ""} == {
        "client_secret": "",
        "publishable_key": settings.STRIPE_PUBLISHABLE_KEY,
        "payment_intent": "",
        "amount": 7700,
        "currency": "usd",
        "order": "",
        "return_url": "",
        "status": "open",
    }
    browser.confirm(payment)
    order = orders.look_again(Order.objects.get())
    assert (order.state, order.amount, order.currency) == ("paid", 7700, "usd")
    assert [(line.name, line.quantity, line.price) for line in order.lines.all()] == [
        ("Atlas of filings", 1, 4800),
        ("Mug", 2, 1450),
    ]
    assert guest.get().json()["items"] == {}
    catalogue.deliver()
    (letter,) = mail.outbox
    assert letter.to == ["guest@visitor.example"]
    assert order.payment_intent_id in letter.body
    assert charged(catalogue) == 7700
    assert not Alarm.objects.exists()


def test_paid_and_the_window_closed(guest, shop, catalogue, browser: Browser) -> None:
    """The webhooks alone do it, in any number."""
    guest.put({"atlas": 1})
    browser.confirm(guest.check_out())
    catalogue.deliver()
    catalogue.deliver()
    assert Order.objects.get().state == "paid"
    assert guest.get().json()["items"] == {}
    assert len(mail.outbox) == 1


def test_declined_and_tried_again_with_another_card(guest, shop, catalogue, browser: Browser) -> None:
    """F40."""
    guest.put({"atlas": 1})
    first = guest.check_out().json()
    with pytest.raises(stripe_errors.Declined):
        browser.confirm(first, DECLINED_AT_ONCE)
    order = orders.look_again(Order.objects.get())
    assert (order.state, order.failure) == ("open", "generic_decline")
    assert guest.get().json()["total"] == 4800
    second = guest.check_out().json()
    assert (second["client_secret"], second["order"]) == (first["client_secret"], first["order"])
    browser.confirm(second)
    assert orders.look_again(order).state == "paid"
    assert (len(intents(catalogue)), charged(catalogue)) == (1, 4800)


def test_the_bank_asks_and_the_window_is_taken_away(guest, shop, catalogue, browser: Browser) -> None:
    """F40."""
    guest.put({"atlas": 1})
    payment = guest.check_out().json()
    assert browser.confirm(payment, ASKS_THE_BANK)["status"] == "requires_action"
    order = orders.look_again(Order.objects.get())
    assert order.state == "open"
    browser.authenticate(payment)
    assert orders.look_again(order).state == "paid"


@pytest.mark.parametrize("hours", [1, 30])
def test_the_window_was_closed_before_paying_and_the_buyer_comes_back(
    guest, shop, catalogue, calls, hours
) -> None:
    """F37. Also when Stripe has forgotten the idempotency key: the intent that is noted is fetched."""
    guest.put({"atlas": 1})
    first = guest.check_out().json()
    catalogue.advance(hours=hours)
    calls.clear()
    again = guest.check_out().json()
    assert again == first
    assert calls == [("GET", f"/v1/payment_intents/{first['payment_intent']}")]
    assert len(intents(catalogue)) == 1


def test_the_cart_was_changed_before_paying(guest, shop, catalogue, browser: Browser) -> None:
    """F39."""
    guest.put({"atlas": 1})
    first = guest.check_out().json()
    guest.put({"atlas": 2})
    second = guest.check_out().json()
    assert second["amount"] == 9600
    assert {intent["id"]: intent["status"] for intent in intents(catalogue)} == {
        first["payment_intent"]: "canceled",
        second["payment_intent"]: "requires_payment_method",
    }
    with pytest.raises(stripe_errors.Invalid):
        browser.confirm(first)
    browser.confirm(second)
    catalogue.deliver()
    assert {str(order.uuid): order.state for order in Order.objects.all()} == {
        first["order"]: "canceled",
        second["order"]: "paid",
    }
    assert (charged(catalogue), len(mail.outbox)) == (9600, 1)


def test_prices_that_change_make_another_order_too(guest, shop, catalogue) -> None:
    """F38: they have another key."""
    guest.put({"atlas": 1})
    first = guest.check_out().json()
    Item.objects.filter(slug="atlas").update(price=5000)
    second = guest.check_out().json()
    assert (second["amount"], second["order"] != first["order"]) == (5000, True)
    assert sorted(intent["status"] for intent in intents(catalogue)) == [
        "canceled",
        "requires_payment_method",
    ]


def test_who_signs_in_half_way_pays_as_their_organization(guest, shop, alice, acme, catalogue) -> None:
    """F38: another customer, so another order with another key. The first can no longer be paid."""
    guest.put({"atlas": 1})
    first = guest.check_out().json()
    sign_in(guest, alice)
    second = guest.check_out(email="").json()
    assert second["order"] != first["order"]
    assert {one["id"]: (one["status"], one["customer"]) for one in intents(catalogue)} == {
        first["payment_intent"]: ("canceled", None),
        second["payment_intent"]: (
            "requires_payment_method",
            Organization.objects.get(pk=acme.pk).stripe_customer_id,
        ),
    }


# --- Changed, and paid after all -------------------------------------------------------------------------------------


def test_what_was_paid_before_the_cart_changed_is_the_order(guest, shop, catalogue, browser: Browser) -> None:
    """F39. Nobody has noted the payment yet. It counts, and only what was put in since stays in the cart."""
    guest.put({"atlas": 1})
    first = guest.check_out().json()
    browser.confirm(first)
    guest.change({"mug": 2})
    refused = guest.check_out()
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "already_paid")
    assert refused.json()["error"]["order"] == first["order"]
    assert {order.amount: order.state for order in Order.objects.all()} == {4800: "paid", 7700: "canceled"}
    assert guest.get().json()["items"] == {"mug": {"price": 1450, "qty": 2}}
    rest = guest.check_out().json()
    browser.confirm(rest)
    catalogue.deliver()
    assert charged(catalogue) == 4800 + 2900
    assert sorted(order.state for order in Order.objects.all()) == ["canceled", "paid", "paid"]


def test_of_two_payments_of_one_purchase_the_second_goes_back_and_staff_are_told(
    guest, shop, catalogue, browser: Browser
) -> None:
    """F39: the old intent could not be canceled: the buyer was at their bank with it, and paid it when the new one was
    paid already."""
    guest.put({"atlas": 1})
    first = guest.check_out().json()
    catalogue.sandbox.faults.add("error", method="POST", path="/v1/payment_intents/*/cancel", status=500)
    guest.put({"atlas": 2})
    assert guest.check_out().status_code == 503
    # Two windows: one was given the new intent by an older process, the other still has the old one.
    second = browser.make_intent_of(Order.objects.get(state="open"))
    browser.confirm(second)
    browser.confirm(first)
    catalogue.deliver()
    states = {str(order.uuid): order.state for order in Order.objects.all()}
    assert sorted(states.values()) == ["paid", "returned"]
    assert charged(catalogue) == Order.objects.get(state="paid").amount
    returned = Order.objects.get(state="returned")
    assert (returned.refunded, returned.settled is not None) == (returned.amount, True)
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.order) == ("paid_twice", returned)
    catalogue.deliver()
    assert sorted(letter.subject.split()[0] for letter in mail.outbox) == ["Receipt", "We"]


# --- Delayed ways to pay --------------------------------------------------------------------------------------------


def test_a_debit_is_on_its_way_for_days_and_then_paid(guest, shop, catalogue, browser: Browser) -> None:
    """F41."""
    guest.put({"atlas": 1})
    payment = guest.check_out().json()
    browser.debit(payment)
    order = orders.look_again(Order.objects.get())
    assert order.state == "processing"
    assert guest.get().json()["items"] == {}
    assert mail.outbox == []
    catalogue.deliver()
    catalogue.advance(days=10)
    catalogue.deliver()
    order.refresh_from_db()
    assert order.state == "paid"
    assert len(mail.outbox) == 1


def test_a_debit_that_fails_leaves_the_cart_as_it_was(guest, shop, catalogue, browser: Browser) -> None:
    """F41."""
    before = guest.put({"atlas": 1}).json()
    payment = guest.check_out().json()
    browser.debit(payment, fails=True)
    catalogue.deliver()
    assert guest.get().json()["items"] == {}
    catalogue.advance(days=10)
    catalogue.deliver()
    assert Order.objects.get().state == "open"
    assert guest.get().json() == before
    assert guest.check_out().json()["order"] == payment["order"]

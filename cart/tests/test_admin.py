"""The shop's admin: items for several people at once, orders as they are, refunds asked twice, alarms seen to."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.test import Client

from accounts.models import User
from billing.tests.buying import at_stripe
from cart import alarms, pictures, unfinished
from cart.models import Alarm, Item, Order, Refund
from cart.tests.browser import Browser
from cart.tests.forms import fields_of

pytestmark = pytest.mark.django_db

ITEMS, ORDERS, ALARMS = (f"/admin/cart/{name}/" for name in ("item", "order", "alarm"))


@pytest.fixture
def desk(db: None, stripe_sandbox: Any) -> Client:
    """A browser in which somebody who may do everything is signed in."""
    client = Client()
    client.force_login(User.objects.create_superuser("root@turnpike.example", "a password"))
    return client


def page_of(item: Item) -> str:
    return f"{ITEMS}{item.pk}/change/"


# --- Items ----------------------------------------------------------------------------------------------------------


def test_items_are_listed_with_their_prices_as_people_write_them(desk: Client, shop: Any) -> None:
    page = desk.get(ITEMS).content.decode()
    assert "$48.00, €44.00, ¥7,200" in page
    assert "$250.00" in page


def test_an_item_is_put_on_sale_with_prices_and_a_picture(desk: Client) -> None:
    form = fields_of(desk.get(f"{ITEMS}add/")) | {
        "name": "Pencil",
        "slug": "pencil",
        "picture": "notebook.svg",
        "price": "300",
        "currency": "USD",
        "stock": "10",
        "prices-TOTAL_FORMS": "1",
        "prices-0-currency": "jpy",
        "prices-0-amount": "450",
    }
    assert desk.post(f"{ITEMS}add/", form).status_code == 302
    pencil = Item.objects.get()
    assert (pencil.amounts, pencil.stock, pencil.active) == ({"usd": 300, "jpy": 450}, 10, True)
    assert "notebook.svg" in desk.get(page_of(pencil)).content.decode()
    assert "Pencil" in Client().get("/shop/").content.decode()


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"price": "0"}, "greater than or equal to 1"),
        ({"price": "100000000"}, "Stripe charges at most"),
        ({"currency": "zzz"}, "There is no such currency."),
        ({"currency": "kwd", "price": "4801"}, "In this currency Stripe takes multiples of 10 only."),
        ({"prices-0-currency": "isk", "prices-0-amount": "4450"}, "multiples of 100 only"),
        ({"stock": "-1"}, "greater than or equal to 0"),
        ({"picture": "../../secrets"}, "not one of the available choices"),
        ({"prices-0-currency": "usd"}, "The item&#x27;s own price is in this currency."),
        ({"prices-0-currency": "jpy"}, "Please correct the duplicate data for currency."),
        ({"prices-1-amount": "0"}, "greater than or equal to 1"),
    ],
)
def test_what_cannot_be_sold_is_refused(
    desk: Client, shop: Any, change: dict[str, str], complaint: str
) -> None:
    """A5, A8."""
    atlas = shop["atlas"]
    answer = desk.post(page_of(atlas), fields_of(desk.get(page_of(atlas))) | change)
    assert answer.status_code == 200
    assert complaint in answer.content.decode()
    atlas.refresh_from_db()
    assert (atlas.amounts, atlas.currency) == ({"usd": 4800, "eur": 4400, "jpy": 7200}, "usd")


def test_pieces_that_are_sold_while_an_item_is_edited_stay_sold(desk: Client, shop: Any) -> None:
    ticket = shop["ticket"]
    form = fields_of(desk.get(page_of(ticket)))
    Item.objects.filter(pk=ticket.pk).update(stock=1)
    assert desk.post(page_of(ticket), form | {"name": "Ticket"}).status_code == 302
    ticket.refresh_from_db()
    assert (ticket.name, ticket.stock) == ("Ticket", 1)


def test_two_who_edit_at_once_do_not_overwrite_each_other(desk: Client, shop: Any) -> None:
    """The second is shown what the first has written; saying it again is meant."""
    ticket = shop["ticket"]
    first = second = fields_of(desk.get(page_of(ticket)))
    assert desk.post(page_of(ticket), first | {"stock": "8", "description": "Online."}).status_code == 302
    refused = desk.post(page_of(ticket), second | {"stock": "5", "price": "20000"})
    assert "Somebody changed this meanwhile: it is 8 now." in refused.content.decode()
    ticket.refresh_from_db()
    assert (ticket.stock, ticket.price, ticket.description) == (8, 25000, "Online.")
    assert desk.post(page_of(ticket), fields_of(refused)).status_code == 302
    ticket.refresh_from_db()
    assert (ticket.stock, ticket.price, ticket.description) == (5, 20000, "Online.")


def test_prices_in_other_currencies_are_not_overwritten_either(desk: Client, shop: Any) -> None:
    atlas = shop["atlas"]
    before = fields_of(desk.get(page_of(atlas)))
    amounts = [name for name in before if name.startswith("prices-") and name.endswith("-amount")]
    assert [before[name] for name in amounts[:2]] == ["4400", "7200"]
    assert desk.post(page_of(atlas), before | {amounts[0]: "4500"}).status_code == 302
    assert desk.post(page_of(atlas), before | {amounts[1]: "7000"}).status_code == 302
    assert Item.objects.get(pk=atlas.pk).amounts == {"usd": 4800, "eur": 4500, "jpy": 7000}
    refused = desk.post(page_of(atlas), before | {amounts[0]: "1"})
    assert "it is 4500 now." in refused.content.decode()


def test_an_item_that_was_ordered_is_taken_off_sale_and_not_deleted(desk: Client, shop: Any) -> None:
    assert desk.post(f"{ITEMS}{shop['mug'].pk}/delete/", {"post": "yes"}).status_code == 403
    form = fields_of(desk.get(page_of(shop["mug"])))
    del form["active"]
    assert desk.post(page_of(shop["mug"]), form).status_code == 302
    assert not Item.objects.on_sale().filter(slug="mug").exists()


def test_a_picture_that_was_not_deployed_is_left_out(settings: Any) -> None:
    """In production a file that is not in the manifest is an exception, and would cost everybody the page."""
    assert pictures.url("atlas.svg") == "/static/img/shop/atlas.svg"
    manifest = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": manifest}}
    settings.DEBUG = False
    assert (pictures.url("gone.svg"), pictures.url("")) == ("", "")


# --- Orders ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def paid(guest: Any, shop: Any, catalogue: Any, browser: Browser, transactional_db: None) -> Order:
    """$77.00: an atlas and two mugs."""
    guest.put({"atlas": 1, "mug": 2})
    browser.confirm(guest.check_out())
    catalogue.deliver()
    mail.outbox.clear()
    return Order.objects.get()


def refund_of(order: Order) -> str:
    return f"{ORDERS}{order.pk}/refund/"


def test_an_order_is_shown_with_all_that_hangs_on_it_and_nobody_writes_it(desk: Client, paid: Order) -> None:
    alarms.ring(Alarm.Kind.DISPUTED, "dp_1", paid, amount=100)
    page = desk.get(f"{ORDERS}{paid.pk}/change/").content.decode()
    for shown in (
        paid.number,
        paid.email,
        "$77.00",
        "Mug",
        "$29.00",
        f"/dashboard/payments/{paid.payment_intent_id}",
        "A payment is disputed",
        refund_of(paid),
    ):
        assert shown in page, shown
    assert 'name="_save"' not in page
    assert desk.post(f"{ORDERS}{paid.pk}/change/", {"state": "open"}).status_code == 403
    assert desk.get(f"{ORDERS}add/").status_code == 403


def test_orders_are_found_by_number_address_and_payment(desk: Client, paid: Order) -> None:
    for asked in (paid.number, paid.email, paid.payment_intent_id):
        assert str(paid.uuid)[:8].upper() in desk.get(ORDERS, {"q": asked}).content.decode()
    assert paid.number not in desk.get(ORDERS, {"q": "nobody"}).content.decode()


# --- Refunds --------------------------------------------------------------------------------------------------------


def test_a_part_goes_back_once_it_is_confirmed_and_then_all_that_is_left(
    desk: Client, paid: Order, catalogue: Any
) -> None:
    form = fields_of(desk.get(refund_of(paid)))
    assert form["amount"] == "77.00"
    asked = desk.post(refund_of(paid), form | {"amount": "10.5"})
    assert "Give $10.50 of $77.00 back" in asked.content.decode()
    assert not Refund.objects.exists()
    given = desk.post(refund_of(paid), fields_of(asked) | {"confirmed": "yes"}, follow=True)
    assert "$10.50 went back." in given.content.decode()
    assert "Gave $10.50 back." in str(LogEntry.objects.get())

    form = fields_of(desk.get(refund_of(paid)))
    assert form["amount"] == "66.50"
    desk.post(refund_of(paid), form | {"confirmed": "yes"})
    paid.refresh_from_db()
    assert (paid.state, paid.refunded) == ("refunded", 7700)
    assert [one["amount"] for one in at_stripe(catalogue, "refund")] == [1050, 6650]
    assert len(mail.outbox) == 2
    assert "Nothing can be given back" in desk.get(refund_of(paid)).content.decode()


def test_the_same_confirmation_sent_twice_gives_back_once(desk: Client, paid: Order, catalogue: Any) -> None:
    form = fields_of(desk.get(refund_of(paid))) | {"amount": "10", "confirmed": "yes"}
    desk.post(refund_of(paid), form)
    again = desk.post(refund_of(paid), form, follow=True)
    assert "Something has been given back for this order meanwhile." in again.content.decode()
    assert [one["amount"] for one in at_stripe(catalogue, "refund")] == [1000]


@pytest.mark.parametrize("amount", ["0", "-1", "77.01", "1.001", "NaN", "Infinity", "1e9", "", "ten"])
def test_what_cannot_go_back_is_refused_before_any_call(
    desk: Client, paid: Order, calls: Any, amount: str
) -> None:
    form = fields_of(desk.get(refund_of(paid)))
    answer = desk.post(refund_of(paid), form | {"amount": amount, "confirmed": "yes"})
    assert answer.status_code == 200
    assert 'class="errorlist"' in answer.content.decode()
    assert (calls, Refund.objects.count()) == ([], 0)


def test_yen_go_back_whole(
    desk: Client, guest: Any, shop: Any, catalogue: Any, browser: Browser, transactional_db: None
) -> None:
    """F50."""
    guest.put({"atlas": 1})
    guest.send("patch", "/cart", {"currency": "jpy"})
    browser.confirm(guest.check_out())
    catalogue.deliver()
    order = Order.objects.get()
    form = fields_of(desk.get(refund_of(order)))
    assert form["amount"] == "7200"
    refused = desk.post(refund_of(order), form | {"amount": "0.5"})
    assert 'class="errorlist"' in refused.content.decode()
    desk.post(refund_of(order), form | {"amount": "200", "confirmed": "yes"})
    assert [one["amount"] for one in at_stripe(catalogue, "refund")] == [200]


def test_when_stripe_does_not_answer_the_refund_is_noted_and_finished_later(
    desk: Client, paid: Order, catalogue: Any
) -> None:
    form = fields_of(desk.get(refund_of(paid))) | {"amount": "10", "confirmed": "yes"}
    catalogue.sandbox.faults.add("lost", method="POST", path="/v1/refunds", times=9)
    answer = desk.post(refund_of(paid), form, follow=True)
    assert "Stripe does not answer." in answer.content.decode()
    catalogue.sandbox.faults.clear()
    assert [outcome.error for outcome in unfinished.finish()] == [""]
    paid.refresh_from_db()
    assert (paid.refunded, len(at_stripe(catalogue, "refund"))) == (1000, 1)


def test_who_may_only_look_gives_nothing_back(paid: Order) -> None:
    from django.contrib.auth.models import Permission

    looker = User.objects.create_user("looker@turnpike.example", is_staff=True)
    looker.user_permissions.set(Permission.objects.filter(codename__in=["view_order", "view_alarm"]))
    desk = Client()
    desk.force_login(looker)
    assert refund_of(paid) not in desk.get(f"{ORDERS}{paid.pk}/change/").content.decode()
    for answer in (desk.get(refund_of(paid)), desk.post(refund_of(paid), {"amount": "1", "confirmed": "1"})):
        assert answer.status_code == 403
    assert Client().get(refund_of(paid)).status_code == 302
    assert not Refund.objects.exists()
    assert desk.get(f"{ORDERS}999/refund/").status_code == 404


# --- Alarms ---------------------------------------------------------------------------------------------------------


def test_alarms_are_marked_as_seen_once(desk: Client, paid: Order) -> None:
    alarms.ring(Alarm.Kind.NO_MATCH, "pi_1", paid, differences=["amount", "currency"])
    alarms.ring(Alarm.Kind.NO_ORDER, "pi_2", None, amount=4800)
    page = desk.get(ALARMS).content.decode()
    assert "differences: amount, currency" in page
    assert f"{ORDERS}{paid.pk}/change/" in page
    chosen = {"action": "mark_seen", "_selected_action": [alarm.pk for alarm in Alarm.objects.all()]}
    assert desk.post(ALARMS, chosen, follow=True).status_code == 200
    seen = list(Alarm.objects.values_list("seen", flat=True))
    assert None not in seen
    desk.post(ALARMS, chosen)
    assert list(Alarm.objects.values_list("seen", flat=True)) == seen
    assert desk.get(f"{ALARMS}add/").status_code == 403
    assert desk.get(f"{ALARMS}{Alarm.objects.latest('pk').pk}/change/").status_code == 200

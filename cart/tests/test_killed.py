"""The server is killed where it hurts: while Stripe takes the money. Real processes, and a new one afterwards."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from billing.models import Mail
from billing.tests.buying import at_stripe
from cart.models import Alarm, Item, Order
from tests.house import House, wait_until
from tests.shopper import Shopper

pytestmark = [
    pytest.mark.slow,
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture
def home(transactional_db: Any, atlas: Item, tmp_path: Path) -> Iterator[House]:
    """With one worker, so that it is the one to be killed. Events are held back until a test lets them go."""
    with House(tmp_path, workers=1) as home:
        home.sandbox.deliveries.hold()
        yield home


def restart(home: House) -> None:
    home.sandbox.arm(0, False, None)
    wait_until(lambda: home.get("/health/ready") == 200, "a new worker answers")


def on_the_page(home: House, buyer: Shopper) -> None:
    assert buyer.come_back() in (200, 302)


def by_an_event(home: House, buyer: Shopper) -> None:
    home.sandbox.deliveries.release()
    wait_until(lambda: not home.sandbox.deliveries.pending(), "all events have arrived")


def by_going_on(home: House, buyer: Shopper) -> None:
    assert buyer.check_out() == 200
    assert buyer.payment["status"] == "paid"


def by_reconciling(home: House, buyer: Shopper) -> None:
    assert home.command("reconcile_stripe", "--apply") == 0


def kept(home: House) -> list[int]:
    return [charge["amount"] for charge in at_stripe(home, "charge") if charge["paid"]]


def test_killed_after_stripe_took_the_money_and_before_it_was_noted(home: House) -> None:
    """F26: after the restart the order is paid, once, whoever hears of it first."""
    for number, heard in enumerate((on_the_page, by_an_event, by_going_on, by_reconciling), start=1):
        buyer = Shopper(home)
        assert (buyer.put({"atlas": 1}), buyer.check_out()) == (200, 200)
        order = Order.objects.get(uuid=buyer.payment["order"])
        buyer.pay()
        home.sandbox.arm(1, False, home.kill_web)
        assert buyer.come_back() == 0
        order.refresh_from_db()
        assert order.state == "open"

        restart(home)
        heard(home, buyer)
        order.refresh_from_db()
        assert order.state == "paid", heard.__name__
        by_an_event(home, buyer)
        home.sandbox.deliveries.hold()
        assert kept(home) == [4800] * number
        assert buyer.send("PATCH", "/cart", {"items": {}})[1]["items"] == {}
        assert Mail.objects.filter(fact=f"order_paid:{order.uuid}", state="sent").count() == 1
    assert Mail.objects.count() == number
    assert not Alarm.objects.exists()


def test_killed_while_the_payment_was_being_made(home: House) -> None:
    """F26: before Stripe made it, and after it, unheard of. Trying again brings the one order to its one payment."""
    for before in (True, False):
        buyer = Shopper(home)
        buyer.put({"atlas": 1})
        home.sandbox.arm(1, before, home.kill_web)
        assert buyer.check_out() == 0
        order = Order.objects.get(state="open")
        assert order.payment_intent_id is None

        restart(home)
        assert buyer.check_out() == 200
        intents = [
            one for one in at_stripe(home, "payment_intent") if one["metadata"]["order"] == str(order.uuid)
        ]
        assert [intent["id"] for intent in intents] == [buyer.payment["payment_intent"]]
        buyer.pay()
        assert buyer.come_back() == 200
        order.refresh_from_db()
        assert order.state == "paid"
    assert kept(home) == [4800, 4800]

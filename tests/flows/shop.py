"""Orders in the shop: paid, changed, forgotten, refunded."""

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from cart.models import Order
from tests.flows.flow import Flow, command, events
from tests.house import House
from tests.shopper import Shopper
from tests.visitor import Visitor


def order(home: House, user: User) -> int:
    return _order(home, user, {"atlas": 1})


def another_order(home: House, user: User) -> int:
    return _order(home, user, {"atlas": 2, "ticket": 1})


def _order(home: House, user: User, items: dict[str, int]) -> int:
    shopper = Shopper(home, user)
    shopper.put(items)
    return shopper.check_out()


def pay(home: House, user: User) -> None:
    shopper = Shopper(home, user)
    shopper.check_out()
    shopper.pay()


def come_back(home: House, user: User) -> int:
    shopper = Shopper(home, user)
    shopper.payment = {"order": str(_last(user).uuid)}
    return shopper.come_back()


def let_it_wait(home: House, user: User) -> None:
    Order.objects.filter(cart__user=user).update(expires=timezone.now())


def give_back(home: House, user: User) -> str:
    """By staff, in the admin, who have seen that nothing went back yet."""
    User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
    entries = {"amount": "48.00", "refunded": "0", "confirmed": "yes"}
    return Visitor(home, user).post(reverse("admin:cart_order_refund", args=[_last(user).pk]), entries)


def _last(user: User) -> Order:
    return Order.objects.filter(cart__user=user).latest("pk")


FLOWS = {
    "an order": Flow(order, "customers.create intents.create"),
    "an order of a changed cart": Flow(another_order, "intents.create intents.cancel", (order,)),
    "an order that was paid before its cart was changed": Flow(another_order, "intents.cancel", (order, pay)),
    "an order that was paid": Flow(come_back, "", (order, pay)),
    "an order that waited too long": Flow(
        command("expire_orders"), "intents.cancel", (order, let_it_wait), is_command=True
    ),
    "an order given back": Flow(give_back, "refunds.create", (order, pay, events)),
}

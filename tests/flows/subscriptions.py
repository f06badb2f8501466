"""Buying a plan and what comes after it, by the product's API and by its pages."""

from typing import Any

from django.urls import reverse

from accounts.models import User
from billing.models import MirroredObject, StripeCustomer
from sandbox.objects.checkout import Buyer, complete
from sandbox.testing import VISA
from tests.changes import change, have, leaves, pay_with
from tests.flows.flow import Do, Flow, command, events
from tests.house import House
from tests.visitor import Visitor

GOOD, DECLINED = "4242424242424242", "4000000000000341"


def buy(home: House, user: User, number: str = GOOD, plan: str = "premium") -> int:
    """With the card of the first try: the same person clicks again."""
    if user.pk not in home.cards:
        home.cards[user.pk] = home.card(number)
    return home.click(user, "create", plan=plan, payment_method_id=home.cards[user.pk])


def buy_declined(home: House, user: User) -> int:
    return buy(home, user, DECLINED)


def buy_business(home: House, user: User) -> int:
    return buy(home, user, plan="business")


def begin(home: House, user: User) -> int:
    """Without a card: the browser was to confirm."""
    return home.click(user, "create", plan="premium")


def cancel(home: House, user: User) -> int:
    return home.click(user, "cancel")


def press(name: str) -> Do:
    """A button on a page."""
    return lambda home, user: Visitor(home, user).post(reverse(name))


# --- On Stripe's own pages ------------------------------------------------------------------------------------------


def open_page(plan: str) -> Do:
    return lambda home, user: home.call(user, "POST", "/api/billing/checkout/", plan=plan, interval="month")


def pay_on_page(home: House, user: User) -> None:
    with home.sandbox.work() as world:
        session = world.get("checkout.session", _session(user))
        complete(world, session, Buyer(payment_method=VISA, name="Alice"))


def come_back(home: House, user: User) -> object:
    return Visitor(home, user).get(f"{reverse('checked-out')}?session_id={_session(user)}")


def _session(user: User) -> str:
    rows = MirroredObject.objects.filter(kind="checkout.session", organization__members=user)
    return rows.latest("pk").stripe_id


def visit(home: House, user: User) -> int:
    return home.call(user, "POST", "/api/billing/portal/")


# --- Ways to pay ----------------------------------------------------------------------------------------------------


def set_up(home: House, user: User) -> int:
    return home.call(user, "POST", "/api/billing/payment-methods/")


def add_card(home: House, user: User) -> None:
    """Stored by the browser; no event told of it yet."""
    customer = StripeCustomer.objects.get(organization__members=user).stripe_id
    given: Any = {"customer": customer}
    home.cards[user.pk] = home.stripe().v1.payment_methods.attach(home.card(), given)["id"]


def prefer_card(home: House, user: User) -> int:
    return home.call(user, "POST", f"/api/billing/payment-methods/{home.cards[user.pk]}/default/")


def remove_card(home: House, user: User) -> int:
    return home.call(user, "DELETE", f"/api/billing/payment-methods/{home.cards[user.pk]}/")


def refund(home: House, user: User) -> None:
    """In the dashboard, all of it."""
    customer = StripeCustomer.objects.get(organization__members=user).stripe_id
    [charge] = home.stripe().v1.charges.list({"customer": customer})["data"]
    home.stripe().v1.refunds.create({"charge": charge["id"]})


PURCHASE = "customers.create customers.attach customers.prefer subscriptions.create"
FLOWS = {
    "a purchase": Flow(buy, PURCHASE),
    "a declined purchase": Flow(buy_declined, f"{PURCHASE} subscriptions.end_now payments.void"),
    "a purchase without a card": Flow(begin, "customers.create subscriptions.create"),
    "a purchase begun without a card, then paid": Flow(
        buy, "customers.attach customers.prefer payments.pay", (begin,)
    ),
    "a purchase on Stripe's page": Flow(open_page("premium"), "customers.create checkout.open_subscription"),
    "a purchase on another page": Flow(
        open_page("business"), "checkout.expire checkout.open_subscription", (open_page("premium"),)
    ),
    "a purchase past the page": Flow(
        buy,
        "checkout.expire customers.attach customers.prefer subscriptions.create",
        (open_page("premium"),),
    ),
    "coming back from Stripe's page": Flow(come_back, "", (open_page("premium"), pay_on_page)),
    "cancelling with the period": Flow(cancel, "subscriptions.end_with_period", (buy, events)),
    "cancelling now": Flow(
        lambda home, user: home.click(user, "cancel", at="now"), "subscriptions.end_now", (buy, events)
    ),
    "cancelling what was begun": Flow(cancel, "subscriptions.end_now payments.void", (begin, events)),
    "resuming": Flow(
        lambda home, user: home.click(user, "resume"), "subscriptions.renew", (buy, events, cancel)
    ),
    "a higher plan": Flow(
        change("business"), "subscriptions.change", (buy, events), leaves=leaves(("business", 1))
    ),
    "a lower plan": Flow(
        change("starter"),
        "schedules.take_over schedules.turn",
        (buy, events),
        leaves=leaves(("premium", 1), changes=0, scheduled=True),
    ),
    "taking back a lower plan": Flow(
        press("billing-take-back"),
        "schedules.release",
        (buy, events, change("starter")),
        leaves=leaves(("premium", 1), changes=0),
    ),
    "a higher plan that is declined": Flow(
        change("business"),
        "subscriptions.change payments.void",
        (buy, events, pay_with(DECLINED)),
        leaves=leaves(("premium", 1), changes=0),
    ),
    "more machines": Flow(
        have(a10g=2, t4=1),
        "subscriptions.change",
        (buy_business, events),
        leaves=leaves(("business", 1), ("instance-a10g", 2), ("instance-t4", 1)),
    ),
    "fewer machines": Flow(
        have(a10g=1),
        "subscriptions.change",
        (buy_business, have(a10g=2, t4=1), events),
        leaves=leaves(("business", 1), ("instance-a10g", 1), changes=2),
    ),
    "storing a card": Flow(set_up, "customers.create customers.set_up"),
    "another card": Flow(
        prefer_card, "subscriptions.use_payment_method customers.prefer", (buy, events, add_card)
    ),
    "a card less": Flow(remove_card, "customers.detach", (buy, events, add_card)),
    "a visit to Stripe's page for customers": Flow(visit, "portal.open_page", (buy, events)),
    "a refund": Flow(events, "subscriptions.end_with_period", (buy, events, refund)),
    "events": Flow(events, "", (buy,)),
    "mending": Flow(
        command("reconcile_stripe", "--apply", "--calls-per-second", "1000"), "", (buy,), is_command=True
    ),
}

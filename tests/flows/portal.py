"""Companies that buy a year in the portal, come back from Stripe's page, and renew by the link of a mail."""

from typing import Any

from accounts.models import Organization, User
from portal import links
from portal.models import Sale, StateTaxRate
from portal.tests.visiting import entries
from sandbox.objects.checkout import Buyer, complete
from sandbox.testing import VISA
from tests.flows.flow import Do, Flow, command, events
from tests.house import House
from tests.oracle import Oracle
from tests.visitor import Visitor

NEW = "/pre/us/new/checkout"
DECLINES = "pm_card_chargeCustomerFail"


class Company:
    """A guest's window, and what was typed into it."""

    def __init__(self, home: House, user: User) -> None:
        self.visitor = Visitor(home)
        self.name = f"Company {user.pk}"
        self.form: dict[str, str] = {}
        self.order = ""

    @property
    def organization(self) -> Organization:
        return Organization.objects.get(name=self.name)

    @property
    def sale(self) -> Sale:
        return Sale.objects.filter(company=self.name).latest("pk")

    @property
    def subscription(self) -> str:
        return self.organization.sales.paid().latest("pk").subscription_id


def company(home: House, user: User) -> Company:
    return home.companies.setdefault(user.pk, Company(home, user))


# --- Buying ---------------------------------------------------------------------------------------------------------


def submit(home: House, user: User) -> None:
    """Each from another state, so that each needs another tax rate."""
    one = company(home, user)
    if not one.form and (page := one.visitor.get(NEW)):
        taxed = StateTaxRate.objects.filter(country="us", verified=True, percentage__gt=0)
        states = sorted(taxed.values_list("state", flat=True))
        one.form = entries(page, company=one.name, state=states[user.pk % len(states)])
    one.order = one.visitor.post(NEW, one.form) or one.order


def buy_now(home: House, user: User) -> None:
    one = company(home, user)
    one.visitor.post(one.order)


def pay_on_page(home: House, user: User) -> None:
    with home.sandbox.work() as world:
        session = world.get("checkout.session", company(home, user).sale.session_id)
        complete(world, session, Buyer(payment_method=VISA, name="Alice"))


def come_back(home: House, user: User) -> None:
    one = company(home, user)
    one.visitor.get(links.success_page(one.sale, one.sale.session_id))


PAID = (submit, buy_now, pay_on_page, come_back, events)


# --- Renewing -------------------------------------------------------------------------------------------------------


def renew(act: str) -> Do:
    """By the link of a mail."""

    def click(home: House, user: User) -> None:
        one = company(home, user)
        place = one.visitor.post(links.renewal_page(one.organization, "us"), {"act": act})
        one.order = place if "/checkout?" in place else one.order

    return click


def buy_another(home: House, user: User) -> None:
    renew("buy")(home, user)
    buy_now(home, user)


def tax_more(home: House, user: User) -> None:
    """Its state does, since the last sale was agreed."""
    sale = company(home, user).sale
    StateTaxRate.objects.filter(country="us", state=sale.state).update(
        percentage=(sale.tax_percentage or 0) + 1
    )


def dashboard(verb: str, **given: Any) -> Do:
    def act(home: House, user: User) -> None:
        subscriptions = home.stripe().v1.subscriptions
        getattr(subscriptions, verb)(company(home, user).subscription, given)

    return act


def let_its_card_fail(home: House, user: User) -> None:
    """A new period begins, and is not paid; then another card is given."""
    stripe, one = home.stripe().v1, company(home, user)
    customer: Any = {"customer": one.organization.stripe_customer_id}
    bad = stripe.payment_methods.attach(DECLINES, customer)["id"]
    stripe.subscriptions.update(one.subscription, {"default_payment_method": bad})
    stripe.subscriptions.update(
        one.subscription, {"billing_cycle_anchor": "now", "proration_behavior": "none"}
    )
    good = stripe.payment_methods.attach(home.card(), customer)["id"]
    stripe.customers.update(customer["customer"], {"invoice_settings": {"default_payment_method": good}})


def refund(home: House, user: User) -> None:
    """In the dashboard, all of it."""
    stripe = home.stripe().v1
    [charge] = stripe.charges.list({"customer": company(home, user).organization.stripe_customer_id or ""})[
        "data"
    ]
    stripe.refunds.create({"charge": charge["id"]})


# --- What is there in the end ---------------------------------------------------------------------------------------


def one_order(oracle: Oracle, user: User) -> None:
    sales = Sale.objects.filter(company=f"Company {user.pk}", renews=None)
    assert sales.count() == 1


def one_page(oracle: Oracle, user: User) -> None:
    """Of all that were opened for it, one can be paid on; and no tax rate was made twice."""
    organization = Organization.objects.get(name=f"Company {user.pk}")
    sessions = [
        one["status"]
        for one in oracle.belonging("checkout.session")
        if one["customer"] == organization.stripe_customer_id
    ]
    assert sessions.count("open") == 1
    one_rate(oracle, user)


def one_rate(oracle: Oracle, user: User) -> None:
    rates = [(one["state"], one["percentage"]) for one in oracle.all("tax_rate")]
    assert len(rates) == len(set(rates))


ENDED = (*PAID, dashboard("cancel"), events)
FLOWS = {
    "an order of a year": Flow(submit, "customers.create customers.locate", leaves=one_order),
    "the page that sells a year": Flow(
        buy_now, "taxes.create_rate checkout.open_subscription", (submit,), leaves=one_page
    ),
    "coming back with a year": Flow(come_back, "", (submit, buy_now, pay_on_page)),
    "another year": Flow(buy_another, "customers.locate checkout.open_subscription", ENDED, leaves=one_page),
    "another year, taxed more meanwhile": Flow(
        buy_another,
        "checkout.expire customers.locate taxes.create_rate checkout.open_subscription",
        (*ENDED, buy_another, tax_more),
        leaves=one_page,
    ),
    "keeping a year that was to end": Flow(
        renew("keep"), "subscriptions.renew", (*PAID, dashboard("update", cancel_at_period_end=True), events)
    ),
    "paying for a year that is overdue": Flow(
        renew("pay"), "subscriptions.use_payment_method payments.pay", (*PAID, let_its_card_fail, events)
    ),
    "another card for a year": Flow(renew("card"), "portal.open_page", PAID),
    "a year that renews with another tax": Flow(
        command("remind_renewals"),
        "taxes.create_rate customers.locate subscriptions.set_tax_rates",
        (*PAID, tax_more),
        is_command=True,
        leaves=one_rate,
    ),
    "a year given back": Flow(events, "subscriptions.end_with_period", (*PAID, refund)),
}

"""A year for each paid invoice, once, in whatever order Stripe tells of it; and what happens when one is not paid."""

import random
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core import mail

from accounts.models import Organization
from billing import outbox, reconcile
from billing.models import MirroredObject, StripeInvoice
from billing.tests.buying import tier
from portal import renewals
from portal.models import PaidYear, Receipt, Sale

Order = Callable[..., Sale]
Pay = Callable[..., dict[str, Any]]
CHARGE_FAILS = "pm_card_chargeCustomerFail"


def counted() -> tuple[int, int]:
    return PaidYear.objects.count(), Receipt.objects.filter(kind=Receipt.Kind.RECEIPT).count()


def letters() -> list[Any]:
    """What was sent since the last look. A test's transaction is never committed, so it is sent here."""
    outbox.send_waiting()
    sent, mail.outbox[:] = list(mail.outbox), []
    return sent


def subjects() -> list[str]:
    return [letter.subject for letter in letters()]


def fails_from_now_on(catalogue: Any, organization: Organization) -> None:
    """The card that the subscription is paid with is replaced by one that is declined."""
    from billing import gateway

    subscription = organization.subscriptions.get()
    customer = organization.stripe_customer_id or ""
    card = gateway.customers.attach(customer, CHARGE_FAILS, key="bad").data["id"]
    gateway.subscriptions.use_payment_method(subscription.stripe_id, card, key="use-bad")
    catalogue.deliver()


def test_the_year_is_what_the_invoices_period_says(orchards: Organization) -> None:
    year = orchards.paid_years.get()
    start, end = (datetime(2027, 1, 15, 12, tzinfo=UTC), datetime(2028, 1, 15, 12, tzinfo=UTC))
    assert (year.start, year.end) == (start, end)
    assert tier(orchards) == "business"


@pytest.mark.parametrize(
    ("begins", "ends"),
    [("2028-02-29", "2029-02-28"), ("2027-03-01", "2028-03-01")],
    ids=["that day", "over it"],
)
def test_a_year_from_29_february_ends_when_stripe_says(
    order: Order, pay: Pay, catalogue: Any, begins: str, ends: str
) -> None:
    """F49: nothing adds a year, or 365 days, to a date."""
    catalogue.advance(days=(date.fromisoformat(begins) - date(2027, 1, 15)).days)
    pay(order())
    catalogue.deliver()
    year = PaidYear.objects.get()
    with catalogue.sandbox.work() as world:
        (line,) = world.get("invoice", year.invoice_id)["_lines"]
    assert year.end.timestamp() == line["period"]["end"]
    assert f"{year.end:%Y-%m-%d}" == ends


def test_each_event_five_times_is_one_year(order: Order, pay: Pay, catalogue: Any) -> None:
    """F1."""
    pay(order())
    tries = catalogue.deliver(lambda deliveries: deliveries * 5)
    answers = [attempt["status"] for delivery in tries for attempt in delivery["attempts"]]
    assert len(answers) >= 5
    assert set(answers) == {200}
    assert counted() == (1, 1)


def test_the_paid_invoice_before_everything_else_opens_access(order: Order, pay: Pay, catalogue: Any) -> None:
    """F5."""
    sale = order()
    pay(sale)
    catalogue.deliver(pattern="invoice.paid")
    assert counted() == (1, 1)
    sale.refresh_from_db()
    assert sale.is_paid
    catalogue.deliver()
    assert tier(sale.organization) == "business"
    assert counted() == (1, 1)


@pytest.mark.parametrize("seed", range(5))
def test_in_any_order_it_comes_to_the_same(order: Order, pay: Pay, catalogue: Any, seed: int) -> None:
    """F6."""
    sale = order()
    pay(sale)

    def shuffled(deliveries: list[Any]) -> list[Any]:
        random.Random(seed).shuffle(deliveries)
        return deliveries

    catalogue.deliver(shuffled)
    catalogue.deliver()
    sale.refresh_from_db()
    assert (sale.status, counted(), tier(sale.organization)) == (Sale.Status.PAID, (1, 1), "business")


def test_what_no_event_told_of_is_found_by_reconciliation(order: Order, pay: Pay, catalogue: Any) -> None:
    """F10."""
    sale = order()
    pay(sale)
    catalogue.sandbox.deliveries.drop()
    run = reconcile.begin(organization=sale.organization, mends=True)
    reconcile.carry_out(run)
    sale.refresh_from_db()
    assert (sale.is_paid, counted(), tier(sale.organization)) == (True, (1, 1), "business")
    assert not run.differences.left().exists()
    again = reconcile.begin(organization=sale.organization, mends=True)
    reconcile.carry_out(again)
    assert not again.differences.exists()


def test_a_mail_server_that_is_down_costs_neither_the_year_nor_the_code(
    order: Order, pay: Pay, catalogue: Any, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    """F32: the code is mailed later, once."""
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", 1
    sale = order()
    pay(sale)
    with django_capture_on_commit_callbacks(execute=True):
        catalogue.deliver()
    assert (counted(), tier(sale.organization), len(mail.outbox)) == ((1, 1), "business", 0)
    settings.EMAIL_BACKEND = working
    catalogue.advance(minutes=5)
    assert "activation code" in subjects()[0]
    assert not subjects()


def test_a_year_later_it_renews_once_and_says_so(orchards: Organization, catalogue: Any) -> None:
    letters()
    catalogue.advance(days=366)
    catalogue.deliver(lambda deliveries: deliveries * 2)
    assert counted() == (2, 2)
    newest = orchards.paid_years.latest("start")
    assert newest.start == orchards.paid_years.earliest("start").end
    assert len([subject for subject in subjects() if "paid until" in subject]) == 1
    assert StripeInvoice.objects.get(stripe_id=newest.invoice_id).total == 104_000


def test_a_month_before_that_it_is_told_once(orchards: Organization, catalogue: Any) -> None:
    assert not list(renewals.remind())
    catalogue.advance(days=340)
    catalogue.deliver()
    letters()
    assert len(list(renewals.remind())) == 1
    assert not list(renewals.remind())
    (letter,) = letters()
    assert letter.to == ["books@orchards.example"]
    assert "/us/renew?domain=" in letter.body


def test_a_failed_renewal_is_mailed_with_a_link_that_leads_to_a_new_card_and_is_paid_with_it(
    orchards: Organization, catalogue: Any
) -> None:
    """F44: it recovers."""
    from billing import gateway

    fails_from_now_on(catalogue, orchards)
    letters()
    catalogue.advance(days=366)
    catalogue.deliver()
    (letter,) = letters()
    assert "failed" in letter.subject
    assert "/us/renew?domain=" in letter.body
    assert counted() == (1, 1)
    assert renewals.standing(orchards).state == renewals.State.OVERDUE

    customer = orchards.stripe_customer_id or ""
    card = gateway.customers.attach(customer, "pm_card_mastercard", key="good").data["id"]
    gateway.customers.prefer(customer, card, key="prefer-good")
    catalogue.advance(seconds=5)
    renewals.pay(orchards)
    catalogue.deliver()
    assert counted() == (2, 2)
    assert renewals.standing(orchards).state == renewals.State.RUNNING
    assert orchards.subscriptions.get().default_payment_method_id == card
    assert tier(orchards) == "business"


def test_one_that_is_never_paid_ends_and_is_told_so_once(orchards: Organization, catalogue: Any) -> None:
    """F44: it ends."""
    fails_from_now_on(catalogue, orchards)
    letters()
    for _week in range(10):
        catalogue.advance(days=45)
        catalogue.deliver(lambda deliveries: deliveries * 2)
    assert tier(orchards) == "free"
    assert renewals.standing(orchards).state == renewals.State.OVER
    assert len([subject for subject in subjects() if "ended" in subject]) == 1
    assert counted() == (1, 1)


def test_a_foreign_organizations_invoice_gives_no_year(orchards: Organization, order: Order) -> None:
    from portal import years

    other = order(city="Troy")
    guard = MirroredObject.objects.get(stripe_id=orchards.paid_years.get().invoice_id)
    guard.organization = other.organization
    assert years.add(guard) is None
    assert counted() == (1, 1)

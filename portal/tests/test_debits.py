"""Ways to pay that take days (F41): nothing is given until the bank has said yes, and a no leaves nothing behind."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client

from accounts.models import Organization
from billing import gateway, outbox, reconcile
from billing.tests.buying import at_stripe, tier
from portal import checkout, errors, links, sales
from portal.models import ActivationCode, PaidYear, Receipt, Sale

Order = Callable[..., Sale]
Pay = Callable[..., dict[str, Any]]
FAILS, WORKS = "pm_usBankAccount_insufficientFunds", "pm_usBankAccount_success"


def counted() -> tuple[int, int, int]:
    """Years, receipts and activation codes."""
    receipts = Receipt.objects.filter(kind=Receipt.Kind.RECEIPT)
    return PaidYear.objects.count(), receipts.count(), ActivationCode.objects.count()


@pytest.fixture
def debit(catalogue: Any, pay: Pay) -> Callable[..., dict[str, Any]]:
    """The buyer pays from a bank account, which the page offers as the dashboard is set."""

    def on_page(sale: Sale, account: str) -> dict[str, Any]:
        checkout.open_page(sale)
        with catalogue.sandbox.work() as world:
            session = world.get("checkout.session", Sale.objects.get(pk=sale.pk).session_id)
            session["payment_method_types"] = ["card", "us_bank_account"]
        return pay(sale, account)

    return on_page


@pytest.fixture
def delivered(catalogue: Any, django_capture_on_commit_callbacks: Any) -> Callable[..., None]:
    """Delivers events, and lets what follows their commit happen."""

    def deliver(*how: Any, **where: Any) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            catalogue.deliver(*how, **where)

    return deliver


@pytest.fixture
def refused(order: Order, debit: Any, catalogue: Any, delivered: Any) -> Sale:
    """Hudson Orchards ordered, and its bank said no after days; it was told so."""
    sale = order()
    debit(sale, FAILS)
    delivered()
    catalogue.advance(days=5)
    delivered()
    return Sale.objects.get(pk=sale.pk)


def running(catalogue: Any) -> list[str]:
    return [one["status"] for one in at_stripe(catalogue, "subscription") if one["status"] != "canceled"]


def test_it_gives_a_year_when_it_has_succeeded(
    order: Order, debit: Any, catalogue: Any, client: Client
) -> None:
    """F41: the buyer sees that it is under way, and after days has what was bought."""
    sale = order()
    session = debit(sale, WORKS)
    url = links.success_page(sale, session["id"]).removeprefix("http://127.0.0.1:8000")
    assert "under way" in client.get(url).content.decode()
    catalogue.deliver()
    sale.refresh_from_db()
    assert (session["payment_status"], sale.status, counted()) == ("unpaid", Sale.Status.PENDING, (0, 0, 0))
    with pytest.raises(errors.PaymentUnderWay):
        checkout.open_page(sale)
    catalogue.advance(days=7)
    catalogue.deliver()
    sale.refresh_from_db()
    assert (sale.status, counted()) == (Sale.Status.PAID, (1, 1, 1))
    assert "It is paid" in client.get(url).content.decode()


def test_one_that_is_refused_leaves_nothing_behind_and_is_told_once(
    refused: Sale, catalogue: Any, client: Client, delivered: Any
) -> None:
    """F41, F40: no subscription, no open invoice, no access; a mail with the way to the order."""
    assert (refused.status, counted(), tier(refused.organization)) == (Sale.Status.REFUSED, (0, 0, 0), "free")
    assert not running(catalogue)
    assert {one["status"] for one in at_stripe(catalogue, "invoice")} == {"void"}
    delivered()
    outbox.send_waiting()
    (letter,) = mail.outbox
    assert "did not go through" in letter.subject
    assert links.checkout_page(refused) in letter.body
    page = client.get(links.checkout_page(refused).removeprefix("http://127.0.0.1:8000")).content.decode()
    assert "You can pay in another way" in page
    back = client.get(links.success_page(refused, refused.session_id).removeprefix("http://127.0.0.1:8000"))
    assert back["Location"].startswith("/us/checkout?")


def test_then_a_card_pays_and_there_is_one_plan(
    refused: Sale, pay: Pay, catalogue: Any, delivered: Any
) -> None:
    """F41: paid in another way, once."""
    first = refused.session_id
    pay(refused)
    delivered(lambda deliveries: deliveries * 2)
    refused.refresh_from_db()
    assert (refused.status, counted(), tier(refused.organization)) == (
        Sale.Status.PAID,
        (1, 1, 1),
        "business",
    )
    assert running(catalogue) == ["active"]
    assert refused.session_id != first


def test_the_refusal_before_the_completion_comes_to_the_same(
    order: Order, debit: Any, catalogue: Any, delivered: Any
) -> None:
    """F41, F6."""
    sale = order()
    debit(sale, FAILS)
    catalogue.advance(days=5)
    delivered(lambda deliveries: list(reversed(deliveries)))
    delivered()
    sale.refresh_from_db()
    assert (sale.status, counted(), running(catalogue)) == (Sale.Status.REFUSED, (0, 0, 0), [])


def test_what_stripe_did_not_end_at_once_is_ended_later(
    order: Order, debit: Any, catalogue: Any, delivered: Any
) -> None:
    """F33: Stripe is down when the refusal is told."""
    sale = order()
    debit(sale, FAILS)
    catalogue.advance(days=5)
    catalogue.sandbox.faults.add("error", status=500, path="/v1/invoices/*", times=50)
    delivered()
    assert running(catalogue)
    catalogue.sandbox.faults.clear()
    call_command("file_receipts")
    assert not running(catalogue)
    assert Sale.objects.get(pk=sale.pk).subscription_id == ""


def test_a_refusal_that_no_event_told_of_is_found_by_reconciliation(
    order: Order, debit: Any, catalogue: Any, django_capture_on_commit_callbacks: Any
) -> None:
    """F10: its events are lost for good."""
    sale = order()
    debit(sale, FAILS)
    catalogue.deliver()
    catalogue.advance(days=5)
    catalogue.sandbox.deliveries.drop()
    with django_capture_on_commit_callbacks(execute=True):
        run = reconcile.begin(organization=sale.organization, mends=True)
        reconcile.carry_out(run)
    assert run.differences.filter(kind="debit").count() == 1
    assert not run.differences.left().exists()
    assert Sale.objects.get(pk=sale.pk).status == Sale.Status.REFUSED
    assert not running(catalogue)
    catalogue.deliver()
    again = reconcile.begin(organization=sale.organization, mends=True)
    reconcile.carry_out(again)
    assert not again.differences.exists()


def test_one_that_a_bank_has_not_answered_is_no_difference(order: Order, debit: Any, catalogue: Any) -> None:
    sale = order()
    debit(sale, WORKS)
    catalogue.deliver()
    run = reconcile.begin(organization=sale.organization, mends=True)
    reconcile.carry_out(run)
    assert not run.differences.exists()


def test_while_it_is_tried_again_nothing_else_is_charged(
    order: Order, debit: Any, catalogue: Any, delivered: Any
) -> None:
    """F40, F41: somebody tries the invoice once more at Stripe. That may be paid yet, so no second page is opened."""
    sale = order()
    debit(sale, FAILS)
    catalogue.advance(days=5)
    catalogue.sandbox.faults.add("error", status=500, path="/v1/invoices/*", times=50)
    delivered()
    catalogue.sandbox.faults.clear()
    (invoice,) = at_stripe(catalogue, "invoice")
    account = gateway.customers.attach(invoice["customer"], WORKS, key="again").data["id"]
    gateway.payments.pay(invoice["id"], account, key="pay-again")
    with pytest.raises(errors.PaymentUnderWay):
        checkout.open_page(Sale.objects.get(pk=sale.pk))
    assert running(catalogue)
    catalogue.advance(days=5)
    with pytest.raises(errors.AlreadyPaid):  # even before any event
        checkout.open_page(Sale.objects.get(pk=sale.pk))
    assert len(at_stripe(catalogue, "checkout.session")) == 1
    assert counted() == (1, 1, 1)


def test_a_refused_sale_gives_way_to_one_on_todays_terms(refused: Sale) -> None:
    sales.withdraw(refused)
    refused.refresh_from_db()
    assert refused.status == Sale.Status.WITHDRAWN


def test_one_that_is_under_way_gives_way_to_nothing(
    orchards: Organization, debit: Any, catalogue: Any
) -> None:
    from billing import subscriptions
    from portal.models import StateTaxRate

    subscriptions.cancel(orchards.subscriptions.get(), now=True)
    sale = sales.renew(orchards)
    debit(sale, WORKS)
    catalogue.deliver()
    StateTaxRate.objects.filter(state="NY").update(percentage=5)
    with pytest.raises(errors.PaymentUnderWay):
        sales.renew(orchards)

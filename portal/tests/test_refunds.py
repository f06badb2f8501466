"""Refunds of what the portal sold: a credit note for each that went through, once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import stripe
from django.conf import settings as configured
from django.test import TestCase

from accounts import organizations
from accounts.models import Organization
from billing import catalogue as plans
from billing import subscriptions
from billing.models import StripeInvoice
from portal import receipts, refunds
from portal.models import Receipt, Refund
from portal.tests import papers
from sandbox.transport import InProcessClient

pytestmark = pytest.mark.django_db


@pytest.fixture
def dashboard(catalogue: Any) -> Any:
    return stripe.StripeClient(
        configured.STRIPE_SECRET_KEY, http_client=InProcessClient(catalogue.sandbox)
    ).v1


@pytest.fixture
def receipt(catalogue: Any, card: Callable[..., str], alice: Any) -> Receipt:
    """Hudson Orchards paid for a plan at Stripe, and has its receipt."""
    hudson = organizations.create(alice, "Hudson Orchards")
    premium = plans.find("premium")
    assert premium
    purchase = subscriptions.start(hudson, premium, "year", card())
    catalogue.deliver()
    sale = papers.sale(organization=hudson, subscription_id=purchase.subscription_id)
    return receipts.issue(sale, StripeInvoice.objects.get(subscription_id=purchase.subscription_id))


@pytest.fixture
def give_back(catalogue: Any, dashboard: Any) -> Callable[..., str]:
    """Refunds the newest payment, wholly or in part; returns the refund's id. Nothing is delivered."""

    def refund(organization: Organization, amount: int | None = None) -> str:
        organization.refresh_from_db()
        charge = dashboard.charges.list({"customer": organization.stripe_customer_id}).data[0]
        return dashboard.refunds.create({"charge": charge.id} | ({"amount": amount} if amount else {}))["id"]

    return refund


def deliver(catalogue: Any) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        catalogue.deliver()


def notes() -> list[Receipt]:
    return list(Receipt.objects.filter(kind=Receipt.Kind.CREDIT_NOTE).order_by("number"))


def test_a_refund_gets_one_credit_note_however_often_it_is_told(
    catalogue: Any, receipt: Receipt, give_back: Callable[..., str]
) -> None:
    refund_id = give_back(receipt.organization)
    catalogue.sandbox.deliveries.duplicate(copies=5)
    deliver(catalogue)
    refunds.credit_waiting()
    [note] = notes()
    assert note.stripe_id == refund_id
    assert note.facts["credits"] == receipt.number
    assert note.facts["total"] == receipt.facts["total"]
    assert note.organization == receipt.organization


def test_partial_refunds_get_one_each(
    catalogue: Any, receipt: Receipt, give_back: Callable[..., str]
) -> None:
    for amount in (500, 700):
        give_back(receipt.organization, amount)
        deliver(catalogue)
    assert [note.facts["total"] for note in notes()] == [500, 700]
    assert [note.number[-6:] for note in notes()] == ["000001", "000002"]


def test_what_the_portal_did_not_sell_gets_none(
    catalogue: Any, receipt: Receipt, give_back: Callable[..., str]
) -> None:
    """Once of an organization without sales, once of one with a sale of something else."""
    other = papers.sale(organization=receipt.organization, subscription_id="sub_other")
    receipt.sale.delete()
    give_back(receipt.organization, 500)
    deliver(catalogue)
    assert Refund.objects.get().done
    other.delete()
    give_back(receipt.organization, 500)
    deliver(catalogue)
    assert Refund.objects.count() == 1
    assert notes() == []


def test_a_stripe_that_does_not_answer_is_asked_again_later(
    catalogue: Any, receipt: Receipt, give_back: Callable[..., str]
) -> None:
    give_back(receipt.organization)
    catalogue.sandbox.faults.add("error", status=500, path="/v1/invoice_payments", times=20)
    deliver(catalogue)
    refund = Refund.objects.get()
    assert notes() == []
    assert refund.error
    catalogue.sandbox.faults.clear()
    catalogue.advance(minutes=5)
    assert refunds.credit_waiting() == 1
    assert len(notes()) == 1
    assert refunds.credit_waiting() == 0


def test_a_refund_that_comes_before_the_receipt_waits_for_it(
    catalogue: Any, receipt: Receipt, give_back: Callable[..., str]
) -> None:
    sale, invoice = receipt.sale, StripeInvoice.objects.get(stripe_id=receipt.stripe_id)
    receipt.delete()
    give_back(receipt.organization)
    deliver(catalogue)
    assert notes() == []
    assert Refund.objects.get().error == "NotReceiptedError"
    again = receipts.issue(sale, invoice)
    Refund.objects.update(next_try=invoice.created - timedelta(days=1))
    refunds.credit_waiting()
    assert notes()[0].facts["credits"] == again.number

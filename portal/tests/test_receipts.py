"""Receipts: once for each paid invoice, numbered without a gap, saying what was paid."""

from decimal import Decimal

import pytest
import time_machine
from django.db import transaction

from billing.models import MirroredObject, StripePrice, StripeProduct
from portal import activation, receipts, wording
from portal.models import NumberSeries, Receipt
from portal.tests import at_once, papers

pytestmark = pytest.mark.django_db


def numbers() -> list[str]:
    return sorted(Receipt.objects.filter(kind="receipt").values_list("number", flat=True))


@time_machine.travel("2027-01-15 12:00Z", tick=False)
def test_an_invoice_has_one_receipt_however_often_it_is_issued() -> None:
    sale = papers.sale()
    invoice = papers.invoice(sale)
    first = receipts.issue(sale, invoice)
    assert receipts.issue(sale, invoice) == first
    assert first.number == "2027-000001"
    assert first.filename == "20270115_Hudson Orchards_2027-000001_sale_online.pdf"
    assert NumberSeries.objects.get().last == 1


def test_it_says_what_the_invoice_says_not_what_was_agreed() -> None:
    sale = papers.sale()
    invoice = papers.invoice(sale)
    sale.subtotal, sale.tax, sale.total = 1, 2, 3
    facts = receipts.issue(sale, invoice).facts
    assert (facts["subtotal"], facts["tax"], facts["total"]) == (100_000, 4_000, 104_000)
    assert facts["period"] == [papers.START.isoformat(), papers.END.isoformat()]
    assert facts["invoice"] == "IN_1-0001"


def test_what_was_sold_beside_the_plan_is_named_as_what_it_is() -> None:
    """As staff may add it to a subscription at Stripe."""
    sale = papers.sale()
    invoice = papers.invoice(sale)
    StripeProduct.objects.create(stripe_id="prod_training", name="Training")
    StripePrice.objects.create(
        stripe_id="price_training", product_id="prod_training", currency="usd", created=papers.START
    )
    guard = MirroredObject.objects.get(stripe_id=invoice.stripe_id)
    guard.data["lines"].append({**guard.data["lines"][0], "price": "price_training", "amount": 5_000})
    guard.save()
    receipt = receipts.issue(sale, invoice)
    named = [text.split(",")[0] for text, _amount in wording.of(receipt).lines]
    assert named == ["Open SEC Data Annual", "Training"]


def test_a_renewal_has_a_receipt_of_its_own() -> None:
    sale = papers.sale()
    for stripe_id in ("in_1", "in_2"):
        receipts.issue(sale, papers.invoice(sale, stripe_id))
    assert [number[-6:] for number in numbers()] == ["000001", "000002"]


def test_what_is_rolled_back_leaves_no_gap() -> None:
    sale = papers.sale()
    receipts.issue(sale, papers.invoice(sale, "in_1"))
    lost = papers.invoice(sale, "in_2")
    with transaction.atomic():
        receipts.issue(sale, lost)
        transaction.set_rollback(True)
    receipts.issue(sale, papers.invoice(sale, "in_3"))
    assert [number[-6:] for number in numbers()] == ["000001", "000002"]


def test_every_year_begins_with_one() -> None:
    sale = papers.sale()
    for day, stripe_id in (("2027-12-31 23:59Z", "in_1"), ("2028-01-01 00:00Z", "in_2")):
        with time_machine.travel(day, tick=False):
            receipts.issue(sale, papers.invoice(sale, stripe_id))
    assert numbers() == ["2027-000001", "2028-000001"]


def test_the_order_form_has_no_number_and_bears_the_sale_s_name() -> None:
    sale = papers.sale()
    form = receipts.order_form(sale)
    assert receipts.order_form(sale) == form
    assert (form.number, form.filename) == ("", sale.filename)
    assert any("renews automatically" in paragraph for paragraph in form.facts["agreement"])
    assert not NumberSeries.objects.exists()


def test_credit_notes_have_a_series_of_their_own_and_share_the_tax() -> None:
    sale = papers.sale()
    receipt = receipts.issue(sale, papers.invoice(sale))
    note = receipts.credit(receipt, "re_1", 52_000, "usd")
    assert receipts.credit(receipt, "re_1", 52_000, "usd") == note
    assert note.number == f"CN-{receipt.number}"
    assert (note.facts["subtotal"], note.facts["tax"], note.facts["total"]) == (50_000, 2_000, 52_000)
    assert note.facts["credits"] == receipt.number


def test_the_activation_code_stands_on_it_masked() -> None:
    sale = papers.sale()
    activation.make(sale)
    receipt = receipts.issue(sale, papers.invoice(sale))
    code = activation.reveal(sale)
    assert receipt.facts["code"] == f"****-{code[-4:]}"
    assert code not in str(receipt.facts)


def test_an_exempt_buyer_s_certificate_stands_in_the_place_of_a_rate() -> None:
    sale = papers.sale(exemption="EX-77", tax_percentage=Decimal(4), tax=0, total=100_000)
    facts = receipts.issue(sale, papers.invoice(sale)).facts
    assert (facts["exemption"], facts["tax_percentage"], facts["tax"]) == ("EX-77", None, 0)


@pytest.mark.parametrize("company", ["../../etc/passwd", "果" * 200, "a/b\\c:d\x07e", "...", "\u202eevil"])
def test_whatever_a_company_calls_itself_its_file_has_a_safe_name(company: str) -> None:
    """A14."""
    sale = papers.sale(company)
    name = receipts.issue(sale, papers.invoice(sale)).filename
    assert len(name.encode()) <= 255
    assert not set(name) & set("/\\:\x07\u202e")
    assert ".." not in name
    assert name.endswith("_sale_online.pdf")


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_eight_at_once_get_eight_numbers_without_a_gap() -> None:
    sale = papers.sale()
    invoices = [papers.invoice(sale, f"in_{count}") for count in range(8)]
    outcomes = at_once.run(*(lambda one=one: receipts.issue(sale, one) for one in invoices))
    assert all(isinstance(outcome, Receipt) for outcome in outcomes), outcomes
    assert [number[-6:] for number in numbers()] == [f"{count:06}" for count in range(1, 9)]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_eight_at_once_for_one_invoice_make_one_receipt_and_use_one_number() -> None:
    sale = papers.sale()
    invoice = papers.invoice(sale)
    outcomes = at_once.run(*[lambda: receipts.issue(sale, invoice).pk] * 8)
    assert len(set(outcomes)) == 1, outcomes
    assert NumberSeries.objects.get().last == 1

"""Invoices by hand, their totals and their ways. https://docs.stripe.com/api/invoices"""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from sandbox.testing import Stage

Lines = list[tuple[str, int]]


@pytest.fixture
def customer(stage: Stage, v1: Any) -> Any:
    """A customer with a card."""
    customer = stage.customer()
    method = v1.payment_methods.attach("pm_card_visa", {"customer": customer["id"]})["id"]
    v1.customers.update(customer["id"], {"invoice_settings": {"default_payment_method": method}})
    return customer


def bill(v1: Any, customer: Any, *amounts: int, **params: Any) -> Any:
    """A draft with an item per amount."""
    invoice = v1.invoices.create({"customer": customer["id"], "currency": "usd", **params})
    for amount in amounts:
        v1.invoice_items.create({"customer": customer["id"], "invoice": invoice["id"], "amount": amount})
    return v1.invoices.retrieve(invoice["id"])


def test_a_draft_takes_pending_items_only_if_asked(v1: Any, customer: Any) -> None:
    v1.invoice_items.create({"customer": customer["id"], "amount": 700, "currency": "usd"})
    assert v1.invoices.create({"customer": customer["id"]}).total == 0
    taken = v1.invoices.create({"customer": customer["id"], "pending_invoice_items_behavior": "include"})
    assert (taken.total, taken.status, taken.number) == (700, "draft", None)


def test_an_invoice_goes_from_draft_to_open_to_paid(stage: Stage, v1: Any, customer: Any) -> None:
    draft = bill(v1, customer, 500, 250)
    seen = len(stage.event_types())
    opened = v1.invoices.finalize_invoice(draft["id"])
    assert (opened.status, opened.amount_due, opened.amount_remaining) == ("open", 750, 750)
    assert opened.number == f"{v1.customers.retrieve(customer['id']).invoice_prefix}-0001"
    paid = v1.invoices.pay(draft["id"], {"expand": ["payments"]})
    assert (paid.status, paid.amount_paid, paid.amount_remaining) == ("paid", 750, 0)
    assert [(p.status, p.amount_paid) for p in paid.payments.data] == [("paid", 750)]
    assert stage.event_types()[seen:] == [
        "payment_intent.created",
        "invoice.finalized",
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice.updated",
        "invoice.paid",
        "invoice.payment_succeeded",
        "invoice_payment.paid",
    ]


def test_numbers_run_per_customer(v1: Any, customer: Any) -> None:
    numbers = [v1.invoices.finalize_invoice(bill(v1, customer, 500)["id"]).number for _ in range(3)]
    assert [number.rpartition("-")[2] for number in numbers] == ["0001", "0002", "0003"]


def test_an_advancing_draft_is_finalized_after_an_hour_and_charged(
    stage: Stage, v1: Any, customer: Any
) -> None:
    draft = bill(v1, customer, 500, auto_advance=True)
    assert draft.automatically_finalizes_at == stage.now + 3600
    stage.advance(seconds=3599)
    assert v1.invoices.retrieve(draft["id"]).status == "draft"
    stage.advance(seconds=1)
    assert v1.invoices.retrieve(draft["id"]).status == "paid"


def test_a_decline_is_the_answer_and_the_invoice_stays_open(v1: Any, customer: Any) -> None:
    invoice = v1.invoices.finalize_invoice(bill(v1, customer, 500)["id"])
    with pytest.raises(stripe.CardError) as refused:
        v1.invoices.pay(invoice["id"], {"payment_method": "pm_card_chargeCustomerFail"})
    assert refused.value.code == "card_declined"
    after = v1.invoices.retrieve(invoice["id"])
    assert (after.status, after.attempted, after.attempt_count) == ("open", True, 1)
    assert v1.invoices.pay(invoice["id"], {"payment_method": "pm_card_visa"}).status == "paid"


def test_paying_twice_is_refused(v1: Any, customer: Any) -> None:
    invoice = v1.invoices.pay(bill(v1, customer, 500)["id"])
    with pytest.raises(stripe.InvalidRequestError, match="Invoice is already paid"):
        v1.invoices.pay(invoice["id"])


def test_money_from_elsewhere_settles_it_without_a_charge(v1: Any, customer: Any) -> None:
    invoice = v1.invoices.pay(bill(v1, customer, 500)["id"], {"paid_out_of_band": True})
    assert (invoice.status, invoice.amount_paid, invoice.amount_paid_off_stripe) == ("paid", 500, 500)
    assert v1.charges.list({"customer": customer["id"]}).data == []


def test_a_void_invoice_gives_the_balance_back(v1: Any, customer: Any) -> None:
    v1.customers.update(customer["id"], {"balance": -300})
    invoice = v1.invoices.finalize_invoice(bill(v1, customer, 500)["id"])
    assert (invoice.starting_balance, invoice.ending_balance, invoice.amount_due) == (-300, 0, 200)
    assert v1.customers.retrieve(customer["id"]).balance == 0
    assert v1.invoices.void_invoice(invoice["id"]).status == "void"
    assert v1.customers.retrieve(customer["id"]).balance == -300


def test_a_credit_larger_than_the_total_pays_it_and_the_rest_stays(v1: Any, customer: Any) -> None:
    v1.customers.update(customer["id"], {"balance": -800})
    invoice = v1.invoices.finalize_invoice(bill(v1, customer, 500)["id"])
    assert (invoice.status, invoice.amount_due, invoice.amount_paid) == ("paid", 0, 0)
    assert v1.customers.retrieve(customer["id"]).balance == -300


def test_what_is_too_little_to_charge_goes_to_the_balance(v1: Any, customer: Any) -> None:
    invoice = v1.invoices.finalize_invoice(bill(v1, customer, 49)["id"])
    assert (invoice.status, invoice.ending_balance) == ("paid", 49)
    assert v1.invoices.finalize_invoice(bill(v1, customer, 500)["id"]).amount_due == 549


def test_a_negative_total_becomes_credit(v1: Any, customer: Any) -> None:
    invoice = v1.invoices.finalize_invoice(bill(v1, customer, -400)["id"])
    assert (invoice.status, invoice.total, invoice.ending_balance) == ("paid", -400, -400)


def test_written_off_it_may_still_be_paid(v1: Any, customer: Any) -> None:
    invoice = v1.invoices.finalize_invoice(bill(v1, customer, 500)["id"])
    assert v1.invoices.mark_uncollectible(invoice["id"]).status == "uncollectible"
    assert v1.invoices.pay(invoice["id"]).status == "paid"


def test_only_drafts_are_deleted_and_their_items_wait_again(v1: Any, customer: Any) -> None:
    draft = bill(v1, customer, 500)
    assert v1.invoices.delete(draft["id"]).deleted
    pending = v1.invoice_items.list({"customer": customer["id"], "pending": True}).data
    assert [item.amount for item in pending] == [500]
    opened = v1.invoices.finalize_invoice(bill(v1, customer, 500)["id"])
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.invoices.delete(opened["id"])
    assert refused.value.code == "invoice_not_editable"


def test_a_final_invoice_keeps_its_words(v1: Any, customer: Any) -> None:
    invoice = v1.invoices.finalize_invoice(bill(v1, customer, 500)["id"])
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.invoices.update(invoice["id"], {"description": "other"})
    assert (refused.value.code, refused.value.param) == ("invoice_not_editable", "description")
    assert v1.invoices.update(invoice["id"], {"metadata": {"a": "b"}}).metadata["a"] == "b"


def test_a_sent_invoice_has_a_due_date_and_falls_overdue(stage: Stage, v1: Any, customer: Any) -> None:
    draft = bill(v1, customer, 500, collection_method="send_invoice", days_until_due=10)
    sent = v1.invoices.send_invoice(draft["id"])
    assert (sent.status, sent.due_date) == ("open", stage.now + 10 * 86400)
    stage.advance(days=10)
    assert stage.event_types()[-1] == "invoice.overdue"


def test_more_than_ten_lines_are_paged(v1: Any, customer: Any) -> None:
    draft = bill(v1, customer, *range(100, 112))
    assert (len(draft.lines.data), draft.lines.has_more) == (10, True)
    rest = v1.invoices.line_items.list(draft["id"], {"starting_after": draft.lines.data[-1].id})
    assert [line.amount for line in rest.data] == [110, 111]


@pytest.mark.parametrize(
    ("rates", "taxes", "total", "net"),
    [
        ([("exclusive", 8.875)], [178], 2178, 2000),
        ([("inclusive", 19)], [319], 2000, 1681),
        ([("exclusive", 5), ("exclusive", 9.975)], [100, 200], 2300, 2000),
        ([("inclusive", 10), ("inclusive", 5)], [174, 87], 2000, 1739),
        ([("inclusive", 20), ("exclusive", 5)], [333, 83], 2083, 1667),
    ],
)
def test_taxes_are_added_or_contained_and_rounded_half_up(
    v1: Any, customer: Any, rates: list[tuple[str, float]], taxes: list[int], total: int, net: int
) -> None:
    """https://docs.stripe.com/tax/tax-rates#inclusive-vs-exclusive-tax"""
    made = [
        v1.tax_rates.create(
            {"display_name": "Tax", "percentage": percentage, "inclusive": kind == "inclusive"}
        )["id"]
        for kind, percentage in rates
    ]
    invoice = bill(v1, customer, 2000, default_tax_rates=made)
    assert [tax.amount for tax in invoice.total_taxes] == taxes
    assert (invoice.total, invoice.total_excluding_tax) == (total, net)


@pytest.mark.parametrize(("exempt", "reason"), [("exempt", "customer_exempt"), ("reverse", "reverse_charge")])
def test_an_exempt_customer_pays_no_tax(v1: Any, customer: Any, exempt: str, reason: str) -> None:
    rate = v1.tax_rates.create({"display_name": "VAT", "percentage": 19, "inclusive": False})["id"]
    v1.customers.update(customer["id"], {"tax_exempt": exempt})
    invoice = bill(v1, customer, 2000, default_tax_rates=[rate])
    assert [(tax.amount, tax.taxability_reason) for tax in invoice.total_taxes] == [(0, reason)]
    assert invoice.total == 2000


def test_a_fixed_coupon_is_spread_over_the_lines_to_the_cent(v1: Any, customer: Any) -> None:
    coupon = v1.coupons.create({"amount_off": 1000, "currency": "usd", "duration": "once"})["id"]
    invoice = bill(v1, customer, 1001, 1000, 999, discounts=[{"coupon": coupon}])
    assert [line.discount_amounts[0].amount for line in invoice.lines.data] == [334, 333, 333]
    assert (invoice.subtotal, invoice.total) == (3000, 2000)


def test_discounts_come_before_taxes(v1: Any, customer: Any) -> None:
    coupon = v1.coupons.create({"percent_off": 25, "duration": "once"})["id"]
    rate = v1.tax_rates.create({"display_name": "Sales tax", "percentage": 8.875, "inclusive": False})["id"]
    invoice = bill(v1, customer, 6000, discounts=[{"coupon": coupon}], default_tax_rates=[rate])
    assert (invoice.subtotal, invoice.total_taxes[0].taxable_amount, invoice.total) == (6000, 4500, 4899)


def test_an_item_on_a_draft_can_be_changed_and_taken_away(v1: Any, customer: Any) -> None:
    draft = bill(v1, customer, 500, 250)
    first, second = reversed(v1.invoice_items.list({"invoice": draft["id"]}).data)
    v1.invoice_items.update(first["id"], {"amount": 600})
    assert v1.invoices.retrieve(draft["id"]).total == 850
    v1.invoice_items.delete(second["id"])
    assert v1.invoices.retrieve(draft["id"]).total == 600


def test_invoices_are_found_by_customer_status_and_subscription(stage: Stage, v1: Any, customer: Any) -> None:
    subscription = v1.subscriptions.create(
        {"customer": customer["id"], "items": [{"price": stage.price()["id"]}]}
    )
    bill(v1, customer, 500)
    assert len(v1.invoices.list({"customer": customer["id"]}).data) == 2
    assert [i.total for i in v1.invoices.list({"status": "draft"}).data] == [500]
    assert [i.total for i in v1.invoices.list({"subscription": subscription["id"]}).data] == [2000]


def test_what_is_not_played_says_so(v1: Any, customer: Any) -> None:
    with pytest.raises(stripe.APIError, match="The sandbox does not do this") as refused:
        v1.invoices.create({"customer": customer["id"], "on_behalf_of": "acct_1"})
    assert refused.value.http_status == 501

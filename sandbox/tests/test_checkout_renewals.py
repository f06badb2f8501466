"""What the Checkout page says a subscription renews at is what its invoices come to."""

from __future__ import annotations

import re
from html import unescape
from typing import Any, NamedTuple

import pytest

from sandbox.testing import Stage
from sandbox.tests.selling import complete, sell


class Case(NamedTuple):
    """What is sold, what the page says of it, and the totals of the first invoices."""

    said: str
    totals: list[int]
    line: dict[str, Any] = {}
    session: dict[str, Any] = {}
    coupon: dict[str, Any] = {}


SALES_TAX, VAT = "sales tax of 8.875 %, added", "VAT of 25 %, within"
RENEWS = "Renews automatically: {}, until you cancel."
CASES = {
    "no tax": Case(RENEWS.format("$20.00 per month"), [2000, 2000]),
    "tax that is added": Case(
        RENEWS.format("$21.78 per month, tax included"), [2178, 2178], {"tax_rates": [SALES_TAX]}
    ),
    "tax that is within": Case(
        RENEWS.format("$20.00 per month, tax included"), [2000, 2000], {"tax_rates": [VAT]}
    ),
    "tax on several": Case(
        RENEWS.format("$65.33 per month, tax included"),
        [6533, 6533],
        {"tax_rates": [SALES_TAX], "quantity": 3},
    ),
    "the subscription's tax": Case(
        RENEWS.format("$21.78 per month, tax included"),
        [2178, 2178],
        session={"subscription_data": {"default_tax_rates": [SALES_TAX]}},
    ),
    "a customer who pays none": Case(
        RENEWS.format("$20.00 per month"), [2000, 2000], {"tax_rates": [SALES_TAX]}, {"customer": "exempt"}
    ),
    "after a trial": Case(
        "14 days free. Then $21.78 per month, tax included, starting 15 January 2027.",
        [0, 2178],
        {"tax_rates": [SALES_TAX]},
        {"subscription_data": {"trial_period_days": 14}},
    ),
    "a discount once": Case(
        RENEWS.format("$21.78 per month, tax included"),
        [1633, 2178],
        {"tax_rates": [SALES_TAX]},
        coupon={"duration": "once"},
    ),
    "a discount for ever": Case(
        RENEWS.format("$16.33 per month, tax included"),
        [1633, 1633],
        {"tax_rates": [SALES_TAX]},
        coupon={"duration": "forever"},
    ),
    "a discount for two months": Case(
        RENEWS.format("$16.33 per month until 1 March 2027, then $21.78 per month, tax included"),
        [1633, 1633, 2178],
        {"tax_rates": [SALES_TAX]},
        coupon={"duration": "repeating", "duration_in_months": 2},
    ),
    "a discount that is over by then": Case(
        RENEWS.format("$20.00 per month"),
        [1500, 2000],
        coupon={"duration": "repeating", "duration_in_months": 1},
    ),
}


def open_session(stage: Stage, case: Case, **params: Any) -> Any:
    """With the tax rates that are named made, and the coupon."""
    v1 = stage.client.v1
    rates = {
        SALES_TAX: {"display_name": "Sales tax", "percentage": 8.875, "inclusive": False},
        VAT: {"display_name": "VAT", "percentage": 25, "inclusive": True},
    }

    def make(given: dict[str, Any], name: str) -> dict[str, Any]:
        ids = [v1.tax_rates.create(rates[rate])["id"] for rate in given.get(name, ())]  # type: ignore[arg-type]
        return given | ({name: ids} if ids else {})

    session = dict(case.session)
    if "customer" in session:
        session["customer"] = stage.customer(tax_exempt=session["customer"])["id"]
    if "subscription_data" in session:
        session["subscription_data"] = make(session["subscription_data"], "default_tax_rates")
    if case.coupon:
        coupon = v1.coupons.create({"percent_off": 25, **case.coupon})  # type: ignore[typeddict-item]
        session["discounts"] = [{"coupon": coupon["id"]}]
    line = {"price": stage.price()["id"], "quantity": 1, **make(case.line, "tax_rates")}
    return sell(stage, "", "subscription", line_items=[line], **session, **params)


def words(ask: Any, session: Any) -> str:
    """The page's text in one line."""
    shown = ask("GET", f"/c/pay/{session['id']}", key=None).body.decode()
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", shown)))


@pytest.mark.parametrize("name", CASES)
def test_what_is_said_is_charged(stage: Stage, v1: Any, ask: Any, name: str) -> None:
    case = CASES[name]
    session = open_session(stage, case)
    assert case.said in words(ask, session)
    bought = complete(stage, session["id"])
    stage.advance(days=31 * (len(case.totals) - 1) + 0.5)
    invoices = v1.invoices.list({"subscription": bought["subscription"]}).data
    assert [invoice["total"] for invoice in reversed(invoices)] == case.totals


def test_the_terms_name_the_same_amount(stage: Stage, ask: Any) -> None:
    said = words(ask, open_session(stage, CASES["tax that is added"]))
    assert "this and future payments ($21.78 per month, tax included) until you cancel." in said


def test_what_is_paid_once_does_not_renew(stage: Stage, ask: Any) -> None:
    single = stage.price(700, interval=None)["id"]
    rate = stage.client.v1.tax_rates.create({"display_name": "Tax", "percentage": 10, "inclusive": False})[
        "id"
    ]
    items = [{"price": price, "quantity": 1, "tax_rates": [rate]} for price in (stage.price()["id"], single)]
    said = words(ask, sell(stage, "", "subscription", line_items=items))
    assert "Renews automatically: $22.00 per month, tax included, until you cancel." in said
    assert "Total due today $29.70" in said


def test_each_interval_has_its_amount(stage: Stage, ask: Any) -> None:
    prices = [stage.price(amount, interval)["id"] for amount, interval in ((2000, "month"), (9000, "year"))]
    said = words(
        ask, sell(stage, "", "subscription", line_items=[{"price": one, "quantity": 2} for one in prices])
    )
    assert "Renews automatically: $40.00 per month and $180.00 per year, until you cancel." in said


def test_chinese_readers_are_told_too(stage: Stage, ask: Any) -> None:
    said = words(ask, open_session(stage, CASES["a discount for two months"], locale="zh"))
    assert "自动续订：2027年3月1日前每月 US$16.33，之后每月 US$21.78（含税），直至您取消。" in said

"""The invoice's page in a real browser: look, pay, download."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from sandbox.server import Server
from sandbox.testing import Stage

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def invoice(stage: Stage, server: Server) -> Any:
    """An open invoice that was sent to Alice."""
    client, customer = stage.client.v1, stage.customer(name="Alice")["id"]
    draft = client.invoices.create(
        {"customer": customer, "collection_method": "send_invoice", "days_until_due": 30}
    )
    client.invoice_items.create(
        {
            "customer": customer,
            "invoice": draft["id"],
            "amount": 4500,
            "currency": "usd",
            "description": "Set-up",
        }
    )
    return client.invoices.finalize_invoice(draft["id"])


def type_card(page: Any, number: str) -> None:
    page.locator("[name=number]").fill(number)
    page.locator("[name=expiry]").fill("12 / 34")
    page.locator("[name=cvc]").fill("123")
    page.locator("[name=postalCode]").fill("94103")
    page.get_by_role("button", name="Pay $45.00").click()


def test_an_invoice_shows_its_lines_and_is_paid(page: Any, stage: Stage, invoice: Any) -> None:
    page.goto(invoice["hosted_invoice_url"])
    shown = page.locator("main").inner_text()
    assert "Set-up" in shown
    assert "This invoice is not paid yet." in shown
    assert "31 January 2027" in shown
    type_card(page, "4242424242424242")
    page.get_by_text("This invoice is paid.").wait_for()
    assert stage.client.v1.invoices.retrieve(invoice["id"])["status"] == "paid"
    assert not page.complaints


def test_a_declined_card_leaves_the_invoice_open(page: Any, stage: Stage, invoice: Any) -> None:
    page.goto(invoice["hosted_invoice_url"])
    type_card(page, "4000000000000002")
    expect(page.get_by_role("alert")).to_have_text("Your card was declined.", use_inner_text=True)
    assert stage.client.v1.invoices.retrieve(invoice["id"])["status"] == "open"


def test_a_card_that_wants_authentication_comes_back_to_the_invoice(
    page: Any, stage: Stage, invoice: Any
) -> None:
    page.goto(invoice["hosted_invoice_url"])
    type_card(page, "4000002760003184")
    page.get_by_role("button", name="Complete authentication").click()
    page.get_by_text("This invoice is paid.").wait_for()
    assert stage.client.v1.invoices.retrieve(invoice["id"])["status"] == "paid"


def test_a_failed_authentication_is_said_on_the_invoice(page: Any, stage: Stage, invoice: Any) -> None:
    page.goto(invoice["hosted_invoice_url"])
    type_card(page, "4000002760003184")
    page.get_by_role("button", name="Fail authentication").click()
    expect(page.get_by_role("alert")).to_contain_text("unable to authenticate", use_inner_text=True)
    assert stage.client.v1.invoices.retrieve(invoice["id"])["status"] == "open"


def test_the_pdf_is_one_click_away(page: Any, invoice: Any) -> None:
    page.goto(invoice["hosted_invoice_url"])
    link = page.get_by_role("link", name="Download as PDF").get_attribute("href")
    assert invoice["invoice_pdf"].endswith(link)

"""The PDF writer, and invoices in it. Files are read back by their own cross-reference table."""

from __future__ import annotations

import re
from typing import Any

import pytest

from sandbox.pages import pdf
from sandbox.routing import Response
from sandbox.testing import Stage


def read_objects(body: bytes) -> list[bytes]:
    """Every object, found as a reader finds it: by the offset in the table at the end."""
    start = int(re.search(rb"startxref\n(\d+)\n%%EOF\n$", body)[1])
    assert body[start : start + 4] == b"xref"
    count = int(re.match(rb"xref\n0 (\d+)\n", body[start:])[1])
    offsets = [int(offset) for offset in re.findall(rb"(\d{10}) 00000 n ", body[start:])]
    assert len(offsets) == count - 1
    for number, offset in enumerate(offsets, 1):
        assert body[offset:].startswith(b"%d 0 obj\n" % number)
    return [body[offset : body.index(b"endobj", offset)] for offset in offsets]


def read_texts(body: bytes) -> list[str]:
    found = re.findall(rb"Td \((.*)\) Tj", body)
    return [
        text.replace(b"\\(", b"(").replace(b"\\)", b")").replace(b"\\\\", b"\\").decode("cp1252")
        for text in found
    ]


def test_a_document_can_be_read_back() -> None:
    document = pdf.Document("A (title)")
    document.text(50, 50, "One (1) \\ €5")
    document.line(50, 100, 60)
    document.begin_page()
    document.text(50, 50, "Two")
    objects = read_objects(document.to_bytes())
    assert b"/Count 2" in objects[1]
    assert sum(b"/Type /Page " in one for one in objects) == 2
    assert read_texts(document.to_bytes()) == ["One (1) \\ €5", "Two"]


def test_streams_are_as_long_as_they_say() -> None:
    document = pdf.Document("x")
    document.text(50, 50, "Some text")
    for one in read_objects(document.to_bytes()):
        if match := re.search(rb"/Length (\d+) >>\nstream\n(.*)\nendstream", one, re.DOTALL):
            assert len(match[2]) == int(match[1])


def test_letters_that_the_font_lacks_become_question_marks() -> None:
    document = pdf.Document("x")
    document.text(50, 50, "价格 10")
    assert read_texts(document.to_bytes()) == ["?? 10"]


def test_long_text_is_cut_to_its_width() -> None:
    assert pdf.fit("Premium", 10, 200) == "Premium"
    cut = pdf.fit("A very long description of what was sold " * 3, 10, 200)
    assert cut.endswith("...")
    assert pdf.width_of(cut, 10) <= 200


# -- invoices --------------------------------------------------------------------------------------------------------


@pytest.fixture
def invoice(stage: Stage) -> Any:
    """A paid invoice of a subscription."""
    customer = stage.customer(name="Alice")
    client = stage.client.v1
    method = client.payment_methods.attach("pm_card_visa", {"customer": customer["id"]})
    subscription = client.subscriptions.create(
        {
            "customer": customer["id"],
            "items": [{"price": stage.price()["id"]}],
            "default_payment_method": method["id"],
            "expand": ["latest_invoice"],
        }
    )
    return subscription["latest_invoice"]


def fetch(stage: Stage, url: str) -> Response:
    return stage.sandbox.handle("GET", url.removeprefix(stage.sandbox.base_url), {})


def test_an_invoices_pdf_holds_its_number_lines_and_total(stage: Stage, invoice: Any) -> None:
    answer = fetch(stage, invoice["invoice_pdf"])
    assert answer.headers["Content-Type"] == "application/pdf"
    texts = read_texts(answer.body)
    assert read_objects(answer.body)
    assert {invoice["number"], "Alice", "$20.00", "Amount due", "$0.00"} <= set(texts)
    assert any("Premium" in text for text in texts)
    assert "Test double: this is not Stripe, no money moves." in texts


def test_an_invoice_of_many_lines_goes_over_several_pages(stage: Stage) -> None:
    client, customer = stage.client.v1, stage.customer()["id"]
    draft = client.invoices.create(
        {"customer": customer, "collection_method": "send_invoice", "days_until_due": 30}
    )
    for number in range(40):
        client.invoice_items.create(
            {
                "customer": customer,
                "invoice": draft["id"],
                "amount": 100,
                "currency": "usd",
                "description": f"Line {number}",
            }
        )
    final = client.invoices.finalize_invoice(draft["id"])
    texts = read_texts(fetch(stage, final["invoice_pdf"]).body)
    objects = read_objects(fetch(stage, final["invoice_pdf"]).body)
    assert sum(b"/Type /Page " in one for one in objects) > 1
    assert [text for text in texts if text.startswith("Line ")] == [f"Line {number}" for number in range(40)]


def test_an_invoice_opens_by_its_token_only(stage: Stage, invoice: Any) -> None:
    url = invoice["hosted_invoice_url"].removeprefix(stage.sandbox.base_url)
    assert stage.sandbox.handle("GET", url, {}).status == 200
    assert stage.sandbox.handle("GET", f"/i/{invoice['id']}/guess", {}).status == 404
    assert stage.sandbox.handle("GET", f"/i/{invoice['id']}/guess/pdf", {}).status == 404

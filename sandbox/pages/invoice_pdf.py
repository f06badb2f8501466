"""An invoice as a PDF, from the same lines and sums as its page."""

from __future__ import annotations

from collections.abc import Sequence

from sandbox.pages import layout, names, pdf
from sandbox.pages.pdf import Document
from sandbox.store import Record

LEFT, RIGHT, BOTTOM = 56, 539, 770
Rows = Sequence[dict[str, str]]


def write(invoice: Record, account: str, lines: Rows, sums: Rows) -> bytes:
    document = Document(f"Invoice {invoice['number'] or 'draft'}")
    y = _head(document, invoice, account)
    y = _lines(document, lines, y)
    _sums(document, sums, y)
    return document.to_bytes()


def _head(document: Document, invoice: Record, account: str) -> float:
    document.text(LEFT, 50, layout.NOTICE, size=9, grey=0.4)
    document.text(LEFT, 90, "Invoice", size=22, bold=True)
    document.text(RIGHT, 90, account, size=12, bold=True, right=True)
    y = 120.0
    facts = [
        ("Number", invoice["number"] or "draft"),
        ("Date", names.of_day(invoice["effective_at"] or invoice["created"])),
        ("Due", names.of_day(invoice["due_date"]) if invoice["due_date"] else ""),
        ("Status", invoice["status"]),
        ("Bill to", invoice["customer_name"] or ""),
        ("", invoice["customer_email"] or ""),
        *(("", part) for part in _address(invoice["customer_address"])),
    ]
    for label, value in facts:
        if not value:
            continue
        document.text(LEFT, y, label, grey=0.4)
        document.text(LEFT + 70, y, value)
        y += 16
    return y + 20


def _address(address: Record | None) -> list[str]:
    held = address or {}
    town = " ".join(held[name] for name in ("postal_code", "city", "state") if held.get(name))
    return [part for part in (held.get("line1"), held.get("line2"), town, held.get("country")) if part]


def _lines(document: Document, lines: Rows, y: float) -> float:
    document.text(LEFT, y, "Description", size=9, grey=0.4)
    document.text(430, y, "Quantity", size=9, grey=0.4, right=True)
    document.text(RIGHT, y, "Amount", size=9, grey=0.4, right=True)
    document.line(LEFT, RIGHT, y + 6)
    y += 24
    for line in lines:
        if y > BOTTOM:
            document.begin_page()
            y = 70
        document.text(LEFT, y, pdf.fit(line["description"], 10, 330))
        document.text(430, y, line["quantity"], right=True)
        document.text(RIGHT, y, line["amount"], right=True)
        document.text(LEFT, y + 13, line["period"], size=8, grey=0.4)
        y += 34
    return y


def _sums(document: Document, sums: Rows, y: float) -> None:
    if y + 18 * len(sums) > BOTTOM + 40:
        document.begin_page()
        y = 70
    document.line(LEFT, RIGHT, y - 14)
    for row in sums:
        last = row is sums[-1]
        document.text(430, y + 4, row["label"], bold=last, right=True)
        document.text(RIGHT, y + 4, row["amount"], bold=last, right=True)
        y += 18

"""The PDF: what can be read in it, that nothing in it acts, and that it is the same each time."""

import subprocess
import sys
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from portal import filing, receipts
from portal.models import Receipt
from portal.tests import papers

pytestmark = pytest.mark.django_db

WICKED = '<img src="file:///etc/passwd"> [x](http://evil.example) **b** {{ 7 }} \u202etxt\n\x07</b>'


def text_of(content: bytes) -> str:
    """pypdf reads the two bytes of a sign as two; the first is a NUL."""
    pages = PdfReader(BytesIO(content)).pages
    return "\n".join(page.extract_text() for page in pages).replace("\0", "")


def issued(**fields: Any) -> Receipt:
    sale = papers.sale(**fields)
    return receipts.issue(sale, papers.invoice(sale))


def test_the_total_of_a_new_york_company_is_1040_dollars() -> None:
    receipt = issued()
    text = text_of(filing.draw(receipt))
    for words in (
        "Receipt",
        receipt.number,
        "Hudson Orchards",
        "Hudson, NY 12534",
        "Sales tax (4%)",
        "$40.00",
        "$1,040.00",
        "Jan. 15, 2027 to Jan. 15, 2028",
        "Service agreement",
        "It renews automatically",
    ):
        assert words in text, words


def test_chinese_is_right() -> None:
    text = text_of(filing.draw(issued(company="哈德逊果园有限公司", language="zh-hans")))
    for words in (
        "收据",
        "哈德逊果园有限公司",
        "2027年1月15日",
        "US$1,040.00",
        "美国",
        "销售税（4%）",
        "服务协议",
    ):
        assert words in text, words


def test_chinese_is_broken_into_lines_where_chinese_readers_expect_it() -> None:
    lines = text_of(filing.draw(issued(company="哈德逊果园有限公司", language="zh-hans"))).splitlines()
    first = next(line for line in lines if line.startswith("我们通过互联网向您提供"))
    assert "Open SEC Data 年度套餐，其功能" in first, "it goes on beyond the spaces of the English name"
    assert len(first) > 40
    assert not [line for line in lines if line.startswith(("，", "。", "；", "）", "”"))]


def test_an_order_form_says_that_it_is_no_receipt() -> None:
    text = text_of(filing.draw(receipts.order_form(papers.sale())))
    assert "This is not a receipt" in text
    assert "renews automatically" in text


def test_tax_that_stripe_still_works_out_is_said_to_be_so() -> None:
    sale = papers.sale(tax_percentage=None, tax=None, total=None)
    text = text_of(filing.draw(receipts.order_form(sale)))
    assert "worked out at payment" in text
    assert "$1,000.00 plus tax" in text


def test_a_name_is_text_and_nothing_else() -> None:
    """A19, A20."""
    sale = papers.sale()
    sale.company = sale.contact = sale.line1 = WICKED
    content = filing.draw(receipts.issue(sale, papers.invoice(sale)))
    text = text_of(content)
    assert '<img src="file:///etc/passwd"> [x](http://evil.example) **b** {{ 7 }}' in text.replace("\n", " ")
    assert "\u202e" not in text
    assert "root:" not in text


def test_nothing_in_it_acts_or_was_fetched() -> None:
    """A20. Sockets to other machines fail the test by themselves."""
    sale = papers.sale()
    sale.company = WICKED
    content = filing.draw(receipts.issue(sale, papers.invoice(sale)))
    for name in (b"/URI", b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/Annots", b"/XObject <</"):
        assert name not in content, name


def test_a_long_name_and_many_lines_go_on_to_further_pages() -> None:
    receipt = issued(company="Orchard " * 24)
    receipt.facts["lines"] = receipt.facts["lines"] * 60
    content = filing.draw(receipt)
    assert len(PdfReader(BytesIO(content)).pages) >= 4
    assert text_of(content).count("$1,000.00") == 61


def test_the_same_receipt_gives_the_same_bytes() -> None:
    receipt = issued()
    once = filing.draw(receipt)
    receipt.refresh_from_db()
    assert filing.draw(receipt) == once


@pytest.mark.slow
def test_the_bytes_do_not_hang_on_the_process() -> None:
    """Nor on the order of a set, which is another in each."""
    code = (
        "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'config.tests.settings'; django.setup()\n"
        "import hashlib; from datetime import UTC, datetime; from portal.paper import Sheet\n"
        "sheet = Sheet('foot'); sheet.set_creation_date(datetime(2027, 1, 15, tzinfo=UTC)); sheet.add_page()\n"
        "sheet.write_text('Hudson Orchards 哈德逊果园有限公司', bold=True)\n"
        "print(hashlib.sha256(bytes(sheet.output())).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ".", "PATH": ""},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1

"""/filings/export.csv"""

import csv
from io import StringIO

import pytest
from django.http import StreamingHttpResponse

from filings.models import Company

URL = "/filings/export.csv"


def rows(answer) -> list[dict[str, str]]:
    assert answer.status_code == 200
    return list(csv.DictReader(StringIO(answer.getvalue().decode())))


def test_premium_takes_the_whole_search_along(alice, signed_in, all_filings):
    answer = signed_in(alice).get(URL, {"company": "steel", "ordering": "filed"})
    assert isinstance(answer, StreamingHttpResponse)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="filings.csv"'
    assert rows(answer) == [
        {
            "accession": "0000000111-25-000001",
            "cik": "0000000111",
            "company": "Harrow Steel Corp.",
            "ticker": "HRRW",
            "form_type": "10-K",
            "filed": "2025-03-03",
            "period_end": "2024-12-31",
            "revenue_cents": "100000000000",
            "net_income_cents": "4000000000",
            "assets_cents": "300000000000",
        },
        {
            "accession": "0000000111-26-000001",
            "cik": "0000000111",
            "company": "Harrow Steel Corp.",
            "ticker": "HRRW",
            "form_type": "10-K",
            "filed": "2026-03-02",
            "period_end": "2025-12-31",
            "revenue_cents": "123456700000",
            "net_income_cents": "-5000000000",
            "assets_cents": "300000000000",
        },
    ]


@pytest.mark.parametrize(
    "name",
    ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "＋1", "－1", "＠1"],
)
def test_no_name_becomes_a_formula_in_a_spreadsheet(alice, signed_in, annual, name):
    Company.objects.update(name=name)
    assert rows(signed_in(alice).get(URL))[0]["company"] == f"'{name}"


@pytest.mark.parametrize("name", ['Quote " Co.', "Comma, Inc.", "Line\nbreak", "钢铁", "A=B", "Profit-Share"])
def test_every_other_name_comes_out_as_it_is(alice, signed_in, annual, name):
    Company.objects.update(name=name)
    assert rows(signed_in(alice).get(URL))[0]["company"] == name


def test_a_loss_stays_a_number(alice, signed_in, annual):
    assert int(rows(signed_in(alice).get(URL))[0]["net_income_cents"]) == -5_000_000_000


def test_a_search_that_makes_no_sense_is_no_file(alice, signed_in, all_filings):
    answer = signed_in(alice).get(URL, {"filed_after": "x"})
    assert answer.status_code == 400
    assert "Give a day as 2026-09-30." in answer.content.decode()


@pytest.mark.parametrize("visitor", ["guest", "bob", "charlie"])
def test_others_see_the_way_in_and_no_row(request, client, signed_in, all_filings, visitor):
    browser = client if visitor == "guest" else signed_in(request.getfixturevalue(visitor))
    answer = browser.get(URL, {"company": "steel"})
    shown = answer.content.decode()
    assert answer.status_code == 402
    assert "Harrow" not in shown
    assert 'href="/pricing/"' in shown
    assert 'href="/filings/?company=steel"' in shown


def test_the_rows_are_read_in_one_query(alice, signed_in, all_filings, django_assert_num_queries):
    client = signed_in(alice)
    with django_assert_num_queries(3):  # session, user with organization, filings with companies
        assert len(rows(client.get(URL))) == 3

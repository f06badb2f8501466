"""GET /api/filings/"""

import pytest
from django.test import Client

from filings.models import Company, Filing

URL = "/api/filings/"


def accessions(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [filing["accession"] for filing in answer.json()["results"]]


def test_a_guest_sees_all_filings_newest_first(client, all_filings):
    assert accessions(client.get(URL)) == [filing.accession for filing in all_filings]


def test_a_filing_has_its_company_and_its_figures_in_cents(client, annual):
    assert client.get(URL).json() == {
        "results": [
            {
                "accession": "0000000111-26-000001",
                "form_type": "10-K",
                "filed": "2026-03-02",
                "period_end": "2025-12-31",
                "company": {
                    "cik": "0000000111",
                    "name": "Harrow Steel Corp.",
                    "ticker": "HRRW",
                    "industry": "Steel",
                    "state": "PA",
                },
                "revenue_cents": 123_456_700_000,
                "net_income_cents": -5_000_000_000,
                "assets_cents": 300_000_000_000,
            }
        ],
        "next": None,
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"cik": "222"}, ["0000000222-26-000001"]),
        ({"cik": "0000000222"}, ["0000000222-26-000001"]),
        ({"company": "steel"}, ["0000000111-26-000001", "0000000111-25-000001"]),
        ({"form_type": "8-K"}, ["0000000222-26-000001"]),
        ({"filed_after": "2026-03-02"}, ["0000000222-26-000001", "0000000111-26-000001"]),
        ({"filed_before": "2025-03-03"}, ["0000000111-25-000001"]),
        ({"filed_after": "2025-03-03", "filed_before": "2025-03-03"}, ["0000000111-25-000001"]),
        ({"company": "steel", "form_type": "8-K"}, []),
        ({"company": "%"}, []),
        ({"ordering": "filed"}, ["0000000111-25-000001", "0000000111-26-000001", "0000000222-26-000001"]),
        ({"ordering": "company"}, ["0000000111-25-000001", "0000000111-26-000001", "0000000222-26-000001"]),
        ({"ordering": "-company"}, ["0000000222-26-000001", "0000000111-26-000001", "0000000111-25-000001"]),
    ],
)
def test_each_filter_narrows_and_each_order_sorts(client, all_filings, query, found):
    assert accessions(client.get(URL, query)) == found


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ("cik=12345678901", "cik"),
        ("cik=abc", "cik"),
        ("cik=١", "cik"),
        ("form_type=11-K", "form_type"),
        ("filed_after=yesterday", "filed_after"),
        ("filed_after=", "filed_after"),
        ("company=%20", "company"),
        ("filed_after=2026-02-30", "filed_after"),
        ("filed_after=2026-02-02&filed_before=2026-02-01", "filed_before"),
        ("ordering=password", "ordering"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=-1", "limit"),
        ("limit=1.5", "limit"),
        ("limit=٣", "limit"),
        ("cursor=nonsense", "cursor"),
        ("cursor=WzFd", "cursor"),
        ("cursor=%5B%5B", "cursor"),
        ("company=a%00b", "company"),
        ("company=" + "a" * 101, "company"),
        ("colour=red", "colour"),
        ("cik=1&cik=2", "cik"),
    ],
)
def test_what_is_not_a_filter_value_is_refused_by_name(client, all_filings, query, param):
    answer = client.get(f"{URL}?{query}")
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert (error["code"], error["param"]) == ("invalid", param)
    assert error["message"]


@pytest.mark.parametrize("ordering", ["-filed", "filed", "company", "-company"])
def test_pages_follow_each_other_without_gap_or_double(client, all_filings, ordering):
    whole = accessions(client.get(URL, {"ordering": ordering}))
    url, seen = f"{URL}?ordering={ordering}&limit=1", []
    while url:
        answer = client.get(url)
        seen += accessions(answer)
        url = answer.json()["next"]
    assert seen == whole


def test_a_filing_that_arrives_meanwhile_shifts_nothing(client, all_filings, steel):
    first = client.get(URL, {"limit": 1}).json()
    Filing.objects.create(
        company=steel,
        accession="0000000111-26-000009",
        form_type="4",
        filed="2026-04-01",
        period_end="2026-03-30",
    )
    second = client.get(first["next"]).json()
    assert [filing["accession"] for filing in second["results"]] == [all_filings[1].accession]


def test_the_filters_hold_on_the_next_page(client, all_filings):
    first = client.get(URL, {"company": "steel", "limit": 1})
    second = client.get(first.json()["next"])
    assert accessions(first) + accessions(second) == ["0000000111-26-000001", "0000000111-25-000001"]
    assert second.json()["next"] is None


def test_a_cursor_of_another_order_is_refused(client, all_filings):
    cursor = client.get(URL, {"limit": 1}).json()["next"].split("cursor=")[1]
    answer = client.get(f"{URL}?ordering=company&cursor={cursor}")
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "cursor")


def test_a_company_name_of_any_script_and_length_fits_into_the_cursor(client, annual, event):
    Company.objects.filter(pk=annual.company_id).update(name="a" * 200)
    Company.objects.filter(pk=event.company_id).update(name="钢" * 200)
    following = client.get(URL, {"ordering": "company", "limit": 1}).json()["next"]
    assert accessions(client.get(following)) == [event.accession]


def test_writing_is_not_offered(alice, signed_in, all_filings):
    answer = signed_in(alice).post(URL, {}, content_type="application/json")
    assert answer.status_code in (403, 405)
    assert Filing.objects.count() == 3


@pytest.mark.parametrize("number", [1, 30])
def test_the_number_of_queries_does_not_grow_with_the_filings(
    alice, signed_in, steel, django_assert_num_queries, number
):
    Filing.objects.bulk_create(
        Filing(
            company=steel,
            accession=f"0000000111-26-{n:06}",
            form_type="4",
            filed="2026-01-05",
            period_end="2026-01-02",
        )
        for n in range(number)
    )
    client: Client = signed_in(alice)
    with django_assert_num_queries(3):  # session, user with organization, filings with companies
        assert len(accessions(client.get(URL))) == min(number, 25)


def test_a_guest_costs_one_statement_for_the_limit_and_one_for_the_filings(
    client, all_filings, django_assert_num_queries
):
    with django_assert_num_queries(2):
        client.get(URL)

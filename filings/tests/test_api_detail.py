"""GET /api/filings/<accession>/"""

import pytest

from filings.models import Filing


def test_a_filing_is_found_by_its_accession_number(client, annual, event):
    answer = client.get(f"/api/filings/{annual.accession}/")
    assert answer.status_code == 200
    assert answer.json()["accession"] == annual.accession
    assert answer.json()["company"]["name"] == "Harrow Steel Corp."


def test_a_form_without_figures_says_null(client, event):
    answer = client.get(f"/api/filings/{event.accession}/").json()
    assert [answer[name] for name in ("revenue_cents", "net_income_cents", "assets_cents")] == [None] * 3


@pytest.mark.parametrize("accession", ["0000000111-26-000009", "nonsense", "%00", "' OR 1=1", "٠" * 10])
def test_anything_else_is_not_found_in_the_shape_of_all_errors(client, annual, accession):
    answer = client.get(f"/api/filings/{accession}/")
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


def test_one_filing_costs_one_query_beside_those_for_the_user(
    alice, signed_in, annual, django_assert_num_queries
):
    client = signed_in(alice)
    with django_assert_num_queries(3):
        client.get(f"/api/filings/{annual.accession}/")


def test_the_list_and_the_page_of_one_filing_agree(client, annual: Filing):
    listed = client.get("/api/filings/").json()["results"][0]
    assert client.get(f"/api/filings/{annual.accession}/").json() == listed

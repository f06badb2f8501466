"""/filings/<accession>/"""

import pytest


def page(answer) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


def test_everybody_sees_the_figures_and_the_same_as_json(client, annual):
    shown = page(client.get(annual.get_absolute_url()))
    assert "$1.2B" in shown
    assert "123456700000" in shown
    assert "Annual report" in shown


def test_a_form_without_figures_has_no_room_for_them(client, event):
    assert "Beside the year before" not in page(client.get(event.get_absolute_url()))


def test_premium_sees_what_changed_in_a_year(alice, signed_in, annual, annual_before):
    shown = page(signed_in(alice).get(annual.get_absolute_url()))
    assert "+23.5%" in shown  # revenue
    assert "+0.0%" in shown  # assets
    assert "−225.0%" in shown  # from a profit to a loss


def test_the_first_year_on_record_has_nothing_to_compare_with(alice, signed_in, annual_before):
    assert "nothing to compare with" in page(signed_in(alice).get(annual_before.get_absolute_url()))


@pytest.mark.parametrize("visitor", ["guest", "bob"])
def test_others_see_the_way_in_and_none_of_the_changes(
    request, client, signed_in, annual, annual_before, visitor
):
    browser = client if visitor == "guest" else signed_in(request.getfixturevalue(visitor))
    shown = page(browser.get(annual.get_absolute_url()))
    assert "+23.5%" not in shown
    assert 'href="/pricing/"' in shown.split("Beside the year before")[1]


def test_the_comparison_is_not_read_for_those_who_may_not_see_it(
    client, annual, annual_before, django_assert_num_queries
):
    with django_assert_num_queries(2):  # the filing with its company, the others
        client.get(annual.get_absolute_url())


def test_the_company_is_linked_with_its_other_filings(client, annual, annual_before):
    shown = page(client.get(annual.get_absolute_url()))
    assert annual_before.get_absolute_url() in shown
    assert "/filings/?cik=0000000111" in shown


@pytest.mark.parametrize("accession", ["0000000111-26-000009", "nonsense", "%00"])
def test_an_unknown_filing_is_a_page_that_says_so(client, annual, accession):
    answer = client.get(f"/filings/{accession}/")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()

"""/filings/trends/"""

import pytest

URL = "/filings/trends/"


@pytest.mark.parametrize(
    ("query", "columns"),
    [({}, 20), ({"years": "3"}, 12), ({"years": "5"}, 20), ({"years": "all"}, 24), ({"years": "x"}, 20)],
)
def test_premium_sees_the_chart_of_the_span_it_asks_for(alice, signed_in, quarters, query, columns):
    answer = signed_in(alice).get(URL, query)
    assert answer.status_code == 200
    assert len(answer.context["chart"].columns) == columns
    assert answer.content.decode().count('class="column"') == columns


def test_without_a_script_the_legend_is_a_form_that_the_server_answers(alice, signed_in, quarters):
    answer = signed_in(alice).get(URL, {"form_type": ["10-K", "nonsense"]})
    shown = answer.content.decode()
    assert 'data-form="10-K"' in shown
    assert 'data-form="10-Q"' not in shown


def test_the_numbers_are_there_as_a_table_too(alice, signed_in, all_filings):
    shown = signed_in(alice).get(URL).content.decode()
    table = shown.split("<tbody>")[1].split("</tbody>")[0]
    assert table.index("2026 Q1") < table.index("2025 Q1")
    assert '<td class="number">2</td>' in table


def test_an_empty_data_set_has_an_empty_state(alice, signed_in):
    assert "No filings yet" in signed_in(alice).get(URL).content.decode()


@pytest.mark.parametrize("visitor", ["guest", "bob", "charlie"])
def test_others_see_an_invented_chart_and_the_way_in(request, client, signed_in, all_filings, visitor):
    browser = client if visitor == "guest" else signed_in(request.getfixturevalue(visitor))
    answer = browser.get(URL)
    shown = answer.content.decode()
    assert answer.status_code == 402
    assert "teaser-sample" in shown
    assert "2026 Q1" not in shown, "the real numbers are not under the frosted glass"
    assert 'href="/pricing/"' in shown
    assert ("I have it: sign in" in shown) is (visitor == "guest")


def test_the_closed_page_reads_no_filings(client, all_filings, django_assert_max_num_queries):
    with django_assert_max_num_queries(1) as read:  # the price of the way in
        client.get(URL)
    assert not [query for query in read.captured_queries if "filing" in query["sql"]]


def test_where_nothing_is_on_sale_nothing_is_offered(client, settings):
    settings.UPGRADE_URL = ""
    shown = client.get(URL).content.decode()
    assert "Nothing is on sale here at the moment." in shown
    assert "Upgrade to Premium" not in shown

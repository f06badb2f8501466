"""/filings/"""

from filings.models import Company, Filing

URL = "/filings/"


def page(answer) -> str:
    return answer.content.decode()


def test_everybody_may_browse(client, all_filings):
    answer = client.get(URL)
    assert answer.status_code == 200
    assert "Harrow Steel Corp." in page(answer)
    assert "3 filings" in page(answer)
    assert all(filing.get_absolute_url() in page(answer) for filing in all_filings)


def test_the_search_narrows_the_list_and_stays_in_its_fields(client, all_filings):
    answer = client.get(URL, {"company": "dairy", "form_type": "8-K"})
    assert [filing.company.name for filing in answer.context["page"]] == ["Sorrel Dairy Co."]
    assert 'value="dairy"' in page(answer)


def test_large_sums_are_written_short(client, annual):
    assert "$1.2B" in page(client.get(URL))


def test_a_search_that_makes_no_sense_says_so_beside_its_field(client, all_filings):
    answer = client.get(URL, {"filed_after": "2026-02-02", "filed_before": "2026-02-01"})
    assert answer.status_code == 400
    assert "This day lies before the first one." in page(answer)
    assert "Harrow Steel" not in page(answer)


def test_nothing_found_offers_the_whole_list(client, all_filings):
    assert "Show all filings" in page(client.get(URL, {"company": "nobody"}))


def test_the_pages_keep_the_search(client, steel):
    Filing.objects.bulk_create(
        Filing(
            company=steel,
            accession=f"0000000111-26-{n:06}",
            form_type="4",
            filed="2026-01-05",
            period_end="2026-01-02",
        )
        for n in range(60)
    )
    answer = client.get(URL, {"company": "steel", "page": 2})
    assert "Page 2 of 3" in page(answer)
    assert "?company=steel&amp;page=3" in page(answer)
    assert "?company=steel&amp;page=1" in page(answer)
    assert client.get(URL, {"page": "beyond"}).context["page"].number == 1
    assert client.get(URL, {"page": 99}).context["page"].number == 3


def test_a_company_name_cannot_bring_in_markup(client, annual):
    Company.objects.update(name='<script>alert("1")</script>')
    for url in (URL, annual.get_absolute_url(), "/"):
        assert "<script>alert" not in page(client.get(url))


def test_a_guest_costs_two_queries(client, all_filings, django_assert_num_queries):
    with django_assert_num_queries(2):  # how many, and which
        client.get(URL)


def test_a_guest_is_shown_that_the_export_is_premium_and_premium_is_not(
    client, alice, signed_in, all_filings
):
    export = "/filings/export.csv?company=steel"
    for browser, badges in ((client, 1), (signed_in(alice), 0)):
        answer = page(browser.get(URL, {"company": "steel", "page": 1}))
        link = answer.split(f'href="{export}"')[1].split("</a>")[0]
        assert link.count("badge") == badges * 2  # `badge badge-premium`

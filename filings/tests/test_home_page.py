"""The home page."""

import pytest
from django.utils.html import escape

from accounts.tiers import BY_TIER, Tier


def shown(answer) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_three_ways_in_state_the_limits_that_are_enforced(client, all_filings):
    page = shown(client.get("/"))
    assert f"<strong>{BY_TIER[Tier.GUEST].limits['api_requests_per_hour']}</strong> requests an hour" in page
    assert f"<strong>{BY_TIER[Tier.FREE].limits['api_requests_per_day']}</strong> requests a day" in page
    assert "<strong>Unlimited</strong>" in page


def test_the_sample_answer_is_what_the_api_answers(client, all_filings, annual):
    page = shown(client.get("/"))
    address = f"/api/filings/{annual.accession}/"
    assert f'href="{address}"' in page
    for line in ('"accession": "0000000111-26-000001"', '"revenue_cents": 123456700000'):
        assert escape(line) in page
    assert client.get(address).json()["revenue_cents"] == 123_456_700_000


@pytest.mark.django_db
def test_the_home_page_stands_before_there_is_any_data(client):
    assert "Three ways in" in shown(client.get("/"))


@pytest.mark.parametrize(("visitor", "lane"), [("guest", "Guest"), ("bob", "Free"), ("alice", "Premium")])
def test_each_visitor_sees_which_way_they_came_in(request, client, signed_in, visitor, lane, db):
    browser = client if visitor == "guest" else signed_in(request.getfixturevalue(visitor))
    page = shown(browser.get("/"))
    assert page.count("You are here") == 1
    heading = page.split("You are here")[0].rsplit("<h3", 1)[1]
    assert f">{lane}" in heading


def test_a_guest_costs_one_query(client, all_filings, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get("/")

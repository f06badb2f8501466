"""GET /api/trends/, the endpoint that only premium opens."""

URL = "/api/trends/"


def test_premium_gets_the_counts_of_each_quarter(alice, signed_in, all_filings):
    answer = signed_in(alice).get(URL)
    assert answer.status_code == 200
    assert answer.json() == {
        "results": [
            {"quarter_start": "2025-01-01", "filings": {"10-K": 1}},
            {"quarter_start": "2026-01-01", "filings": {"10-K": 1, "8-K": 1}},
        ]
    }


def test_the_filters_of_the_list_hold_here_too(alice, signed_in, all_filings):
    answer = signed_in(alice).get(URL, {"form_type": "8-K"})
    assert answer.json() == {"results": [{"quarter_start": "2026-01-01", "filings": {"8-K": 1}}]}
    assert signed_in(alice).get(URL, {"form_type": "9-K"}).status_code == 400


def test_free_is_told_what_would_open_it(bob, signed_in, all_filings):
    answer = signed_in(bob).get(URL)
    assert answer.status_code == 402
    error = answer.json()["error"]
    assert error["code"] == "payment_required"
    assert error["upgrade_url"].endswith("/pricing/")


def test_a_guest_is_asked_to_sign_in(client, all_filings):
    answer = client.get(URL)
    assert answer.status_code == 401
    assert "error" in answer.json()


def test_the_gate_costs_no_query(alice, signed_in, all_filings, django_assert_num_queries):
    client = signed_in(alice)
    with django_assert_num_queries(3):  # session, user with organization, counts
        client.get(URL)

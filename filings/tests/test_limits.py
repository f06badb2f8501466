"""How often the API answers: by tier, counted over all endpoints of a caller."""

import pytest

from accounts.tiers import BY_TIER, Tier

LIST = "/api/filings/"
HOURLY = BY_TIER[Tier.GUEST].limits["api_requests_per_hour"]
DAILY = BY_TIER[Tier.FREE].limits["api_requests_per_day"]


def test_a_guest_is_stopped_after_the_hourly_limit_and_told_when_to_come_back(client, annual):
    for n in range(HOURLY):
        answer = client.get(LIST if n % 2 else f"{LIST}{annual.accession}/")
        assert answer.status_code == 200
        assert answer["RateLimit-Remaining"] == str(HOURLY - n - 1)
    refused = client.get(LIST)
    assert refused.status_code == 429
    assert refused.json()["error"]["code"] == "throttled"
    assert 0 < int(refused["Retry-After"]) <= 3600


def test_two_addresses_are_two_guests(client, annual):
    for _ in range(HOURLY):
        client.get(LIST)
    assert client.get(LIST).status_code == 429
    assert client.get(LIST, REMOTE_ADDR="192.0.2.7").status_code == 200


def test_a_free_user_is_stopped_after_the_daily_limit(bob, signed_in, annual):
    client = signed_in(bob)
    answers = [client.get(LIST).status_code for _ in range(DAILY + 1)]
    assert answers == [200] * DAILY + [429]


def test_premium_is_never_stopped_and_never_counted(alice, signed_in, annual):
    client = signed_in(alice)
    answers = [client.get(LIST) for _ in range(DAILY + 1)]
    assert {answer.status_code for answer in answers} == {200}
    assert "RateLimit-Limit" not in answers[0]


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-Ip", "Forwarded"])
def test_a_poisoned_header_makes_no_new_guest(client, annual, header):
    for n in range(HOURLY):
        client.get(LIST, headers={header: f"192.0.2.{n}"})
    assert client.get(LIST, headers={header: "192.0.2.99"}).status_code == 429

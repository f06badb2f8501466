"""How often the API may be called: guest 10 an hour, free 100 a day, starter 1,000 a day, premium without limit."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts import organizations
from accounts.models import UsageCounter, User
from accounts.tiers import BY_TIER, Tier

pytestmark = [pytest.mark.django_db, pytest.mark.urls("accounts.tests.urls")]
SignIn = Callable[[User], Client]
PATH = "/test/metered/"
NOW = datetime(2027, 3, 1, 21, 45, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def give(user: User, tier: Tier) -> None:
    assert user.current_organization is not None
    organizations.set_access(user.current_organization, [BY_TIER[tier]])


def use(subject: User, count: int) -> None:
    """As if that many requests had been made today."""
    assert subject.current_organization is not None
    start = NOW.replace(hour=0, minute=0, second=0)
    UsageCounter.objects.create(
        subject=f"organization:{subject.current_organization.pk}", window_start=start, count=count
    )


def test_a_guest_has_ten_an_hour(client: Client) -> None:
    statuses = [client.get(PATH).status_code for _ in range(12)]

    assert statuses == [200] * 10 + [429] * 2


def test_a_refusal_says_when_to_come_back(client: Client) -> None:
    for _ in range(10):
        client.get(PATH)
    answer = client.get(PATH)

    assert answer.headers["Retry-After"] == "870"  # until 22:00:00
    assert answer.json() == {
        "error": {
            "code": "throttled",
            "message": "All 10 requests of this hour are used. Sign in for more, or wait until 22:00 UTC.",
            "upgrade_url": "http://127.0.0.1:8000/pricing/",
        }
    }


def test_the_next_hour_begins_at_zero(client: Client, clock: Any) -> None:
    for _ in range(11):
        client.get(PATH)
    clock.move_to(datetime(2027, 3, 1, 21, 59, 59, tzinfo=UTC))
    assert client.get(PATH).status_code == 429
    clock.move_to(datetime(2027, 3, 1, 22, 0, 0, tzinfo=UTC))
    assert client.get(PATH).status_code == 200


@pytest.mark.parametrize(("tier", "limit"), [(Tier.FREE, 100), (Tier.STARTER, 1000)])
def test_a_tier_has_its_day(signed_in: SignIn, charlie: User, clock: Any, tier: Tier, limit: int) -> None:
    give(charlie, tier)
    use(charlie, limit - 1)
    client = signed_in(charlie)

    last, refused = client.get(PATH), client.get(PATH)
    assert (last.status_code, refused.status_code) == (200, 429)
    assert refused.headers["Retry-After"] == str(2 * 3600 + 14 * 60 + 30)
    assert refused.json()["error"]["message"].startswith(f"All {limit} requests of today are used.")
    clock.move_to(datetime(2027, 3, 2, tzinfo=UTC))
    assert client.get(PATH).status_code == 200


def test_every_answer_says_how_much_is_left(signed_in: SignIn, charlie: User) -> None:
    use(charlie, 98)
    client = signed_in(charlie)

    said = [client.get(PATH).headers for _ in range(3)]
    assert [headers["RateLimit-Limit"] for headers in said] == ["100", "100", "100"]
    assert [headers["RateLimit-Remaining"] for headers in said] == ["1", "0", "0"]
    assert {headers["RateLimit-Reset"] for headers in said} == {str(2 * 3600 + 14 * 60 + 30)}
    assert {headers["RateLimit-Policy"] for headers in said} == {'"day";q=100;w=86400'}
    assert [headers["RateLimit"] for headers in said] == [f'"day";r={left};t=8070' for left in (1, 0, 0)]


@pytest.mark.parametrize("tier", [Tier.PREMIUM, Tier.BUSINESS])
def test_premium_and_above_are_not_counted_at_all(
    signed_in: SignIn, charlie: User, tier: Tier, django_assert_num_queries: Any
) -> None:
    give(charlie, tier)
    client = signed_in(charlie)
    with django_assert_num_queries(2):  # session, and user with organization: as without a throttle
        answer = client.get(PATH)

    assert answer.status_code == 200
    assert "RateLimit-Limit" not in answer.headers
    assert not UsageCounter.objects.exists()


def test_counting_costs_one_statement(
    signed_in: SignIn, charlie: User, client: Client, django_assert_num_queries: Any
) -> None:
    member = signed_in(charlie)
    for _ in range(2):  # the first of a window and a later one alike
        with django_assert_num_queries(3):
            member.get(PATH)
        with django_assert_num_queries(1):
            client.get(PATH)


def test_a_downgrade_counts_what_was_used_before(signed_in: SignIn, charlie: User) -> None:
    use(charlie, 500)

    answer = signed_in(charlie).get(PATH)
    assert answer.status_code == 429
    assert answer.headers["RateLimit-Remaining"] == "0"


def test_refused_requests_are_not_written_down(client: Client) -> None:
    for _ in range(15):
        client.get(PATH)

    assert UsageCounter.objects.get().count == 10


def test_members_of_one_organization_share_its_limit(
    signed_in: SignIn, alice: User, bob: User, acme: Any
) -> None:
    organizations.set_access(acme, [])
    organizations.switch(bob, acme)
    signed_in(alice).get(PATH)
    answer = signed_in(bob).get(PATH)

    assert answer.headers["RateLimit-Remaining"] == "98"


def test_guests_are_told_apart_by_address_and_nothing_else(client: Client) -> None:
    for _ in range(10):
        client.get(PATH, REMOTE_ADDR="203.0.113.7")
    another_browser = Client(headers={"User-Agent": "other", "X-Forwarded-For": "198.51.100.9"})

    assert another_browser.get(PATH, REMOTE_ADDR="203.0.113.7").status_code == 429
    assert client.get(PATH, REMOTE_ADDR="203.0.113.8").status_code == 200


def test_no_address_is_kept(client: Client) -> None:
    client.get(PATH, REMOTE_ADDR="203.0.113.7")

    assert "203.0.113.7" not in UsageCounter.objects.get().subject


def test_unmetered_answers_carry_no_such_headers(client: Client) -> None:
    assert not [name for name in client.get("/test/open/").headers if name.startswith("RateLimit")]

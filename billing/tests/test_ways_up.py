"""A closed gate says which plan opens it and what that costs."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from accounts import organizations, usage
from accounts.models import UsageCounter, User
from accounts.tiers import BY_TIER, Tier
from billing import ways_up

SignIn = Callable[[User], Client]
PREMIUM = {"plan": "premium", "price": {"amount": 2000, "currency": "usd", "interval": "month"}}


@pytest.fixture
def used_up(charlie: User) -> None:
    meter = usage.meter(f"organization:{charlie.current_organization_id}", 100, usage.DAY)
    UsageCounter.objects.create(subject=meter.subject, window_start=meter.start, count=10_000)


def said(answer: Any) -> dict[str, Any]:
    error = answer.json()["error"]
    return {name: error[name] for name in ("plan", "price") if name in error}


def test_an_endpoint_names_the_plan_and_the_price_that_open_it(signed_in: SignIn, charlie: User) -> None:
    answer = signed_in(charlie).get("/api/trends/")

    assert answer.status_code == 402
    assert said(answer) == PREMIUM
    assert answer.json()["error"]["upgrade_url"].endswith("/pricing/")


def test_a_used_up_day_names_the_next_plan_with_more(
    signed_in: SignIn, charlie: User, used_up: None, django_assert_num_queries: Any
) -> None:
    client = signed_in(charlie)
    with django_assert_num_queries(4):  # session, user, count; and what it costs
        answer = client.get("/api/filings/")
    assert (answer.status_code, said(answer)["plan"]) == (429, "starter")

    assert charlie.current_organization is not None
    organizations.set_access(charlie.current_organization, [BY_TIER[Tier.STARTER]])
    assert said(client.get("/api/filings/")) == PREMIUM


def test_a_guest_gets_more_for_nothing(client: Client, db: None) -> None:
    answers = [client.get("/api/filings/") for _ in range(11)]

    assert answers[-1].status_code == 429
    assert said(answers[-1]) == {}


def test_a_way_up_says_it_in_words(db: None) -> None:
    way = ways_up.cheapest(lambda access: access.can("charts"))
    assert way is not None
    assert (way.name, way.words) == ("Open SEC Data Premium", "$20 per month")


def test_what_no_plan_opens_has_no_way() -> None:
    assert ways_up.cheapest(lambda access: access.can("teleport")) is None


def test_the_amount_is_written_as_the_reader_does(db: None) -> None:
    with translation.override("zh-hans"):
        way = ways_up.cheapest(lambda access: access.tier.includes("premium"))
    assert way is not None
    assert "20" in way.words

"""/pricing/: what is on sale, and which of it is the visitor's."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.tiers import BY_TIER
from billing import catalogue as plans
from billing import words

pytestmark = pytest.mark.django_db


def columns(page: str) -> dict[str, str]:
    """The text of each column of the page by its heading."""
    articles = re.findall(r"<article.*?</article>", page, re.DOTALL)
    texts = [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", article)).strip() for article in articles]
    names = [re.search(r"<h2[^>]*>(.*?)</h2>", article).group(1) for article in articles]  # type: ignore[union-attr]
    return dict(zip(names, texts, strict=True))


def test_a_guest_sees_every_plan_with_its_price(client: Client) -> None:
    found = columns(client.get("/pricing/").content.decode())

    assert list(found) == ["Free", "Starter", "Premium", "Business"]
    assert "$0 forever" in found["Free"]
    assert "$20 per month" in found["Premium"]
    assert "$40 per member and month" in found["Business"]
    assert "Choose Premium" in found["Premium"]
    assert "Sign in" in found["Free"]
    assert "Your plan" not in "".join(found.values())


def test_the_year_is_a_link_away_and_says_what_it_saves(client: Client) -> None:
    page = client.get("/pricing/?interval=year").content.decode()
    assert "$200 per year" in columns(page)["Premium"]
    assert "Saves $40 a year" in columns(page)["Premium"]
    assert 'href="?interval=month"' in page
    assert "/subscribe/premium/year/" in page


def test_another_interval_shows_the_month(client: Client) -> None:
    assert "$20 per month" in columns(client.get("/pricing/?interval=week").content.decode())["Premium"]


def test_limits_and_features_are_those_of_the_catalogue(client: Client) -> None:
    found = columns(client.get("/pricing/").content.decode())
    assert "100 API requests a day" in found["Free"]
    assert "1,000 API requests a day" in found["Starter"]
    assert "Export of any search as CSV (not included)" in found["Starter"]
    assert "Unlimited API requests" in found["Premium"]
    with_machines = {name for name, text in found.items() if "Machines beside it" in text}
    assert with_machines == {"Starter", "Business"}
    assert "Machines beside it" not in client.get("/pricing/?interval=year").content.decode()
    assert "(not included)" not in found["Premium"]


def test_every_feature_of_every_tier_has_words() -> None:
    known = set(words.FEATURES)
    assert all(access.features <= known for access in BY_TIER.values())
    assert all(plan.features <= known for plan in plans.PLANS)


def test_somebody_on_free_sees_that_it_is_theirs(client: Client, charlie: User) -> None:
    client.force_login(charlie)
    assert "Your plan" in columns(client.get("/pricing/").content.decode())["Free"]


def test_a_subscriber_sees_their_plan_and_no_second_one_to_buy(
    client: Client, charlie: User, subscribe: Callable[..., Any]
) -> None:
    subscribe(charlie)
    client.force_login(charlie)
    page = client.get("/pricing/").content.decode()

    assert "Your plan" in columns(page)["Premium"]
    assert "/subscribe/" not in page
    assert "Change to Business" in columns(page)["Business"]
    assert "You see what a change costs before you make it" in page
    assert "Pay by the year" in columns(client.get("/pricing/?interval=year").content.decode())["Premium"]


def test_what_was_given_can_still_be_bought(client: Client, alice: User) -> None:
    client.force_login(alice)
    page = client.get("/pricing/").content.decode()
    assert "You have it" in columns(page)["Premium"]
    assert "/subscribe/premium/month/" in page


def test_a_guest_costs_one_query_for_the_prices(client: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        client.get("/pricing/")
    assert len(queries) == 1


def test_when_billing_is_off_the_page_says_so(client: Client, settings: Any) -> None:
    settings.STRIPE_SECRET_KEY = ""
    answer = client.get("/pricing/")
    assert answer.status_code == 503
    assert "Billing is off on this site" in answer.content.decode()

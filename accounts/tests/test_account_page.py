"""The account page: who I am, for whom I act, what I may use and how much is left."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts import organizations, usage
from accounts.models import User
from accounts.tiers import BY_TIER, Access, Tier

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


def test_a_guest_is_sent_to_sign_in_and_back(client: Client) -> None:
    assert client.get("/account/").headers["Location"] == "/accounts/login/?next=/account/"


@time_machine.travel(datetime(2027, 3, 1, 12, tzinfo=UTC), tick=False)
def test_a_free_user_sees_what_is_used_and_when_it_starts_again(signed_in: SignIn, charlie: User) -> None:
    assert charlie.current_organization is not None
    meter = usage.meter(f"organization:{charlie.current_organization.pk}", 100, usage.DAY)
    for _ in range(37):
        usage.count(meter)
    page = signed_in(charlie).get("/account/").content.decode()

    assert "charlie@outside.example" in page
    assert "You act for yourself." in page
    assert "37 of 100" in page
    assert '<progress class="usage" value="37" max="100">' in page
    assert "March 2, 2027 at 00:00 UTC" in page
    assert "No end in sight" in page


def test_premium_sees_until_when_and_why(signed_in: SignIn, charlie: User) -> None:
    assert charlie.current_organization is not None
    until = datetime(2099, 5, 3, 8, 30, tzinfo=UTC)
    organizations.set_access(charlie.current_organization, [Access(Tier.PREMIUM, until, "trial")])
    page = signed_in(charlie).get("/account/").content.decode()

    assert "May 3, 2099, 8:30 a.m. UTC" in page
    assert "A trial" in page
    assert "Unlimited" in page


def test_the_organizations_are_listed_with_role_and_tier(signed_in: SignIn, bob: User) -> None:
    page = signed_in(bob).get("/account/").content.decode()

    assert "Acme" in page
    assert "Member" in page
    assert page.count("badge badge-info") == 1


def test_an_outsider_sees_nothing_of_acme(signed_in: SignIn, alice: User, charlie: User) -> None:
    assert "Acme" not in signed_in(charlie).get("/account/").content.decode()


@pytest.mark.parametrize(("tier", "queries"), [(Tier.FREE, 6), (Tier.PREMIUM, 5)])
def test_it_costs_a_fixed_number_of_queries(
    signed_in: SignIn, bob: User, tier: Tier, queries: int, django_assert_num_queries: Any
) -> None:
    assert bob.current_organization is not None
    organizations.set_access(bob.current_organization, [BY_TIER[tier]])
    client = signed_in(bob)
    with django_assert_num_queries(queries):
        client.get("/account/")


def test_a_page_about_me_is_not_kept_by_anybody(signed_in: SignIn, alice: User) -> None:
    assert "no-store" in signed_in(alice).get("/account/").headers["Cache-Control"]


def test_it_is_for_looking_only(client: Client, charlie: User) -> None:
    client.force_login(charlie)

    assert client.post("/account/", {"tier": "business", "is_staff": "1"}).status_code == 405


def test_somebody_without_a_name_is_not_called_by_their_address(client: Client) -> None:
    client.force_login(User.objects.create_user("dora@example.com"))

    assert "<h1>Your account</h1>" in client.get("/account/").content.decode()

"""Gifts: they hold at once, end by themselves, can be taken back, and stay on record. The command that gives them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.utils import timezone

from accounts import organizations
from accounts.models import Organization, User
from accounts.tiers import Reason, Tier
from billing import grants
from billing.models import Grant, InstanceType
from billing.status import get_customer_status

pytestmark = pytest.mark.django_db


def access(organization: Organization) -> tuple[Tier, str]:
    found = Organization.objects.get(pk=organization.pk).current_access()
    return found.tier, found.reason


def test_a_gift_holds_at_once_until_its_end(stripe_sandbox, delta):
    grants.give(delta, Tier.BUSINESS, until=timezone.now() + timedelta(days=2), why="conference")
    assert access(delta) == (Tier.BUSINESS, Reason.GRANT)
    stripe_sandbox.advance(days=2)
    assert access(delta)[0] == Tier.FREE


def test_a_gift_that_is_taken_back_is_over_and_stays_on_record(delta):
    grant = grants.give(delta, Tier.STARTER, until=None, why="friend")
    grants.withdraw(grant)
    assert access(delta)[0] == Tier.FREE
    assert Grant.objects.get().withdrawn
    first = Grant.objects.get().withdrawn
    grants.withdraw(grant)
    assert Grant.objects.get().withdrawn == first


def test_below_a_gift_the_subscription_stays_what_it_is(subscribed, delta, stripe_sandbox):
    grants.give(delta, Tier.BUSINESS, until=timezone.now() + timedelta(days=2), why="to try")
    assert access(delta)[0] == Tier.BUSINESS
    stripe_sandbox.advance(days=2)
    assert access(delta) == (Tier.PREMIUM, Reason.SUBSCRIPTION)


def test_a_smaller_gift_takes_nothing_away(subscribed, delta):
    grants.give(delta, Tier.STARTER, until=None, why="mistake")
    assert access(delta) == (Tier.PREMIUM, Reason.SUBSCRIPTION)


# -- one feature, one limit ----------------------------------------------------------------------------------------


def test_a_feature_alone_opens_what_asks_for_it_and_raises_no_tier(delta, stripe_sandbox):
    grants.give(delta, feature="export", until=timezone.now() + timedelta(days=2), why="to try")
    found = Organization.objects.get(pk=delta.pk)
    assert (found.tier, found.can("export"), found.can("charts")) == (Tier.FREE, True, False)
    assert found.limit("api_requests_per_day") == 100
    status = get_customer_status(found)
    assert (status.features, status.limits["api_requests_per_day"]) == ({"export"}, 100)
    stripe_sandbox.advance(days=2)
    assert not Organization.objects.get(pk=delta.pk).can("export")


def test_a_limit_alone_widens_that_limit_and_none_other(subscribed, delta):
    grants.give(delta, limit="instance:a10g", amount=4, until=None, why="to try")
    found = Organization.objects.get(pk=delta.pk)
    assert found.limit("instance:a10g") == 4
    assert found.limit("instance:t4") == 0
    assert access(delta) == (Tier.PREMIUM, Reason.SUBSCRIPTION)
    grants.give(delta, limit="instance:a10g", until=None, why="without end")
    assert Organization.objects.get(pk=delta.pk).limit("instance:a10g") is None


def test_asking_for_a_feature_or_a_limit_costs_no_query(delta, django_assert_num_queries):
    grants.give(delta, limit="instance:a10g", amount=4, until=None, why="to try")
    found = Organization.objects.get(pk=delta.pk)
    with django_assert_num_queries(0):
        assert not found.can("export")
        assert found.limit("instance:a10g") == 4


@pytest.mark.parametrize(
    "gift",
    [
        {},
        {"tier": Tier.STARTER, "feature": "export"},
        {"feature": "export", "limit": "api_requests_per_day"},
        {"feature": "export", "amount": 3},
        {"tier": Tier.STARTER, "until": datetime(2020, 1, 1, tzinfo=UTC)},
    ],
)
def test_a_gift_is_one_thing_until_a_date_to_come(delta, gift):
    with pytest.raises(ValidationError):
        grants.give(delta, **{"until": None, "why": "mistake", **gift})
    assert not Grant.objects.exists()


def test_the_database_too_takes_one_thing_only(delta):
    with pytest.raises(IntegrityError, match="grant_gives_one_thing"):
        Grant.objects.create(organization=delta, tier="starter", feature="export", why="mistake")


# -- the command ---------------------------------------------------------------------------------------------------


def said(capsys: Any, *arguments: str) -> str:
    call_command("grant", *arguments)
    return str(capsys.readouterr().out)


def test_the_command_gives_lists_and_takes_back(acme: Organization, alice: User, capsys: Any) -> None:
    line = said(
        capsys, "give", "alice@acme.example", "--tier", "business", "--until", "2099-01-31", "--why", "pilot",
        "--by", "alice@acme.example",
    )  # fmt: skip
    grant = Grant.objects.get()
    assert (grant.organization, grant.by, grant.until) == (acme, alice, datetime(2099, 2, 1, tzinfo=UTC))
    assert line == f"{grant.pk}: Acme ({acme.pk}): Business, until 2099-02-01 00:00 UTC: pilot\n"
    assert said(capsys, "list") == said(capsys, "list", str(acme.pk)) == line
    assert "withdrawn" in said(capsys, "withdraw", str(grant.pk))
    assert said(capsys, "list") == ""
    assert "withdrawn" in said(capsys, "list", "alice@acme.example")


def test_the_command_gives_a_feature_or_a_limit(delta: Organization, capsys: Any) -> None:
    said(capsys, "give", str(delta.pk), "--feature", "export", "--why", "pilot")
    said(capsys, "give", str(delta.pk), "--limit", "instance:a10g", "--amount", "2", "--why", "pilot")
    said(
        capsys,
        "give",
        str(delta.pk),
        "--limit",
        "api_requests_per_day",
        "--amount",
        "unlimited",
        "--why",
        "x",
    )
    found = Organization.objects.get(pk=delta.pk)
    assert found.can("export")
    assert found.limit("instance:a10g") == 2
    assert found.limit("api_requests_per_day") is None


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["give", "999999", "--tier", "starter", "--why", "x"], "no such organization"),
        (["give", "nobody@acme.example", "--tier", "starter", "--why", "x"], "no such organization"),
        (["give", "{}", "--feature", "teleport", "--why", "x"], "teleport is none of ours: charts, export"),
        (["give", "{}", "--limit", "instance:h100", "--amount", "1", "--why", "x"], "none of ours"),
        (["give", "{}", "--limit", "instance:t4", "--why", "x"], "--limit needs --amount"),
        (["give", "{}", "--limit", "instance:t4", "--amount", "-1", "--why", "x"], "--limit needs --amount"),
        (["give", "{}", "--tier", "starter", "--amount", "1", "--why", "x"], "--limit needs --amount"),
        (["give", "{}", "--tier", "starter", "--until", "2020-01-01", "--why", "x"], "date is over"),
        (["give", "{}", "--tier", "starter", "--until", "2099-02-30", "--why", "x"], "--until takes"),
        (["give", "{}", "--tier", "starter", "--until", "2099-01-31T12:00", "--why", "x"], "--until takes"),
        (["give", "{}", "--tier", "starter", "--why", "x", "--by", "who@acme.example"], "Nobody has"),
        (["withdraw", "999999"], "no gift 999999"),
    ],
)
def test_the_command_says_what_is_wrong_and_gives_nothing(delta, arguments, sentence):
    # With the sign of equality, or a number below zero would be taken for an option.
    given = [one.format(delta.pk) for one in arguments]
    if "-1" in given:
        given[given.index("--amount") : given.index("-1") + 1] = ["--amount=-1"]
    with pytest.raises(CommandError, match=sentence) as failure:
        call_command("grant", *given)
    assert failure.value.returncode == 2
    assert not Grant.objects.exists()


def test_an_owner_of_several_has_to_be_named_by_number(acme: Organization, alice: User) -> None:
    organizations.create(alice, "Hudson Orchards")
    with pytest.raises(CommandError, match=rf"{acme.pk} \(Acme\)"):
        call_command("grant", "give", "alice@acme.example", "--tier", "starter", "--why", "x")


# -- in words ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gift", "words"),
    [
        ({"tier": Tier.STARTER}, "Starter"),
        ({"feature": "export"}, "Export of any search as CSV"),
        ({"limit": "instance:a10g", "amount": 2}, "2 × NVIDIA A10G"),
        ({"limit": "instance:a10g"}, "Any number of NVIDIA A10G"),
        ({"limit": "api_requests_per_day", "amount": 5000}, "5,000 API requests a day"),
        ({"limit": "api_requests_per_day"}, "Unlimited API requests"),
        ({"limit": "seats", "amount": 5}, "seats: 5"),
    ],
)
def test_it_is_said_the_same_on_the_page_by_the_api_in_the_admin_and_by_the_command(
    stripe_sandbox, gift, words, alice, signed_in, admin_client, capsys
):
    own = alice.organizations.get(personal=True)
    organizations.switch(alice, own)
    grants.give(own, **gift, until=datetime(2027, 3, 1, tzinfo=UTC), why="for the pilot")
    browser = signed_in(alice)
    assert f"<span>{words}<br>" in browser.get("/billing/").content.decode()
    said = {"gives": words, "until": "2027-03-01T00:00:00Z", "why": "for the pilot"}
    assert browser.get("/api/billing/status/").json()["grants"] == [said]
    assert words in admin_client.get("/admin/billing/grant/").content.decode()
    assert words in admin_client.get(f"/admin/accounts/organization/{own.pk}/billing/").content.decode()
    call_command("grant", "list")
    assert f": {words}, until 2027-03-01 00:00 UTC: for the pilot" in capsys.readouterr().out


def test_what_many_give_is_said_with_one_query(delta, django_assert_num_queries):
    for key in ("a10g", "t4", "a100"):
        grants.give(delta, limit=f"instance:{key}", amount=1, until=None, why="pilot")
    with django_assert_num_queries(1):
        said = {grant.gift for grant in delta.grants.with_machines()}
    assert said == {"1 × NVIDIA A10G", "1 × NVIDIA T4", "1 × NVIDIA A100"}


# -- the pages -----------------------------------------------------------------------------------------------------


def test_the_billing_page_says_what_was_given_until_when_and_why(acme, alice, signed_in, stripe_sandbox):
    grants.give(acme, feature="export", until=datetime(2027, 3, 1, tzinfo=UTC), why="for the pilot")
    grants.withdraw(grants.give(acme, feature="charts", until=None, why="taken back"))
    page = signed_in(alice).get("/billing/").content.decode()
    assert "Until March 1, 2027: for the pilot" in page
    assert "taken back" not in page


def test_who_has_a_gift_and_no_plan_still_reads_what_is_free(alice, signed_in, stripe_sandbox):
    own = alice.organizations.get(personal=True)
    grants.give(own, limit="instance:a10g", amount=2, until=None, why="for the pilot")
    organizations.switch(alice, own)
    assert "100 API requests a day" in signed_in(alice).get("/billing/").content.decode()


def test_staff_give_a_feature_or_a_limit_in_the_admin(admin_client, delta):
    page = "/admin/billing/grant/add/"
    assert b"instance:a10g" in admin_client.get(page).content
    gift = {"organization": delta.pk, "limit": "instance:a10g", "amount": "3", "why": "pilot"}
    assert admin_client.post(page, gift).status_code == 302
    assert Organization.objects.get(pk=delta.pk).limit("instance:a10g") == 3
    assert Grant.objects.get().by is not None
    both = admin_client.post(page, {**gift, "feature": "export"})
    assert b"Give one thing" in both.content
    assert Grant.objects.count() == 1


def test_staff_rename_and_reprice_a_machine_and_never_delete_it(admin_client):
    one = InstanceType.objects.get(key="a10g")
    page = f"/admin/billing/instancetype/{one.pk}/change/"
    facts = {"name": "A10G:4x16", "display_name": "A10G", "vcpu": 4, "memory_gib": 16, "gpu": "A10G"}
    answer = admin_client.post(page, {**facts, "key": "h100", "amount": 90000, "active": "on"}, follow=True)
    assert b"upsert_catalogue" in answer.content
    one.refresh_from_db()
    assert (one.key, one.display_name, one.amount) == ("a10g", "A10G", 90000)
    assert b"greater than or equal to 1" in admin_client.post(page, {**facts, "amount": 0}).content
    assert admin_client.get(page.replace("change", "delete")).status_code == 403

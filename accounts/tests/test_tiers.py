"""The ladder, and reading a timeline."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from accounts import tiers
from accounts.tiers import BY_TIER, FREE, Access, Reason, Tier

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)


def segment(tier: Tier, until: datetime | None = None, **more: Any) -> dict[str, Any]:
    return Access(tier, until, "grant", **more).to_json()


def test_the_ladder_has_five_rungs() -> None:
    assert sorted(Tier, key=lambda tier: tier.rank) == ["guest", "free", "starter", "premium", "business"]


@pytest.mark.parametrize("tier", Tier)
@pytest.mark.parametrize("other", Tier)
def test_a_tier_includes_itself_and_all_below(tier: Tier, other: Tier) -> None:
    assert tier.includes(other) is (tier.rank >= other.rank)
    assert tier.includes(other.value) is tier.includes(other)


def test_every_tier_has_a_baseline_and_loses_no_feature_going_up() -> None:
    ladder = [BY_TIER[tier] for tier in Tier]
    for lower, higher in pairwise(ladder):
        assert lower.features <= higher.features


def test_the_limits_are_those_on_the_price_list() -> None:
    assert BY_TIER[Tier.GUEST].limit("api_requests_per_hour") == 10
    daily = [BY_TIER[tier].limit("api_requests_per_day") for tier in list(Tier)[1:]]
    assert daily == [100, 1000, None, None]


def test_an_empty_timeline_is_free() -> None:
    assert tiers.read([], NOW) is FREE


def test_the_first_segment_that_is_not_over_counts() -> None:
    timeline = [
        segment(Tier.BUSINESS, NOW - timedelta(days=1)),
        segment(Tier.PREMIUM, NOW + timedelta(days=1)),
        segment(Tier.STARTER),
    ]
    assert tiers.read(timeline, NOW).tier == Tier.PREMIUM
    assert tiers.read(timeline, NOW + timedelta(days=2)).tier == Tier.STARTER


def test_a_segment_ends_at_its_very_second() -> None:
    timeline = [segment(Tier.PREMIUM, NOW)]

    assert tiers.read(timeline, NOW - timedelta(microseconds=1)).tier == Tier.PREMIUM
    assert tiers.read(timeline, NOW) is FREE


def test_access_survives_being_stored() -> None:
    access = Access(
        Tier.PREMIUM, NOW, "trial", frozenset({"export"}), {"machines": 3, "api_requests_per_day": None}
    )

    assert Access.from_json(access.to_json()) == access
    assert access.to_json()["until"] == "2027-03-01T12:00:00+00:00"


def test_a_limit_that_was_not_stored_is_the_tiers_and_an_unknown_one_is_nothing() -> None:
    access = Access(Tier.STARTER, limits={"api_requests_per_day": 5000})

    assert access.limit("api_requests_per_day") == 5000
    assert Access(Tier.STARTER).limit("api_requests_per_day") == 1000
    assert access.limit("machines") == 0


def test_the_reason_is_said_in_words_where_we_have_them() -> None:
    assert Access(Tier.PREMIUM, reason="trial").why == Reason.TRIAL.label
    assert Access(Tier.PREMIUM, reason="because").why == "because"
    assert FREE.why == ""


@pytest.mark.parametrize(
    ("asked", "opens"),
    [
        ({"tier": Tier.STARTER}, Tier.STARTER),
        ({"feature": "export"}, Tier.PREMIUM),
        ({"tier": Tier.BUSINESS, "feature": "export"}, Tier.BUSINESS),
        ({"feature": "teleport"}, None),
    ],
)
def test_the_lowest_tier_that_opens_a_gate(asked: dict[str, Any], opens: Tier | None) -> None:
    assert tiers.lowest(**asked) == opens

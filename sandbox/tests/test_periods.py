"""Months as Stripe counts them from the anchor. https://docs.stripe.com/billing/subscriptions/billing-cycle"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.objects.subscriptions import periods

MONTHLY = {"interval": "month", "interval_count": 1}
YEARLY = {"interval": "year", "interval_count": 1}
moments = st.integers(1_600_000_000, 2_000_000_000)
rhythms = st.builds(
    lambda interval, count: {"interval": interval, "interval_count": count},
    st.sampled_from(("day", "week", "month", "year")),
    st.integers(1, 12),
)


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("anchor", "recurring", "ends"),
    [
        ("2027-01-31T10:00", MONTHLY, ["2027-02-28T10:00", "2027-03-31T10:00", "2027-04-30T10:00"]),
        ("2028-01-31T10:00", MONTHLY, ["2028-02-29T10:00", "2028-03-31T10:00"]),
        (
            "2028-02-29T00:00",
            YEARLY,
            ["2029-02-28T00:00", "2030-02-28T00:00", "2031-02-28T00:00", "2032-02-29T00:00"],
        ),
        (
            "2027-11-30T23:59",
            {"interval": "month", "interval_count": 3},
            ["2028-02-29T23:59", "2028-05-30T23:59"],
        ),
        (
            "2027-06-03T12:00",
            {"interval": "week", "interval_count": 2},
            ["2027-06-17T12:00", "2027-07-01T12:00"],
        ),
    ],
)
def test_a_period_ends_on_the_anchors_day_or_the_last_of_a_short_month(
    anchor: str, recurring: dict[str, object], ends: list[str]
) -> None:
    moment = at(anchor)
    for end in ends:
        moment = periods.end_after(at(anchor), recurring, moment)
        assert moment == at(end)


@given(moments, rhythms, moments)
def test_every_moment_is_in_exactly_one_period(
    anchor: int, recurring: dict[str, object], moment: int
) -> None:
    end = periods.end_after(anchor, recurring, moment)
    start = periods.start_before(anchor, recurring, end)
    assert start <= moment < end
    assert periods.end_after(anchor, recurring, start) == end


@pytest.mark.parametrize(
    ("config", "moment", "expected"),
    [
        ({"day_of_month": 1}, "2027-01-15T08:30", "2027-02-01T08:30"),
        ({"day_of_month": 15, "hour": 9, "minute": 0, "second": 0}, "2027-01-15T08:30", "2027-01-15T09:00"),
        ({"day_of_month": 5, "month": 3}, "2027-03-06T00:00", "2028-03-05T00:00"),
    ],
)
def test_an_anchor_can_be_given_as_a_day_of_the_month(
    config: dict[str, int], moment: str, expected: str
) -> None:
    assert periods.match_anchor(config, at(moment)) == at(expected)

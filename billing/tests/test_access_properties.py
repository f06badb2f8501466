"""What holds of every timeline, over many made-up sources."""

from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.tiers import BY_TIER, FREE, Access, Reason, Tier
from billing import access
from billing.access import Source
from billing.models import Grant

NOW = datetime(2027, 1, 15, 12, tzinfo=UTC)
NAMES = ("api_requests_per_day", "instance:a10g", "instance:t4")

moments = st.none() | st.integers(-2, 6).map(lambda days: NOW + timedelta(days=days))
amounts = st.none() | st.integers(0, 9)
limits = st.dictionaries(st.sampled_from(NAMES[1:]), amounts)


@st.composite
def sources(draw: st.DrawFn) -> Source:
    """A plan or machines of one of two subscriptions, or a gift of a tier, a feature or a limit."""
    until = draw(moments)
    kind = draw(st.sampled_from(["plan", "machines", "tier", "feature", "limit"]))
    tier = draw(st.sampled_from([Tier.STARTER, Tier.PREMIUM, Tier.BUSINESS]))
    within = draw(st.sampled_from(["sub_1", "sub_2"]))
    if kind == "plan":
        baseline = BY_TIER[tier]
        return Source(tier, until, Reason.SUBSCRIPTION, baseline.features, dict(baseline.limits), within)
    if kind == "machines":
        return Source(Tier.FREE, until, Reason.SUBSCRIPTION, frozenset(), draw(limits), within)
    if kind == "tier":
        return access.of_grant(Grant(tier=tier, until=until))
    if kind == "feature":
        return access.of_grant(Grant(feature="export", until=until))
    return access.of_grant(Grant(limit=draw(st.sampled_from(NAMES)), amount=draw(amounts), until=until))


patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
lists = st.lists(sources(), max_size=6)


def at(timeline: list[Access], moment: datetime) -> Access:
    return next((one for one in timeline if not one.is_over(moment)), FREE)


def is_no_less(one: Access, other: Access) -> bool:
    """Whether whoever has `one` may do all that `other` allows."""

    def covers(name: str) -> bool:
        mine, theirs = one.limit(name), other.limit(name)
        return mine is None or (theirs is not None and mine >= theirs)

    return one.tier.includes(other.tier) and one.features >= other.features and all(map(covers, NAMES))


@patient
@given(lists)
def test_segments_follow_each_other_and_two_neighbours_differ(found: list[Source]) -> None:
    timeline = access.timeline(found, NOW)
    ends = [one.until or access.FOREVER for one in timeline]
    assert ends == sorted(set(ends))
    assert all(end > NOW for end in ends)
    assert all(one.until for one in timeline[:-1])


@patient
@given(lists, st.randoms(use_true_random=False))
def test_the_order_of_the_sources_does_not_matter_to_what_may_be_used(found, random) -> None:
    shuffled = random.sample(found, len(found))
    one, other = access.timeline(found, NOW), access.timeline(shuffled, NOW)
    for day in range(7):
        moment = NOW + timedelta(days=day)
        assert is_no_less(at(one, moment), at(other, moment))
        assert is_no_less(at(other, moment), at(one, moment))


@patient
@given(lists, sources())
def test_one_source_more_takes_nothing_away(found: list[Source], more: Source) -> None:
    before, after = access.timeline(found, NOW), access.timeline([*found, more], NOW)
    for day in range(7):
        moment = NOW + timedelta(days=day, seconds=1)
        assert is_no_less(at(after, moment), at(before, moment))


@patient
@given(lists)
def test_machines_alone_open_no_tier(found: list[Source]) -> None:
    machines = [one for one in found if one.tier is Tier.FREE]
    assert all(one.tier is Tier.FREE for one in access.timeline(machines, NOW))
    assert access.timeline([one for one in found if not one.reaches_beyond(NOW)], NOW) == []


@patient
@given(st.lists(limits, max_size=5))
def test_what_is_within_one_subscription_is_the_sum(items: list[dict[str, int | None]]) -> None:
    found = [Source(Tier.FREE, None, Reason.SUBSCRIPTION, frozenset(), one, "sub_1") for one in items]
    held = at(access.timeline(found, NOW), NOW)
    for name in NAMES[1:]:
        amounts = [one[name] for one in items if name in one]
        known = [amount for amount in amounts if amount is not None]
        assert held.limit(name) == (sum(known) if len(known) == len(amounts) else None)

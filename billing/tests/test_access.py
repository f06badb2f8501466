"""The decision as a table: every status, scheduled to end or not, within and past the grace, with and without gifts."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.tiers import Tier
from billing import access
from billing.access import Reason
from billing.models import Grant, StripeSubscription, StripeSubscriptionItem

NOW = datetime(2027, 1, 15, 12, tzinfo=UTC)
GRACE = timedelta(days=3)
BEGAN = NOW - timedelta(days=10)
ENDS = NOW + timedelta(days=20)
Status = StripeSubscription.Status


def item(
    status: str = Status.ACTIVE,
    key: str = "premium",
    began: datetime = BEGAN,
    ends: datetime = ENDS,
    **fields: object,
) -> StripeSubscriptionItem:
    """An item of a subscription in that state."""
    subscription = StripeSubscription(status=status, **fields)
    return StripeSubscriptionItem(subscription=subscription, key=key, period_start=began, period_end=ends)


def given(item: StripeSubscriptionItem, overdue: datetime | None = None) -> access.Source:
    source = access.of_item(item, GRACE, overdue)
    assert source
    return source


@pytest.mark.parametrize(
    ("status", "fields", "until", "reason"),
    [
        (Status.ACTIVE, {}, ENDS + GRACE, Reason.SUBSCRIPTION),
        (Status.ACTIVE, {"cancel_at_period_end": True}, ENDS, Reason.ENDING),
        (Status.ACTIVE, {"cancel_at": ENDS}, ENDS, Reason.ENDING),
        (Status.ACTIVE, {"cancel_at": NOW + GRACE}, NOW + GRACE, Reason.ENDING),
        (Status.ACTIVE, {"cancel_at": ENDS + timedelta(days=90)}, ENDS + GRACE, Reason.SUBSCRIPTION),
        (Status.TRIALING, {}, ENDS + GRACE, Reason.TRIAL),
        (Status.TRIALING, {"cancel_at_period_end": True}, ENDS, Reason.ENDING),
        (Status.PAST_DUE, {}, BEGAN + GRACE, Reason.PAYMENT_OVERDUE),
        (Status.PAST_DUE, {"cancel_at_period_end": True}, BEGAN + GRACE, Reason.PAYMENT_OVERDUE),
    ],
)
def test_a_status_that_gives_access_gives_it_until_then(status, fields, until, reason):
    source = given(item(status, **fields))
    assert (source.tier, source.until, source.reason) == (Tier.PREMIUM, until, reason)


@pytest.mark.parametrize("fields", [{}, {"cancel_at_period_end": True}, {"cancel_at": ENDS}])
@pytest.mark.parametrize(
    "status",
    [Status.INCOMPLETE, Status.INCOMPLETE_EXPIRED, Status.UNPAID, Status.PAUSED, Status.CANCELED],
)
def test_every_other_status_gives_nothing(status, fields):
    assert access.of_item(item(status, **fields), GRACE) is None


def test_every_status_stands_in_one_of_the_two_tables():
    assert len(Status) == 3 + 5


def test_the_grace_of_an_invoice_in_the_middle_of_a_period_begins_with_that_invoice():
    source = given(item(Status.PAST_DUE), overdue=NOW - timedelta(days=1))
    assert source.until == NOW + timedelta(days=2)


def test_an_overdue_subscription_is_on_within_its_grace_and_off_after():
    sources = [given(item(Status.PAST_DUE, began=NOW))]
    assert access.timeline(sources, NOW + GRACE - timedelta(seconds=1))[0].tier == Tier.PREMIUM
    assert access.timeline(sources, NOW + GRACE) == []


def test_an_unknown_price_gives_nothing():
    assert access.of_item(item(key=""), GRACE) is None
    assert access.of_item(item(key="no-longer-sold"), GRACE) is None


def grant(tier: Tier, until: datetime | None) -> access.Source:
    return access.of_grant(Grant(tier=tier, until=until))


def test_a_subscription_under_a_better_grant_is_two_segments():
    friday = NOW + timedelta(days=4)
    sources = [given(item()), grant(Tier.BUSINESS, friday)]
    assert [(s.tier, s.until, s.reason) for s in access.timeline(sources, NOW)] == [
        (Tier.BUSINESS, friday, Reason.GRANT),
        (Tier.PREMIUM, ENDS + GRACE, Reason.SUBSCRIPTION),
    ]


def test_a_grant_outlives_the_subscription_below_it():
    sources = [given(item(cancel_at_period_end=True)), grant(Tier.STARTER, None)]
    segments = access.timeline(sources, NOW)
    assert [(s.tier, s.until) for s in segments] == [(Tier.PREMIUM, ENDS), (Tier.STARTER, None)]
    assert segments[0].limit("api_requests_per_day") is None
    assert segments[1].limit("api_requests_per_day") == 1000


def test_two_subscriptions_at_once_are_one_segment_until_the_later_end():
    sources = [given(item()), given(item(ends=ENDS + timedelta(days=5)))]
    [segment] = access.timeline(sources, NOW)
    assert segment.until == ENDS + timedelta(days=5) + GRACE


def test_what_is_over_does_not_count_and_nothing_is_an_empty_timeline():
    assert access.timeline([grant(Tier.BUSINESS, NOW)], NOW) == []
    assert access.timeline([], NOW) == []


def test_a_better_tier_does_not_take_away_a_wider_limit():
    wide = access.Source(Tier.STARTER, None, Reason.GRANT, frozenset({"bulk"}), {"seats": None, "rows": 7})
    narrow = access.Source(
        Tier.PREMIUM, None, Reason.SUBSCRIPTION, frozenset({"export"}), {"seats": 5, "rows": 9}
    )
    [segment] = access.timeline([wide, narrow], NOW)
    assert (segment.tier, segment.features) == (Tier.PREMIUM, {"bulk", "export"})
    assert segment.limits == {"seats": None, "rows": 9}


def of(subscription: str, key: str, quantity: int = 1, **fields: object) -> access.Source:
    """What an item of that subscription gives."""
    one = item(key=key, stripe_id=subscription, **fields)
    one.quantity = quantity
    return given(one)


def test_machines_add_up_over_the_base_plan_and_the_items_of_a_subscription():
    sources = [
        of("sub_1", "starter"),
        of("sub_1", "instance:a10g", 2),
        of("sub_1", "instance:a10g", 3),
        of("sub_1", "instance:t4"),
    ]
    [segment] = access.timeline(sources, NOW)
    assert (segment.tier, segment.until) == (Tier.STARTER, ENDS + GRACE)
    assert segment.limit("instance:a10g") == 5
    assert segment.limit("instance:t4") == 1
    assert segment.limit("instance:a100") == 0
    assert segment.limit("api_requests_per_day") == 1000


def test_what_two_subscriptions_give_does_not_add_up_the_wider_counts():
    sources = [of("sub_1", "instance:a10g", 2), of("sub_2", "instance:a10g", 3), of("sub_2", "starter")]
    [segment] = access.timeline(sources, NOW)
    assert segment.limit("instance:a10g") == 3


def test_machines_without_a_base_plan_give_their_number_and_no_tier():
    [segment] = access.timeline([of("sub_1", "instance:a10g", 2)], NOW)
    assert (segment.tier, segment.features) == (Tier.FREE, frozenset())
    assert segment.limit("instance:a10g") == 2
    assert segment.limit("api_requests_per_day") == 100


def test_an_unlimited_share_makes_the_sum_unlimited():
    [segment] = access.timeline([of("sub_1", "starter"), of("sub_1", "premium")], NOW)
    assert segment.limit("api_requests_per_day") is None


def test_a_granted_feature_and_a_granted_limit_come_to_what_is_there():
    sources = [
        of("sub_1", "starter"),
        access.of_grant(Grant(feature="export", until=None)),
        access.of_grant(Grant(limit="api_requests_per_day", amount=5000, until=NOW + GRACE)),
    ]
    first, second, last = access.timeline(sources, NOW)
    assert (first.tier, first.features, first.limit("api_requests_per_day")) == ("starter", {"export"}, 5000)
    assert (second.tier, second.features, second.limit("api_requests_per_day")) == (
        "starter",
        {"export"},
        1000,
    )
    assert (last.tier, last.features, last.until) == (Tier.FREE, {"export"}, None)


def test_a_small_gift_takes_nothing_away_from_what_is_free():
    [segment] = access.timeline(
        [access.of_grant(Grant(limit="api_requests_per_day", amount=5, until=None))], NOW
    )
    assert (segment.tier, segment.limit("api_requests_per_day")) == (Tier.FREE, 100)

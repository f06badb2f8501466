"""Billing periods: where they begin and end, counted from the billing cycle anchor.

A month ends on the anchor's day, or on the last day of a month that is too short; the day comes back in the next
long one. https://docs.stripe.com/billing/subscriptions/billing-cycle
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, datetime
from typing import Any

DAY = 24 * 3600
SECONDS = {"day": DAY, "week": 7 * DAY}
MONTHS = {"month": 1, "year": 12}


def add(anchor: int, recurring: dict[str, Any], count: int) -> int:
    """The anchor moved by `count` intervals, back if negative."""
    steps = count * recurring["interval_count"]
    if recurring["interval"] in SECONDS:
        return anchor + steps * SECONDS[recurring["interval"]]
    return add_months(anchor, steps * MONTHS[recurring["interval"]])


def add_months(anchor: int, count: int) -> int:
    begun = datetime.fromtimestamp(anchor, UTC)
    year, month = divmod(begun.year * 12 + begun.month - 1 + count, 12)
    day = min(begun.day, monthrange(year, month + 1)[1])
    return int(begun.replace(year=year, month=month + 1, day=day).timestamp())


def end_after(anchor: int, recurring: dict[str, Any], moment: int) -> int:
    """The first boundary after a moment."""
    count = _estimate(anchor, recurring, moment)
    while add(anchor, recurring, count) <= moment:
        count += 1
    while add(anchor, recurring, count - 1) > moment:
        count -= 1
    return add(anchor, recurring, count)


def start_before(anchor: int, recurring: dict[str, Any], end: int) -> int:
    """The boundary before the boundary `end`: where its period begins."""
    count = _estimate(anchor, recurring, end)
    while add(anchor, recurring, count) < end:
        count += 1
    while add(anchor, recurring, count) >= end:
        count -= 1
    return add(anchor, recurring, count)


def _estimate(anchor: int, recurring: dict[str, Any], moment: int) -> int:
    """How many intervals from the anchor to a moment, give or take one."""
    return (moment - anchor) // (add(anchor, recurring, 1) - anchor)


def match_anchor(config: dict[str, int], moment: int) -> int:
    """The first time from `moment` on that fits `billing_cycle_anchor_config`; what it leaves open is as now."""
    now = datetime.fromtimestamp(moment, UTC)
    hour, minute, second = (config.get(part, getattr(now, part)) for part in ("hour", "minute", "second"))
    for ahead in range(14):
        year, month = divmod(now.year * 12 + now.month - 1 + ahead, 12)
        if config.get("month", month + 1) != month + 1:
            continue
        day = min(config["day_of_month"], monthrange(year, month + 1)[1])
        found = int(datetime(year, month + 1, day, hour, minute, second, tzinfo=UTC).timestamp())
        if found >= moment:
            return found
    raise ValueError("a month comes round every twelve")

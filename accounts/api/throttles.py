"""How often the API may be called: by tier, counted exactly; see `accounts.tiers` for the numbers."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts import gates, usage
from accounts.gates import WayUp
from accounts.usage import DAY, HOUR, Meter
from config.api import ApiError


class TierThrottle(BaseThrottle):
    """Counts the request against the caller's limit; 429 with `Retry-After` when it is used up.

    One statement for a caller with a limit, none for one without.
    """

    def allow_request(self, request: Request, view: Any) -> bool:
        meter = usage.meter_of(request)
        if meter.limit is None:
            return True
        used = usage.count(meter)
        # Read by `accounts.middleware`: a throttle does not get to see the response.
        request._request.spent = meter, 0 if used is None else meter.limit - used  # type: ignore[attr-defined]
        if used is None:
            fields = gates.upgrade_fields(_more_than(meter))
            raise ApiError(429, "throttled", _sentence(meter), retry_after=meter.seconds_left(), **fields)
        return True


def _more_than(meter: Meter) -> WayUp | None:
    """A plan with more a day. A guest gets more for nothing."""
    if meter.length != DAY:
        return None
    return gates.way_up(lambda access: _exceeds(access.limit("api_requests_per_day"), meter.limit))


def _exceeds(limit: int | None, present: int | None) -> bool:
    return limit is None or (present is not None and limit > present)


def _sentence(meter: Meter) -> str:
    values = {"limit": meter.limit, "time": f"{meter.end:%H:%M}"}
    if meter.length == HOUR:
        sentence = _(
            "All %(limit)s requests of this hour are used. Sign in for more, or wait until %(time)s UTC."
        )
    else:
        sentence = _("All %(limit)s requests of today are used. The next day begins at %(time)s UTC.")
    return sentence % values

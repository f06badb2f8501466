"""How often the API may be called: by tier, counted exactly; see `accounts.tiers` for the numbers."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts import gates, usage
from accounts.usage import HOUR, Meter
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
        remaining = 0 if used is None else meter.limit - used
        left = meter.seconds_left()
        # Read by `accounts.middleware`: a throttle does not get to see the response.
        request._request.rate_limit = {"Limit": meter.limit, "Remaining": remaining, "Reset": left}  # type: ignore[attr-defined]
        if used is None:
            raise ApiError(429, "throttled", _sentence(meter), retry_after=left, **gates.upgrade_fields())
        return True


def _sentence(meter: Meter) -> str:
    values = {"limit": meter.limit, "time": f"{meter.end:%H:%M}"}
    if meter.length == HOUR:
        sentence = _(
            "All %(limit)s requests of this hour are used. Sign in for more, or wait until %(time)s UTC."
        )
    else:
        sentence = _("All %(limit)s requests of today are used. The next day begins at %(time)s UTC.")
    return sentence % values

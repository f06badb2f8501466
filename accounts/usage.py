"""How much has been used: exact counts per subject and UTC window, whatever the number of processes."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING

from django.db import connection
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts import gates, organizations
from accounts.addresses import client_address, network_of
from accounts.models import UsageCounter

if TYPE_CHECKING:
    from rest_framework.request import Request

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

# One statement, so that two processes can neither lose a count nor both take the last one. A full counter is
# not written any more: a flood of refused requests costs no writes.
COUNT = """
    INSERT INTO accounts_usagecounter (subject, window_start, count) VALUES (%s, %s, 1)
    ON CONFLICT (subject, window_start) DO UPDATE SET count = accounts_usagecounter.count + 1
    WHERE accounts_usagecounter.count < %s
    RETURNING count
"""


@dataclass(frozen=True, slots=True)
class Meter:
    """Whose requests are counted, in which window of time, up to which limit (None: without limit)."""

    subject: str
    limit: int | None
    start: datetime
    length: timedelta

    @property
    def end(self) -> datetime:
        return self.start + self.length

    def seconds_left(self, now: datetime | None = None) -> int:
        """Whole seconds until the count starts again, at least 1."""
        return max(1, ceil((self.end - (now or timezone.now())).total_seconds()))


def meter_of(request: "HttpRequest | Request") -> Meter:
    """The meter of API requests: a guest's per address and hour, an organization's per day. No query."""
    access = gates.access_of(request)
    if not request.user.is_authenticated:
        return _meter(fingerprint(request), access.limit("api_requests_per_hour"), HOUR)
    organization = organizations.current(request)
    subject = f"organization:{organization.pk}" if organization else f"user:{request.user.pk}"
    return _meter(subject, access.limit("api_requests_per_day"), DAY)


def fingerprint(request: "HttpRequest | Request") -> str:
    """A guest's subject: their address, so that it cannot be read back from the database."""
    network = network_of(client_address(getattr(request, "_request", request)))
    return f"guest:{salted_hmac('accounts.usage', network, algorithm='sha256').hexdigest()[:32]}"


def _meter(subject: str, limit: int | None, length: timedelta) -> Meter:
    now = timezone.now().astimezone(UTC)
    hour = now.hour if length == HOUR else 0
    return Meter(subject, limit, now.replace(hour=hour, minute=0, second=0, microsecond=0), length)


def count(meter: Meter) -> int | None:
    """Counts one more and returns the new count; None, with nothing counted, when the limit is reached."""
    if meter.limit is None:
        raise ValueError("What has no limit is not counted.")
    if meter.limit < 1:
        return None
    window = connection.ops.adapt_datetimefield_value(meter.start)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [meter.subject, window, meter.limit])
        row = cursor.fetchone()
    return row[0] if row else None


def counted(meter: Meter) -> int:
    """How much has been counted so far. One query."""
    counter = UsageCounter.objects.filter(subject=meter.subject, window_start=meter.start).first()
    return counter.count if counter else 0


def purge(before: datetime) -> int:
    """Deletes counters whose windows began before; returns how many."""
    return UsageCounter.objects.filter(window_start__lt=before).delete()[0]

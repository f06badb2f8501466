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
from accounts.errors import TooOftenError
from accounts.models import UsageCounter
from config import statements

if TYPE_CHECKING:
    from rest_framework.request import Request

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

# One statement, so that two processes can neither lose a count nor both take the last one. A full counter is
# not written any more: a flood of refused requests costs no writes.
COUNT = """
    INSERT INTO accounts_usagecounter (subject, window_start, count) {}
    ON CONFLICT (subject, window_start) DO UPDATE SET count = accounts_usagecounter.count + 1
    WHERE accounts_usagecounter.count < %s
    RETURNING count
"""
ANYWHERE = COUNT.format("VALUES (%s, %s, 1)")
# By itself on PostgreSQL it does not wait for the disk: a server that crashes may forget the counts of its last half
# second. The setting ends with the statement, so it must not be used within a transaction, where it would not.
QUICKLY = COUNT.format(
    "SELECT %s, %s::timestamptz, 1 WHERE set_config('synchronous_commit', 'off', true) = 'off'"
)


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

    @property
    def name(self) -> str:
        """The window in a word, for programs."""
        return "day" if self.length == DAY else "hour"

    def seconds_left(self, now: datetime | None = None) -> int:
        """Whole seconds until the count starts again, at least 1."""
        return max(1, ceil((self.end - (now or timezone.now())).total_seconds()))


def meter_of(request: "HttpRequest | Request") -> Meter:
    """The meter of API requests: a guest's per address and hour, an organization's per day. No query."""
    access = gates.access_of(request)
    if not request.user.is_authenticated:
        return meter(f"guest:{fingerprint(request)}", access.limit("api_requests_per_hour"), HOUR)
    organization = organizations.current(request)
    subject = f"organization:{organization.pk}" if organization else f"user:{request.user.pk}"
    return meter(subject, access.limit("api_requests_per_day"), DAY)


def meter(subject: str, limit: int | None, length: timedelta) -> Meter:
    """A meter whose windows follow each other since 1970, so that hours and days are those of UTC."""
    seconds = int(length.total_seconds())
    start = int(timezone.now().timestamp()) // seconds * seconds
    return Meter(subject, limit, datetime.fromtimestamp(start, UTC), length)


def fingerprint(request: "HttpRequest | Request", *more: str) -> str:
    """Who asks, by address (and what else is given), in a form that cannot be read back from the database."""
    network = network_of(client_address(getattr(request, "_request", request)))
    return salted_hmac("accounts.usage", "\n".join([network, *more]), algorithm="sha256").hexdigest()[:32]


def count(meter: Meter) -> int | None:
    """Counts one more and returns the new count; None, with nothing counted, when the limit is reached."""
    if meter.limit is None:
        raise ValueError("What has no limit is not counted.")
    if meter.limit < 1:
        return None
    window = connection.ops.adapt_datetimefield_value(meter.start)
    alone = connection.vendor == "postgresql" and not connection.in_atomic_block
    rows = statements.run(QUICKLY if alone else ANYWHERE, [meter.subject, window, meter.limit])
    return rows[0][0] if rows else None


def spend(meter: Meter) -> None:
    """Counts one more, or raises `TooOftenError` when the limit is reached."""
    if count(meter) is None:
        raise TooOftenError(meter.seconds_left())


def counted(meter: Meter) -> int:
    """How much has been counted so far. One query."""
    counter = UsageCounter.objects.filter(subject=meter.subject, window_start=meter.start).first()
    return counter.count if counter else 0


def purge(before: datetime) -> int:
    """Deletes counters whose windows began before; returns how many."""
    return UsageCounter.objects.filter(window_start__lt=before).delete()[0]

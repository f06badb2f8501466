"""The inbox's rows: stored once, claimed by one worker at a time, and settled."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import DatabaseError, connection
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from billing.models import Event
from billing.webhooks.notices import Notice
from config import statements
from config.statements import Prepared

# A worker that has not finished by then is taken for dead. Longer than the deadline of a request.
LEASE = timedelta(seconds=60)
BACK_OFF = timedelta(seconds=30)
LONGEST_BACK_OFF = timedelta(hours=6)
# With the back-off about a day and a half; and more than Stripe itself tries in its first day.
ATTEMPTS = 12

# With it a payment can be confirmed; Stripe: not to be stored. Events of intents bear it, and nobody reads it there.
# https://docs.stripe.com/api/payment_intents/object#payment_intent_object-client_secret
# The pattern begins with the name, so that most of a body is passed over at once.
_CLIENT_SECRET = re.compile(r'("client_secret":\s*)"[^"\\]*"')

_INSERT = """
    INSERT INTO billing_event (stripe_id, type, object_kind, object_id, created, received, payload,
        state, attempts, reason, error, copied)
    VALUES (%s, %s, %s, %s, %s, %s, %s, '{state}', {attempts}, {reason}, '', false)
"""
_NEW = "ON CONFLICT (stripe_id) DO NOTHING RETURNING id"
_RECEIVED = _INSERT.format(state=Event.State.RECEIVED.value, attempts=0, reason="''") + _NEW
_IGNORED = _INSERT.format(state=Event.State.IGNORED.value, attempts=0, reason="%s") + _NEW
_DONE = _INSERT.format(state=Event.State.DONE.value, attempts=1, reason="''")


class LeaseLost(Exception):  # noqa: N818  (a fact about a worker)
    """It took so long that another worker was given the event; what was done here does not count."""


def store(notice: Notice, body: str) -> bool:
    """Put the event into the inbox, unless it is there already, from whichever of our URLs. One statement."""
    return bool(statements.run(_RECEIVED, _columns(notice, body)))


def store_ignored(notice: Notice, reason: str) -> None:
    """The same for an event that means nothing to us: without what it says."""
    statements.run(_IGNORED, [*_columns(notice, ""), reason])


def store_done(notice: Notice, body: str) -> None:
    """The same for an event that is done with the transaction. If it is there already, that fails: IntegrityError."""
    statements.send(_DONE, _columns(notice, body))


def _columns(notice: Notice, body: str) -> list[Any]:
    time = connection.ops.adapt_datetimefield_value
    return [
        notice.id,
        notice.type,
        notice.kind,
        notice.object_id or None,
        time(datetime.fromtimestamp(notice.created, UTC)),
        time(timezone.now()),
        _CLIENT_SECRET.sub(r"\1null", body),
    ]


def _locked(event_id: int) -> QuerySet[Event]:
    return Event.objects.filter(pk=event_id).select_for_update(no_key=True)


_LOCKED = Prepared(_locked, -1)


def take(event_id: int) -> Event | None:
    """The event, locked until the transaction ends; None if it is settled or somebody has a lease on it."""
    event = _LOCKED.first(event_id)
    if event is None or event.is_settled or (event.leased_until and event.leased_until > timezone.now()):
        return None
    return event


def take_untouched() -> Event | None:
    """The event that nobody has begun with for the longest time, locked; None if there is none but in others' hands."""
    return Event.objects.untouched().select_for_update(no_key=True, skip_locked=True).first()


def finish(event: Event) -> None:
    """What was taken is done. One statement."""
    event.state, event.attempts = Event.State.DONE, event.attempts + 1
    event.error, event.next_try, event.leased_until = "", None, None
    statements.update(event, "state", "attempts", "error", "next_try", "leased_until")


def claim(event: Event) -> bool:
    """Take the event for the time of a lease; False if it is settled or somebody else is at it. Committed at once."""
    now = timezone.now()
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    open_ = Event.objects.filter(pk=event.pk).exclude(state__in=Event.SETTLED).filter(free)
    if not open_.update(leased_until=now + LEASE, attempts=F("attempts") + 1):
        return False
    event.refresh_from_db()
    return True


def settle(event: Event, state: Event.State, *, reason: str = "") -> None:
    """It is done or ignored. What is not ours keeps no payload. Raises `LeaseLost`."""
    forgotten = {"payload": ""} if state == Event.State.IGNORED else {}
    _close(event, state=state, reason=reason, error="", next_try=None, **forgotten)


def fail(event: Event, error: Exception) -> None:
    """Note what went wrong and when to try again; after too many times give up, until somebody replays it."""
    pause = min(BACK_OFF * 2 ** (event.attempts - 1), LONGEST_BACK_OFF)
    state = Event.State.PARKED if event.attempts >= ATTEMPTS else Event.State.FAILED
    _close(event, state=state, error=describe(error), next_try=timezone.now() + pause)


def _close(event: Event, **columns: Any) -> None:
    held = Event.objects.filter(pk=event.pk, leased_until=event.leased_until)
    if not held.update(leased_until=None, **columns):
        raise LeaseLost
    event.refresh_from_db()


def reopen(event: Event) -> bool:
    """Let it be processed as if it had just come; False while somebody is at it."""
    now = timezone.now()
    free = Event.objects.filter(pk=event.pk).filter(Q(leased_until=None) | Q(leased_until__lte=now))
    reopened = free.update(state=Event.State.RECEIVED, attempts=0, next_try=None, leased_until=None)
    event.refresh_from_db()
    return bool(reopened)


def purge(before: datetime) -> int:
    """Delete what was received before then and needs nothing more. Returns how many."""
    over = Event.objects.filter(state__in=[Event.State.DONE, Event.State.IGNORED], received__lt=before)
    deleted, _by_model = over.delete()
    return deleted


def describe(error: Exception) -> str:
    """The error in one line. A database's further lines quote values, which may be personal."""
    text = str(error).splitlines()[0] if str(error) and not isinstance(error, DatabaseError) else ""
    return f"{type(error).__name__}: {text}"[:300].rstrip(": ")

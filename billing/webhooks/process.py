"""What becomes of an event: the quick way in one transaction, and the long way with everything that may go wrong.

An event that is newer than its row beyond doubt takes the quick way, when it arrives or in a worker: its row in the
inbox, the mirror, access and effects are committed together, without a call to Stripe. All others are stored first
and then claimed, asked about and tried again.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import structlog
from django.db import IntegrityError, connection, transaction

from billing import errors, mirror, ownership
from billing.gateway import deadline
from billing.mirror import Statement, Verdict
from billing.mirror.hearing import ROUNDS
from billing.models import Event
from billing.ownership import Owner
from billing.webhooks import inbox, notices, registry
from billing.webhooks.notices import Notice
from config import statements

logger = structlog.get_logger(__name__)

QUICKLY_FAILED = "event failed on the quick way"
# So many events a worker does before it is free for its other tasks.
IN_A_ROW = 500


class NotTheQuickWay(Exception):  # noqa: N818  (a turning, not an error)
    """Rolls the quick way back: Stripe has to be asked."""


class Outcome(NamedTuple):
    """In which state the event is now; `busy` while another worker is at it."""

    state: Event.State
    busy: bool = False

    @property
    def is_settled(self) -> bool:
        return self.state in Event.SETTLED


def arrived(notice: Notice, body: str) -> Outcome:
    """Store a new event and process it at once; a known one only if it is not settled yet."""
    if reason := notice.reason_to_ignore:
        inbox.store_ignored(notice, reason)
        return Outcome(Event.State.IGNORED)
    try:
        return _quickly(notice, body)
    except (NotTheQuickWay, IntegrityError):  # Stripe has to be asked, or the event is known already
        pass
    except Exception as error:
        if connection.connection is None:  # there is no database to store it in
            raise
        logger.warning(QUICKLY_FAILED, stripe_event=notice.id, error=inbox.describe(error))
    inbox.store(notice, body)
    return _carefully(Event.objects.get(stripe_id=notice.id), notice)


def _quickly(notice: Notice, body: str) -> Outcome:
    with statements.together():
        if not _apply(notice, notice.statement):
            raise NotTheQuickWay
        inbox.store_done(notice, body)
    return Outcome(Event.State.DONE)


def _apply(notice: Notice, statement: Statement, owner: Owner | None = None) -> bool:
    """Mirror what was said, with its effects, in the caller's transaction; False if Stripe has to be asked first."""
    heard = mirror.hear(statement, owner.organization_id if owner else None)
    if heard.verdict is Verdict.ASK or heard.guard is None:
        return False
    registry.react(notice, heard.guard)
    return True


def work(event_id: int) -> Outcome:
    """Process a stored event, unless it is settled or another worker is at it. Never raises for what the event does."""
    _event, done = _at_once(lambda: inbox.take(event_id))
    return Outcome(Event.State.DONE) if done else _carefully(Event.objects.get(pk=event_id))


def work_off(call_another: Callable[[], object]) -> None:
    """Process the events that nobody has begun with, until there are none. Several may do so at the same time.

    Another is called before anything that may take long, and after so many that this one should be free for others.
    """
    for _number in range(IN_A_ROW):
        event, done = _at_once(inbox.take_untouched)
        if event is None:
            return
        if not done:
            _carefully(event, claimed=call_another)
    call_another()


def _at_once(take: Callable[[], Event | None]) -> tuple[Event | None, bool]:
    """What was taken, and whether it is done. Without a lease: who dies here has done nothing."""
    event = None
    try:
        with statements.together():
            event = take()
            notice = notices.read(event.payload.encode()) if event else None
            if event is None or notice is None or not _apply(notice, notice.statement):
                raise NotTheQuickWay
            inbox.finish(event)
        return event, True
    except NotTheQuickWay:
        return event, False
    except Exception as error:
        if event is None:
            raise
        logger.warning(QUICKLY_FAILED, stripe_event=event.stripe_id, error=inbox.describe(error))
        return event, False


def _carefully(
    event: Event, notice: Notice | None = None, claimed: Callable[[], object] = lambda: None
) -> Outcome:
    if not inbox.claim(event):
        event.refresh_from_db()
        return Outcome(Event.State(event.state), busy=not event.is_settled)
    claimed()
    try:
        with deadline.within():
            _carry_out(event, notice or notices.read(event.payload.encode()))
    except inbox.LeaseLost:
        event.refresh_from_db()
        return Outcome(Event.State(event.state), busy=not event.is_settled)
    except Exception as error:
        _note_failure(event, error)
    return Outcome(Event.State(event.state))


def _note_failure(event: Event, error: Exception) -> None:
    try:
        inbox.fail(event, error)
    except inbox.LeaseLost:
        event.refresh_from_db()  # whoever has the event now will say how it went
    logger.warning("event failed", stripe_event=event.stripe_id, type=event.type, error=inbox.describe(error))


def _carry_out(event: Event, notice: Notice) -> None:
    data = notice.data or {"id": notice.object_id}
    owner = ownership.resolve(notice.kind, data)
    if not owner.ours:
        inbox.settle(event, Event.State.IGNORED, reason=Event.Reason.FOREIGN)
        return
    for _round in range(ROUNDS):
        if _settled(event, notice, notice.statement, owner):
            return
        if _settled(event, notice, mirror.ask(notice.kind, notice.object_id, owner.organization_id), owner):
            return
    raise errors.Busy


def _settled(event: Event, notice: Notice, statement: Statement, owner: Owner) -> bool:
    with transaction.atomic():
        if not _apply(notice, statement, owner):
            return False
        inbox.settle(event, Event.State.DONE)
    return True


def replay(event: Event) -> Outcome:
    """Process an event again, whatever became of it. One that was not ours, or not kept, stays as it is."""
    if event.payload and inbox.reopen(event):
        return work(event.pk)
    return Outcome(Event.State(event.state), busy=not event.is_settled)


def sweep(limit: int = 1000) -> Iterator[tuple[int, Outcome]]:
    """Process what is waiting: not yet tried, to be tried again, or left behind by a worker that died."""
    for event_id in list(Event.objects.due().values_list("pk", flat=True)[:limit]):
        yield event_id, work(event_id)

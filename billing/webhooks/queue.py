"""With a broker: an event is stored and answered at once, and processed by a worker.

To call a worker costs more than to store an event. So it is called when nobody was, and works off all that it finds.
"""

import time

import structlog
from django.conf import settings
from django.db import transaction

from billing.models import Event
from billing.webhooks import inbox
from billing.webhooks.notices import Notice

logger = structlog.get_logger(__name__)

# Seconds between two calls of this process while there are events for which a worker was called already.
PAUSE = 2.0
_called_last = 0.0


def is_used() -> bool:
    return bool(settings.CELERY_BROKER_URL)


def arrived(notice: Notice, body: str) -> None:
    """Store a new event and let a worker know once that is committed. A known one that is settled stays as it is."""
    if reason := notice.reason_to_ignore:
        inbox.store(notice, "", Event.State.IGNORED, reason=reason)
        return
    new = inbox.store(notice, body)
    if new is not None:
        transaction.on_commit(lambda: _announce(new), robust=True)
    elif (known := _open(notice)) is not None:
        transaction.on_commit(lambda: _tell("work", known), robust=True)


def _announce(event_id: int) -> None:
    """A worker that was called for an event before finds this one too. If that takes long it may have died, or not
    have heard: then another is called, though not for every event.
    """
    worked_off = inbox.is_worked_off(event_id)
    if worked_off is None or (not worked_off and _called_last + PAUSE < time.monotonic()):
        call()


def call() -> None:
    """Let a worker work off what waits."""
    global _called_last
    _called_last = time.monotonic()
    _tell("work_off")


def _open(notice: Notice) -> int | None:
    """The key of an event that is known, unless it is settled."""
    event = Event.objects.only("state").get(stripe_id=notice.id)
    return None if event.is_settled else event.pk


def _tell(task: str, *arguments: int) -> None:
    from billing import tasks  # Celery is loaded only where it is used

    try:
        getattr(tasks, task).delay(*arguments)
    except tasks.work.OperationalError as error:  # events are kept, and the sweep will find them
        logger.warning("broker not reached", task=task, error=type(error).__name__)

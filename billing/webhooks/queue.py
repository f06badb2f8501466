"""With a broker: an event is stored and answered at once, and processed by a worker.

To call a worker costs more than to store an event. So one is called for all that come within a moment, and works off
all that it finds.
"""

import atexit
import threading
import time

import structlog
from django.conf import settings
from django.db import transaction

from billing.models import Event
from billing.webhooks import inbox
from billing.webhooks.notices import Notice

logger = structlog.get_logger(__name__)

# Seconds from one call of this process to the next; and after one that the broker did not take.
PAUSE, LONG_PAUSE = 0.5, 2.0


class _Bell:
    """Rung for every event, in no time. A thread of its own calls a worker: at once, but not again within the pause;
    then once at its end, for all that rang meanwhile."""

    def __init__(self) -> None:
        self._rung = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def ring(self) -> None:
        if self._rung.is_set():
            return
        self._rung.set()
        with self._lock:  # a process that was forked has none of its parent's threads
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._listen, daemon=True)
                self._thread.start()

    def silence(self) -> bool:
        """Whether it was still to be heard."""
        rung = self._rung.is_set()
        self._rung.clear()
        return rung

    def _listen(self) -> None:
        """Whoever rings while a worker is called wants another: what they tell of may come too late for this one."""
        while self._rung.wait():
            self._rung.clear()
            time.sleep(PAUSE if call() else LONG_PAUSE)


_bell = _Bell()


def is_used() -> bool:
    return bool(settings.CELERY_BROKER_URL)


def arrived(notice: Notice, body: str) -> None:
    """Store a new event and let a worker know once that is committed. A known one that is settled stays as it is."""
    if reason := notice.reason_to_ignore:
        inbox.store_ignored(notice, reason)
    elif inbox.store(notice, body):
        transaction.on_commit(_bell.ring, robust=True)
    elif (known := _open(notice)) is not None:
        transaction.on_commit(lambda: _tell("work", known), robust=True)


def call() -> bool:
    """Let a worker work off what waits; whether the broker took it."""
    return _tell("work_off")


def _open(notice: Notice) -> int | None:
    """The key of an event that is known, unless it is settled."""
    event = Event.objects.only("state").get(stripe_id=notice.id)
    return None if event.is_settled else event.pk


def _tell(task: str, *arguments: int) -> bool:
    from billing import tasks  # Celery is loaded only where it is used

    try:
        getattr(tasks, task).delay(*arguments)
    except tasks.work.OperationalError as error:  # events are kept, and the sweep will find them
        logger.warning("broker not reached", task=task, error=type(error).__name__)
        return False
    return True


@atexit.register
def _before_the_end() -> None:
    if _bell.silence():
        call()

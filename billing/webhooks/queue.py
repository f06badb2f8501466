"""With a broker: an event is stored and answered at once, and processed by a worker."""

import structlog
from django.conf import settings
from django.db import transaction

from billing.models import Event
from billing.webhooks import inbox
from billing.webhooks.notices import Notice

logger = structlog.get_logger(__name__)


def is_used() -> bool:
    return bool(settings.CELERY_BROKER_URL)


def arrived(notice: Notice, body: str) -> None:
    """Store a new event and let a worker know once that is committed. A known one that is settled stays as it is."""
    if reason := notice.reason_to_ignore:
        inbox.store(notice, "", Event.State.IGNORED, reason=reason)
        return
    event_id = inbox.store(notice, body) or _open(notice)
    if event_id is not None:
        transaction.on_commit(lambda: _tell(event_id), robust=True)


def _open(notice: Notice) -> int | None:
    """The key of an event that is known, unless it is settled."""
    event = Event.objects.only("state").get(stripe_id=notice.id)
    return None if event.is_settled else event.pk


def _tell(event_id: int) -> None:
    from billing.tasks import work  # Celery is loaded only where it is used

    try:
        work.delay(event_id)
    except work.OperationalError as error:  # the event is kept, and the sweep will find it
        logger.warning("broker not reached", event=event_id, error=type(error).__name__)

"""Papers into the storage: made after the commit that issued them, tried again until they are there.

A sale never waits for it, nor fails with it: the paper can be made from its row at any time, byte for byte the same.
"""

from datetime import timedelta

import structlog
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from portal.models import Receipt

logger = structlog.get_logger(__name__)

State = Receipt.State

FOLDER = "receipts"
ATTEMPTS = 36  # about a week
LEASE = timedelta(minutes=5)
BACK_OFF = timedelta(minutes=1)
LONGEST_BACK_OFF = timedelta(hours=6)


def begin(receipt_id: int) -> None:
    """File it now, or have a worker do it where there are some."""
    if settings.CELERY_BROKER_URL:
        from portal import tasks  # loads Celery, which only those with workers need

        tasks.file.delay(receipt_id)
    else:
        file(receipt_id)


def file(receipt_id: int) -> bool:
    """File one paper if it is its turn; whether it is filed now. A failure is noted, and tried again."""
    receipt = _claim(receipt_id)
    if receipt is None:
        return False
    try:
        filename = _store(receipt, draw(receipt))
    except Exception as error:  # whatever a disk or Dropbox may do to us, the sale stands
        _postpone(receipt, error)
        return False
    Receipt.objects.filter(pk=receipt.pk).update(state=State.FILED, filename=filename, error="")
    return True


def file_waiting(limit: int = 100) -> tuple[int, int]:
    """File what is due: what failed before, or was left behind by a process that died. Returns how many were filed,
    and how many failed."""
    due = Receipt.objects.filter(state=State.WAITING, next_try__lte=timezone.now()).order_by("next_try")
    done = [file(receipt_id) for receipt_id in list(due.values_list("pk", flat=True)[:limit])]
    return sum(done), len(done) - sum(done)


def take_up(papers: QuerySet[Receipt]) -> int:
    """Let what of them was given up be tried again; returns how many that are."""
    return papers.filter(state=State.PARKED).update(state=State.WAITING, attempts=0, next_try=timezone.now())


def read(receipt: Receipt) -> bytes:
    """The paper as it was filed; made anew where it is not filed yet, or the storage does not answer."""
    if receipt.state == State.FILED:
        try:
            with _storage().open(f"{FOLDER}/{receipt.filename}") as filed:
                return bytes(filed.read())
        except Exception as error:
            logger.warning("paper not read", receipt=receipt.pk, error=type(error).__name__)
    return draw(receipt)


def draw(receipt: Receipt) -> bytes:
    """The PDF, the same bytes whenever it is made."""
    from portal import paper  # loads a library that takes seconds

    return paper.draw(receipt)


def _claim(receipt_id: int) -> Receipt | None:
    """The paper, if nobody else is at it; others keep away from it for the time of the lease."""
    with transaction.atomic():
        receipt = Receipt.objects.select_for_update().filter(pk=receipt_id).first()
        now = timezone.now()
        if receipt is None or receipt.state != State.WAITING or receipt.next_try > now:
            return None
        receipt.attempts += 1
        receipt.next_try = now + LEASE
        receipt.save(update_fields=["attempts", "next_try"])
    return receipt


def _store(receipt: Receipt, content: bytes) -> str:
    """Under its name, or a similar one if something else has it; nothing is overwritten. Returns the name.

    It may be there already, when a process died after storing it.
    """
    storage, path = _storage(), f"{FOLDER}/{receipt.filename}"
    if storage.exists(path):
        with storage.open(path) as there:
            if there.read() == content:
                return receipt.filename
    return storage.save(path, ContentFile(content)).removeprefix(f"{FOLDER}/")


def _postpone(receipt: Receipt, error: Exception) -> None:
    """Back off, doubling from a minute to six hours; after about a week it is given up, as staff see in the admin."""
    given_up = receipt.attempts >= ATTEMPTS
    pause = min(BACK_OFF * 2 ** min(receipt.attempts - 1, 20), LONGEST_BACK_OFF)
    Receipt.objects.filter(pk=receipt.pk).update(
        state=State.PARKED if given_up else State.WAITING,
        next_try=timezone.now() + pause,
        error=type(error).__name__,
    )
    logger.warning("paper not filed", receipt=receipt.pk, attempts=receipt.attempts, given_up=given_up)


def _storage() -> Storage:
    return storages["receipts"]

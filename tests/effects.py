"""How often each event had its effect: counted where a handler counts, in the transaction that mirrors its object."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from billing.models import MirroredObject
from billing.webhooks import registry
from billing.webhooks.notices import Notice


@contextmanager
def counted() -> Iterator[None]:
    """A handler on every type of event that writes a row; the table goes with the test's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE proof_effect (event varchar(255) NOT NULL)")
    types = registry.types()
    registry.on(*types)(_note)
    try:
        yield
    finally:
        for type_ in types:
            registry._handlers[type_].remove(_note)


def _note(notice: Notice, guard: MirroredObject) -> None:
    """Count."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO proof_effect (event) VALUES (%s)", [notice.id])


def by_event() -> Counter[str]:
    """Committed effects by the event's id."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT event FROM proof_effect")
        return Counter(event for (event,) in cursor.fetchall())

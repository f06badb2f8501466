"""A database that is restored from a backup: what was written since is gone, though Stripe knows of it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.test import TestCase


@contextmanager
def forgotten() -> Iterator[None]:
    """What is written inside is not in the backup that the database is restored from."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]  # as the one that the test itself is
    with block:
        with TestCase.captureOnCommitCallbacks(execute=True):
            yield
        transaction.set_rollback(True)

"""Statements on their way: PostgreSQL plans each once for a connection, and takes several in one round trip.

Where connections are pooled by the transaction it cannot keep plans; Django's DISABLE_SERVER_SIDE_CURSORS says so.
"""

import itertools
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, NotSupportedError, connections

Row = tuple[Any, ...]
Statement = tuple[str, Sequence[Any]]

# Of each connection to PostgreSQL: how to call what is planned there already.
_planned: WeakKeyDictionary[Any, dict[str, str]] = WeakKeyDictionary()
_numbers = itertools.count()


class _Waiting(threading.local):
    """What waits for the next statement; None: nothing may."""

    statements: list[Statement] | None = None


_waiting = _Waiting()


def run(sql: str, values: Sequence[Any]) -> list[Row]:
    """One statement, always in the same words, with these values for its `%s`. What it returns, if it does."""
    return _execute([*_taken(), (sql, values)])


def send(sql: str, values: Sequence[Any]) -> None:
    """As `run`, but what it returns is of no interest: within `together` it may wait for the next statement."""
    if _waiting.statements is None:
        _execute([(sql, values)])
    else:
        _waiting.statements.append((sql, values))


@contextmanager
def together() -> Iterator[None]:
    """In here, within a transaction, what is only sent waits for the next statement and goes with it, before it.

    What goes wrong with it is raised by that one. SQLite has no round trips to save: there nothing waits.
    """
    database = connections[DEFAULT_DB_ALIAS]
    if database.vendor != "postgresql":
        yield
        return
    _waiting.statements = []
    try:
        with database.execute_wrapper(_after_what_waits):
            yield
            _execute(_taken())
    finally:
        _waiting.statements = None


def _after_what_waits(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
    """Statements of Django's own see all that was sent before them."""
    if _waiting.statements:
        _execute(_taken())
    return execute(sql, params, many, context)


def _taken() -> list[Statement]:
    taken = _waiting.statements
    if not taken:
        return []
    _waiting.statements = []
    return taken


def _execute(statements: list[Statement]) -> list[Row]:
    """Several at once; what the last one returns."""
    if not statements:
        return []
    database = connections[DEFAULT_DB_ALIAS]
    with database.cursor() as cursor:
        if database.vendor == "postgresql" and not database.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
            statements = [(_call(database, sql), values) for sql, values in statements]
        texts, values = zip(*statements, strict=True)
        try:
            cursor.execute("; ".join(texts), [value for some in values for value in some])
        except NotSupportedError:  # a column has another type now; the next time it is planned anew
            _planned.pop(database.connection, None)
            raise
        return cursor.fetchall() if cursor.description else []


def _call(database: Any, sql: str) -> str:
    known = _planned.setdefault(database.connection, {})
    if sql not in known:
        known[sql] = _plan(database, sql, f"turnpike_{next(_numbers)}")
    return known[sql]


def _plan(database: Any, sql: str, name: str) -> str:
    first, *others = sql.replace("%%", "%").split("%s")
    numbered = first + "".join(f"${number}{text}" for number, text in enumerate(others, start=1))
    with database.wrap_database_errors, database.connection.cursor() as cursor:
        cursor.execute(f"PREPARE {name} AS {numbered}")
    return f"EXECUTE {name} ({', '.join(['%s'] * len(others))})" if others else f"EXECUTE {name}"

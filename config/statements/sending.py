"""Statements on their way: PostgreSQL plans each once for a connection, and takes several in one round trip.

Where connections are pooled by the transaction it cannot keep plans; Django's DISABLE_SERVER_SIDE_CURSORS says so.
"""

import itertools
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, NotSupportedError, connections, transaction

Row = tuple[Any, ...]
Statement = tuple[str, Sequence[Any]]

_BEGIN: Statement = ("BEGIN", ())
_COMMIT: Statement = ("COMMIT", ())
_AS_THEY_ARE = {sql: sql for sql, _values in (_BEGIN, _COMMIT)}
# Of each connection to PostgreSQL: how to call what is planned there already.
_planned: WeakKeyDictionary[Any, dict[str, str]] = WeakKeyDictionary()
_numbers = itertools.count()


class _Waiting(threading.local):
    """What waits for the next statement, and the cursor that both are sent by; None: nothing may."""

    statements: list[Statement] | None = None
    cursor: Any = None


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
    """A transaction in which what is only sent waits for the next statement and goes with it, before it.

    What goes wrong with it is raised by that one. BEGIN waits in the same way, and COMMIT goes with what is left at the
    end. SQLite has no round trips to save: there nothing waits.
    """
    database = connections[DEFAULT_DB_ALIAS]
    begins = not database.in_atomic_block
    with transaction.atomic():
        if database.vendor != "postgresql":
            yield
            return
        with database.cursor() as _waiting.cursor, database.execute_wrapper(_after_what_waits):
            try:
                with _begun_by_us(database) if begins else _begun_before(database):
                    yield
            finally:
                _waiting.statements = _waiting.cursor = None


@contextmanager
def _begun_before(database: Any) -> Iterator[None]:
    _waiting.statements = []
    yield
    if not database.needs_rollback:
        _execute(_taken())


@contextmanager
def _begun_by_us(database: Any) -> Iterator[None]:
    """The driver would send BEGIN and COMMIT by themselves, so it is told that there is no transaction."""
    driver = database.connection
    driver.autocommit = True
    _waiting.statements = [_BEGIN]
    try:
        yield
        if database.needs_rollback:
            _roll_back(database)
        elif _waiting.statements != [_BEGIN]:
            _execute([*_taken(), _COMMIT])
    except BaseException:
        _roll_back(database)
        raise
    finally:
        if not driver.closed:
            driver.autocommit = False


def _roll_back(database: Any) -> None:
    """End what was begun. A connection that does not take it is given up, and the transaction with it."""
    driver = database.connection
    if _waiting.statements and _waiting.statements[0] == _BEGIN:
        return
    try:
        with driver.cursor() as cursor:
            cursor.execute("ROLLBACK")
    except database.Database.Error:
        driver.close()


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
    if _waiting.cursor is not None:
        return _execute_by(_waiting.cursor, statements)
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        return _execute_by(cursor, statements)


def _execute_by(cursor: Any, statements: list[Statement]) -> list[Row]:
    database = cursor.db
    if database.vendor == "postgresql" and not database.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
        statements = _planned_by(database, statements)
    texts, values = zip(*statements, strict=True)
    try:
        cursor.execute("; ".join(texts), [value for some in values for value in some])
    except NotSupportedError:  # a column has another type now; the next time it is planned anew
        _planned.pop(database.connection, None)
        raise
    return cursor.fetchall() if cursor.description else []


def _planned_by(database: Any, statements: list[Statement]) -> list[Statement]:
    known = _planned.get(database.connection)
    if known is None:
        known = _planned[database.connection] = _AS_THEY_ARE.copy()
    for sql, _values in statements:
        if sql not in known:
            known[sql] = _plan(database, sql, f"turnpike_{next(_numbers)}")
    return [(known[sql], values) for sql, values in statements]


def _plan(database: Any, sql: str, name: str) -> str:
    first, *others = sql.replace("%%", "%").split("%s")
    numbered = first + "".join(f"${number}{text}" for number, text in enumerate(others, start=1))
    with database.wrap_database_errors, database.connection.cursor() as cursor:
        cursor.execute(f"PREPARE {name} AS {numbered}")
    return f"EXECUTE {name} ({', '.join(['%s'] * len(others))})" if others else f"EXECUTE {name}"

"""Statements of the path that every event takes, put together once for each thread and not for each event.

Django's queries say what is meant, but to compile one takes longer than to run it. Here it is compiled once, and run
with other values; what it means still stands where it is made. PostgreSQL, too, plans each of them once for each
connection. Where connections are pooled by the transaction it cannot; Django's DISABLE_SERVER_SIDE_CURSORS says so.
"""

import threading
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from django.db import connection, connections, models
from django.db.models.query import get_related_populators

M = TypeVar("M", bound=models.Model)
Row = tuple[Any, ...]

# Of each connection to PostgreSQL: how to call what is planned there already.
_planned: WeakKeyDictionary[Any, dict[str, str]] = WeakKeyDictionary()


def run(sql: str, values: Sequence[Any]) -> list[Row]:
    """One statement, always in the same words, with these values for its `%s`. What it returns, if it does."""
    database = connections[connection.alias]
    with database.cursor() as cursor:
        if database.vendor == "postgresql" and not database.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
            sql = _call(database.connection, sql)
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else []


def _call(session: Any, sql: str) -> str:
    known = _planned.setdefault(session, {})
    if sql not in known:
        known[sql] = _plan(session, sql, f"turnpike_{len(known)}")
    return known[sql]


def _plan(session: Any, sql: str, name: str) -> str:
    first, *others = sql.replace("%%", "%").split("%s")
    numbered = first + "".join(f"${number}{text}" for number, text in enumerate(others, start=1))
    with session.cursor() as cursor:
        cursor.execute(f"PREPARE {name} AS {numbered}")
    return f"EXECUTE {name} ({', '.join(['%s'] * len(others))})" if others else f"EXECUTE {name}"


class Prepared(Generic[M]):
    """A query with one value that changes. `make` gets a `stand_in` for it, which occurs in the query nowhere else."""

    def __init__(self, make: Callable[[Any], "models.QuerySet[M]"], stand_in: Any) -> None:
        self._make, self._stand_in = make, stand_in
        self._thread = threading.local()

    def all(self, value: Any) -> list[M]:
        """The rows, as the query would give them. One statement."""
        compiled = self._compiled
        rows: Any = run(compiled.sql, compiled.parameters(value))
        return compiled.instances(rows) if rows else []

    def first(self, value: Any) -> M | None:
        return next(iter(self.all(value)), None)

    @property
    def _compiled(self) -> "_Compiled":
        if not hasattr(self._thread, "compiled"):
            self._thread.compiled = _Compiled(self._make(self._stand_in), self._stand_in)
        compiled: _Compiled = self._thread.compiled
        return compiled


class _Compiled:
    """What Django makes of a query, and how it makes instances of the rows."""

    def __init__(self, query: "models.QuerySet[Any]", stand_in: Any) -> None:
        self._compiler: Any = query.query.get_compiler(using=connection.alias)
        self.sql, parameters = self._compiler.as_sql()
        self._parameters, self._stand_in = parameters, stand_in
        selected, described = self._compiler.select, self._compiler.klass_info
        self._converters = self._compiler.get_converters(column for column, *_ in selected)
        # The stubs describe a later Django, where it takes one argument more.
        self._related = get_related_populators(described, selected, connection.alias)  # type: ignore[call-arg]
        fields = described["select_fields"]
        self._own = slice(fields[0], fields[-1] + 1)
        self._names = [column[0].target.attname for column in selected[self._own]]
        self._model = described["model"]

    def parameters(self, value: Any) -> list[Any]:
        return [value if one == self._stand_in else one for one in self._parameters]

    def instances(self, rows: Any) -> list[Any]:
        if self._converters:
            rows = self._compiler.apply_converters(rows, self._converters)
        return [self._instance(row) for row in rows]

    def _instance(self, row: Sequence[Any]) -> Any:
        found = self._model.from_db(connection.alias, self._names, row[self._own])
        for related in self._related:
            related.populate(row, found)
        for name, position in self._compiler.annotation_col_map.items():
            setattr(found, name, row[position])
        return found


def upsert(model: type[models.Model], rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows, or bring those of the same `stripe_id` up to date. One statement; all name the same columns."""
    if not rows:
        return
    names = tuple(rows[0])
    sql, fields = _upsert(model, names, len(rows), connection.vendor)
    run(sql, [_adapted(field, row[name]) for row in rows for name, field in zip(names, fields, strict=True)])


def update(instance: models.Model, *names: str) -> None:
    """Write these columns of the row as they are now. One statement."""
    sql, fields = _update(type(instance), names, connection.vendor)
    values = [_adapted(field, getattr(instance, field.attname)) for field in fields]
    run(sql, [*values, instance.pk])


# Their values go to the driver as they are; others are adapted to the database.
_PLAIN = (models.CharField, models.TextField, models.IntegerField, models.BooleanField, models.ForeignKey)


@lru_cache(maxsize=128)
def _upsert(
    model: type[models.Model], names: tuple[str, ...], count: int, vendor: str
) -> tuple[str, list[Any]]:
    fields, quote = [_field(model, name) for name in names], connection.ops.quote_name
    columns = [quote(field.column) for field in fields]
    written = [column for column in columns if column != quote("stripe_id")]
    marks = f"({', '.join(['%s'] * len(columns))})"
    sql = (
        f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(columns)}) VALUES {', '.join([marks] * count)}"  # noqa: S608
        f" ON CONFLICT (stripe_id) DO UPDATE SET {', '.join(f'{column} = excluded.{column}' for column in written)}"
    )
    return sql, fields


@lru_cache(maxsize=32)
def _update(model: type[models.Model], names: tuple[str, ...], vendor: str) -> tuple[str, list[Any]]:
    fields, quote = [_field(model, name) for name in names], connection.ops.quote_name
    assignments = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    return f"UPDATE {quote(model._meta.db_table)} SET {assignments} WHERE id = %s", fields  # noqa: S608


def _field(model: type[models.Model], name: str) -> Any:
    """By the name of the field or of its column: `organization` or `organization_id`."""
    return next(field for field in model._meta.concrete_fields if name in (field.name, field.attname))


def _adapted(field: Any, value: Any) -> Any:
    return value if isinstance(field, _PLAIN) else field.get_db_prep_save(value, connection)

"""Statements of the path that every event takes, put together once for each thread and not for each event.

Django's queries say what is meant, but to compile one takes longer than to run it. Here it is compiled once, and run
with other values; what it means still stands where it is made.
"""

import threading
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Generic, TypeVar

from django.db import connection, models
from django.db.models.query import get_related_populators

M = TypeVar("M", bound=models.Model)


class Prepared(Generic[M]):
    """A query with one value that changes. `make` gets a `stand_in` for it, which occurs in the query nowhere else."""

    def __init__(self, make: Callable[[Any], "models.QuerySet[M]"], stand_in: Any) -> None:
        self._make, self._stand_in = make, stand_in
        self._compiled = threading.local()

    def all(self, value: Any) -> list[M]:
        """The rows, as the query would give them. One statement."""
        compiler, sql, parameters = self._compile()
        with connection.cursor() as cursor:
            cursor.execute(sql, [value if one == self._stand_in else one for one in parameters])
            rows: Any = cursor.fetchall()
        if rows and self._compiled.converters:
            rows = compiler.apply_converters(rows, self._compiled.converters)
        return [self._instance(compiler, row) for row in rows]

    def first(self, value: Any) -> M | None:
        return next(iter(self.all(value)), None)

    def _compile(self) -> Any:
        if not hasattr(self._compiled, "found"):
            compiler = self._make(self._stand_in).query.get_compiler(using=connection.alias)
            sql, parameters = compiler.as_sql()
            self._compiled.converters = compiler.get_converters(column for column, *_ in compiler.select)
            # The stubs describe a later Django, where it takes one argument more.
            self._compiled.related = get_related_populators(  # type: ignore[call-arg]
                compiler.klass_info, compiler.select, connection.alias
            )
            self._compiled.found = compiler, sql, parameters
        return self._compiled.found

    def _instance(self, compiler: Any, row: Sequence[Any]) -> M:
        fields = compiler.klass_info["select_fields"]
        start, end = fields[0], fields[-1] + 1
        names = [column[0].target.attname for column in compiler.select[start:end]]
        found = compiler.klass_info["model"].from_db(connection.alias, names, row[start:end])
        for related in self._compiled.related:
            related.populate(row, found)
        for name, position in compiler.annotation_col_map.items():
            setattr(found, name, row[position])
        return found


def upsert(model: type[models.Model], rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows, or bring those of the same `stripe_id` up to date. One statement; all name the same columns."""
    if not rows:
        return
    names = tuple(rows[0])
    sql, fields = _upsert(model, names, len(rows), connection.vendor)
    values = [
        field.get_db_prep_save(row[name], connection)
        for row in rows
        for name, field in zip(names, fields, strict=True)
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def update(instance: models.Model, *names: str) -> None:
    """Write these columns of the row as they are now. One statement."""
    sql, fields = _update(type(instance), names, connection.vendor)
    values = [field.get_db_prep_save(getattr(instance, field.attname), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, instance.pk])


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

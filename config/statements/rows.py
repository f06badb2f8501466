"""Rows that are written with a statement that is put together once."""

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any

from django.db import connection, models

from config.statements.sending import send


def upsert(model: type[models.Model], rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows, or bring those of the same `stripe_id` up to date. One statement; all name the same columns."""
    if not rows:
        return
    names = tuple(rows[0])
    sql, adapters = _upsert(model, names, len(rows))
    send(
        sql, [_adapted(row[name], adapt) for row in rows for name, adapt in zip(names, adapters, strict=True)]
    )


def update(instance: models.Model, *names: str) -> None:
    """Write these columns of the row as they are now. One statement."""
    sql, columns = _update(type(instance), names)
    values = [_adapted(getattr(instance, name), adapt) for name, adapt in columns]
    send(sql, [*values, instance.pk])


Adapter = Callable[[Any], Any] | None

# Their values go to the driver as they are; others are adapted to the database.
_PLAIN = (models.CharField, models.TextField, models.IntegerField, models.BooleanField, models.ForeignKey)


def _adapted(value: Any, adapt: Adapter) -> Any:
    return value if adapt is None else adapt(value)


def _adapter(field: Any) -> Adapter:
    if isinstance(field, _PLAIN):
        return None
    if isinstance(field, models.DateTimeField):
        return connection.ops.adapt_datetimefield_value  # of aware times, which all of ours are
    return partial(field.get_db_prep_save, connection=connection)


@lru_cache(maxsize=128)
def _upsert(model: type[models.Model], names: tuple[str, ...], count: int) -> tuple[str, list[Adapter]]:
    fields, quote = [_field(model, name) for name in names], connection.ops.quote_name
    columns = [quote(field.column) for field in fields]
    written = [column for column in columns if column != quote("stripe_id")]
    marks = f"({', '.join(['%s'] * len(columns))})"
    sql = (
        f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(columns)}) VALUES {', '.join([marks] * count)}"  # noqa: S608
        f" ON CONFLICT (stripe_id) DO UPDATE SET {', '.join(f'{column} = excluded.{column}' for column in written)}"
    )
    return sql, [_adapter(field) for field in fields]


@lru_cache(maxsize=32)
def _update(model: type[models.Model], names: tuple[str, ...]) -> tuple[str, list[tuple[str, Adapter]]]:
    fields, quote = [_field(model, name) for name in names], connection.ops.quote_name
    assignments = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    sql = f"UPDATE {quote(model._meta.db_table)} SET {assignments} WHERE id = %s"  # noqa: S608
    return sql, [(field.attname, _adapter(field)) for field in fields]


def _field(model: type[models.Model], name: str) -> Any:
    """By the name of the field or of its column: `organization` or `organization_id`."""
    return next(field for field in model._meta.concrete_fields if name in (field.name, field.attname))

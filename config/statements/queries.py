"""Queries that are compiled once for each thread."""

import threading
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from django.db import connection, models
from django.db.models.query import get_related_populators

from config.statements.sending import run

M = TypeVar("M", bound=models.Model)


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
        self._alias = connection.alias
        self._compiler: Any = query.query.get_compiler(using=self._alias)
        self.sql, parameters = self._compiler.as_sql()
        self._parameters, self._stand_in = parameters, stand_in
        selected, described = self._compiler.select, self._compiler.klass_info
        self._converters = self._compiler.get_converters(column for column, *_ in selected)
        # The stubs describe a later Django, where it takes one argument more.
        self._related = get_related_populators(described, selected, self._alias)  # type: ignore[call-arg]
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
        found = self._model.from_db(self._alias, self._names, row[self._own])
        for related in self._related:
            related.populate(row, found)
        for name, position in self._compiler.annotation_col_map.items():
            setattr(found, name, row[position])
        return found

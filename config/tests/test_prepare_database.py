"""The short cut of `prepare_database` ends with the schema that migrating ends with."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def manage(database: Path, *arguments: str) -> None:
    environment = os.environ | {"DATABASE_URL": f"sqlite:///{database}"}
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment, check=True)


def schema(database: Path) -> dict[str, set[tuple[str, str, int]]]:
    """The tables with their columns: name, type, and whether it may be null."""
    with sqlite3.connect(database) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        columns = {
            table: connection.execute(
                f"SELECT name, type, \"notnull\" FROM pragma_table_info('{table}')"
            ).fetchall()
            for table in tables
        }
    connection.close()
    return {table: set(rows) for table, rows in columns.items()}


def migrations(database: Path) -> set[tuple[str, str]]:
    with sqlite3.connect(database) as connection:
        rows = connection.execute("SELECT app, name FROM django_migrations").fetchall()
    connection.close()
    return set(rows)


def differing(
    one: dict[str, set[tuple[str, str, int]]], other: dict[str, set[tuple[str, str, int]]]
) -> dict[str, object]:
    return {
        table: one.get(table, set()) ^ other.get(table, set())
        for table in one | other
        if one.get(table) != other.get(table)
    }


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database, by the short cut."""
    database = tmp_path_factory.mktemp("prepared") / "database"
    manage(database, "prepare_database", "--verbosity", "0")
    return database


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_short_cut_gives_the_schema_of_the_long_way(prepared: Path, tmp_path: Path) -> None:
    manage(tmp_path / "long", "migrate", "--verbosity", "0")

    assert migrations(prepared) == migrations(tmp_path / "long")
    left = differing(schema(prepared), schema(tmp_path / "long"))
    assert all(_only_an_id(columns) for columns in left.values()), left


def _only_an_id(columns: object) -> bool:
    """dj-stripe's own through tables differ in the width of an id that nothing refers to."""
    assert isinstance(columns, set)
    return {name for name, *_ in columns} == {"id"}


@pytest.mark.slow
def test_on_a_database_in_use_it_only_migrates(prepared: Path) -> None:
    before = schema(prepared)
    manage(prepared, "prepare_database", "--verbosity", "0")
    assert schema(prepared) == before

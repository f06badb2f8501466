"""Databases of the benchmarks' own, made on a PostgreSQL server, named after the one given, and dropped at the end."""

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg2

SERVER = os.environ.get("DATABASE_URL", f"postgres://{getpass.getuser()}@127.0.0.1:5432/postgres")


@contextmanager
def made(name: str) -> Iterator[str]:
    """The URL of a new, empty database."""
    name = f"{urlsplit(SERVER).path.strip('/')}_{name}"
    _run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}"')
    try:
        yield urlunsplit(urlsplit(SERVER)._replace(path=f"/{name}"))
    finally:
        _run(f'DROP DATABASE "{name}" WITH (FORCE)')


def ask(url: str, question: str) -> int:
    """The one number that answers it."""
    connection = psycopg2.connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(question)
            return int(cursor.fetchone()[0])
    finally:
        connection.close()


def _run(*statements: str) -> None:
    try:
        connection = psycopg2.connect(SERVER)
    except psycopg2.OperationalError as error:
        raise SystemExit(
            f"PostgreSQL is needed: DATABASE_URL=postgres://user@host/name make bench\n{error}"
        ) from None
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
    finally:
        connection.close()

"""Addresses and forms as a visitor of the portal's pages would send them, or forge them."""

import re
from collections.abc import Iterable
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from portal.tests.conftest import ORCHARDS

# A statement that PostgreSQL has planned before begins with other words.
WRITES = re.compile(r"^(PREPARE \S+ AS )?(INSERT|UPDATE|DELETE)\b")


def written(queries: Iterable[dict[str, str]]) -> list[str]:
    """Those that change something."""
    return [query["sql"] for query in queries if WRITES.match(query["sql"])]


def path(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def entries(page: Any, **others: str) -> dict[str, str]:
    """The form as it would be sent."""
    (form,) = re.findall(r'name="form" value="([^"]+)"', page.content.decode())
    given = {name: value for name, value in ORCHARDS.items() if name not in ("country", "language")}
    return {**given, "form": unescape(form), "accepted": "on", **others}


def stranger(url: str, **others: str) -> str:
    """The same address with other parameters."""
    parts = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return f"{parts.path}?{urlencode(query | others)}"

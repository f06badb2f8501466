"""Search: `metadata["order"]:"17" AND created>1700000000`, as Stripe's query language has it.

Clauses are joined by AND or by OR, not both; `-` negates; `:` is equality, `~` part of a text, `>` and the
like compare numbers. Stripe's index lags by up to a minute; the sandbox's does not.
https://docs.stripe.com/search
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Any

from sandbox import errors
from sandbox.lists import read_limit
from sandbox.routing import Call
from sandbox.shapes import Shapes
from sandbox.store import Record
from sandbox.world import World

CLAUSE = re.compile(
    r"""\s*(?P<negated>-)?(?P<field>[a-z_][a-z_.0-9]*)
    (?:\[(?P<quote>["'])(?P<key>.+?)(?P=quote)\])?
    \s*(?P<operator>:|~|>=|<=|>|<)\s*
    (?:"(?P<double>(?:\\.|[^"\\])*)"|'(?P<single>(?:\\.|[^'\\])*)'|(?P<bare>[^\s"']+))\s*""",
    re.VERBOSE,
)
JOIN = re.compile(r"(AND|OR)\b", re.IGNORECASE)
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}

Test = Callable[[Record], bool]


def search(world: World, call: Call, kind: str) -> dict[str, Any]:
    """The search result that a call asks for, newest first."""
    test = parse(call.params["query"], kind)
    found = [record for record in world.scan(kind, newest_first=True) if test(record)]
    limit = read_limit(call)
    start = _start(call)
    more = len(found) > start + limit
    return {
        "object": "search_result",
        "data": found[start : start + limit],
        "has_more": more,
        "next_page": f"page_{start + limit}" if more else None,
        "url": call.path,
    }


def _start(call: Call) -> int:
    page = call.params.get("page") or "page_0"
    if not re.fullmatch(r"page_\d{1,9}", page):
        raise errors.invalid(f"Invalid page: {page}", "page")
    return int(page.removeprefix("page_"))


def parse(query: str, kind: str) -> Test:
    """The query as a test of a record. Raises Stripe's error for one that it does not understand."""
    tests: list[Test] = []
    joins: set[str] = set()
    position = 0
    while True:
        clause = CLAUSE.match(query, position)
        if not clause:
            raise errors.invalid(
                'We were unable to parse your search query. Try using the format `metadata["key"]:"value"` '
                'to query for metadata or key:"value" to query for other fields.',
                "query",
            )
        tests.append(_test(clause, kind))
        position = clause.end()
        if position == len(query):
            break
        join = JOIN.match(query, position)
        joins.add(join[1].upper() if join else "AND")
        position = join.end() if join else position
    if len(joins) > 1:
        raise errors.invalid("You cannot combine AND and OR in the same query.", "query")
    combine = any if joins == {"OR"} else all
    return lambda record: combine(test(record) for test in tests)


def _test(clause: re.Match[str], kind: str) -> Test:
    field, key, sign = clause["field"], clause["key"], clause["operator"]
    shapes = Shapes.load()
    if field.split(".")[0] not in shapes.schemas[shapes.by_object[kind]]["properties"]:
        raise errors.invalid(
            f"Field `{field}` is an unsupported search field for resource `{kind}s`.", "query"
        )
    quoted = clause["double"] if clause["double"] is not None else clause["single"]
    wanted = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else clause["bare"]
    absent = quoted is None and wanted == "null"

    def matches(record: Record) -> bool:
        held: Any = record
        for name in [*field.split("."), *([key] if key is not None else [])]:
            held = held.get(name) if isinstance(held, dict) else None
        return _holds(held, sign, wanted, absent) != bool(clause["negated"])

    return matches


def _holds(held: Any, sign: str, wanted: str, absent: bool) -> bool:
    if absent:
        return held is None
    if sign == ":":
        return _text(held).lower() == wanted.lower() if held is not None else False
    if sign == "~":
        return isinstance(held, str) and wanted.lower() in held.lower()
    return isinstance(held, int) and wanted.lstrip("-").isdecimal() and COMPARE[sign](held, int(wanted))


def _text(held: Any) -> str:
    return str(held).lower() if isinstance(held, bool) else str(held)

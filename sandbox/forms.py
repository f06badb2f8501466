"""Form decoding in Stripe's bracket notation: `items[0][price]=p` and `expand[]=customer`, in bodies and query strings.

The result is nested dicts of strings; a list is a dict keyed "0", "1", ... until `parameters` knows from the
shapes that it is one.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

from sandbox.errors import StripeError

KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
DEEPEST = 32  # as Rack, which Stripe runs on
SEGMENT = re.compile(r"\[([^\[\]]*)\]")

Pairs = list[tuple[str, str]]


def parse(query: str, body: bytes) -> Pairs:
    """The pairs of query string and body, in order."""
    try:
        return parse_qsl(query, keep_blank_values=True, errors="strict") + parse_qsl(
            body.decode(), keep_blank_values=True, errors="strict"
        )
    except ValueError as error:
        raise StripeError("Invalid form encoding: the request is not UTF-8.") from error


def flatten(value: Any, name: str = "") -> Pairs:
    """The other way round: plain data as pairs in bracket notation; None is left out."""
    if isinstance(value, dict):
        items = [(f"{name}[{key}]" if name else key, item) for key, item in value.items()]
    elif isinstance(value, list | tuple):
        items = [(f"{name}[{index}]", item) for index, item in enumerate(value)]
    elif value is None:
        return []
    else:
        return [(name, str(value).lower() if isinstance(value, bool) else str(value))]
    return [pair for key, item in items for pair in flatten(item, key)]


def nest(pairs: Pairs) -> dict[str, Any]:
    """Turn pairs in bracket notation into a tree of dicts with strings at its leaves."""
    root: dict[str, Any] = {}
    for key, value in pairs:
        match = KEY.fullmatch(key)
        if not match:
            raise StripeError(f"Invalid parameter name: {key}", param=key)
        path = [match[1], *SEGMENT.findall(match[2])]
        if len(path) > DEEPEST:
            raise StripeError(f"Invalid parameter name: it has more than {DEEPEST} levels", param=match[1])
        _place(root, path, value, key)
    return root


def _place(node: dict[str, Any], path: list[str], value: str, key: str) -> None:
    for position, segment in enumerate(path[:-1]):
        if segment == "":
            segment = _open_element(node, path[position + 1 :])
        child = node.setdefault(segment, {})
        if not isinstance(child, dict):
            raise StripeError(f"Invalid object: {key}", param=key)
        node = child
    last = path[-1] or str(len(node))
    if isinstance(node.get(last), dict):
        raise StripeError(f"Invalid object: {key}", param=key)
    node[last] = value


def _open_element(node: dict[str, Any], rest: list[str]) -> str:
    """`a[][k]`: the element that is being filled, or the next one when that has `k` already."""
    count = len(node)
    current = node.get(str(count - 1))
    if isinstance(current, dict) and not (len(rest) == 1 and rest[0] in current):
        return str(count - 1)
    return str(count)

"""One recorded call: the request against the parameters, the answer against its schema, and how both go together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sandbox.shapes import API_VERSION, Shapes
from sandbox.tests.conformance import dialects, expansions
from sandbox.tests.conformance.events import check_event
from sandbox.tests.conformance.reports import Violation, validate

Entry = dict[str, Any]
Tree = dict[str, Any]

KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
# What Stripe takes though its shapes do not say so: a blank line of an address, and an empty string that
# unsets the name of a customer, https://docs.stripe.com/api/customers/update
TOLERATED = {
    ("request POST /v1/customers", "address.line2"),
    ("request POST /v1/customers/{customer}", "name"),
}


def check_call(entry: Entry) -> Iterator[Violation]:
    """Everything that is wrong with a call. A request that was refused may be as wrong as it likes."""
    found = Shapes.load().match(entry["method"], entry["path"])
    operation = found[0].name if found else None
    if entry["status"] < 400:
        yield from check_request(entry, operation)
    if not isinstance(entry["response"], dict):
        yield Violation(f"answer {operation}", "", "not a JSON object")
    elif entry["status"] == 200 and operation:
        yield from _check_success(entry, operation)
    else:
        yield from _check_error(entry, operation or entry["method"])
    if not entry["response_headers"].get("request-id"):
        yield Violation(f"answer {operation}", "Request-Id", "missing")


# --- Requests -------------------------------------------------------------------------------------------------------


def check_request(entry: Entry, operation: str | None) -> Iterator[Violation]:
    """Parameters, `expand` and headers of one request."""
    if operation is None:
        yield Violation(f"request {entry['method']} {entry['path']}", "", "no such operation")
        return
    where = f"request {operation}"
    tree = nest([*entry["query"], *entry["form"]])
    for violation in validate(dialects.form_validator(operation), tree, where):
        if (where, violation.path) not in TOLERATED:
            yield violation
    answer = Shapes.load().operations[operation].document["responses"]["200"]["content"]["application/json"]
    for path in expansions.asked(tree):
        if reason := expansions.find_illegal(answer["schema"], path):
            yield Violation(where, f"expand={path}", reason)
    headers = entry["request_headers"]
    if headers.get("stripe-version", API_VERSION) != API_VERSION:
        yield Violation(where, "Stripe-Version", f"{headers['stripe-version']} instead of {API_VERSION}")
    if not headers.get("authorization"):
        yield Violation(where, "Authorization", "missing")


def nest(pairs: list[list[str]]) -> Tree:
    """Bracket notation as a tree; `a[]` counts on by itself."""
    root: Tree = {}
    for key, value in pairs:
        match = KEY.fullmatch(key)
        names = [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])] if match else [key]
        node = root
        for name in names[:-1]:
            node = node.setdefault(name or str(len(node)), {})
        node[names[-1] or str(len(node))] = value
    return root


# --- Answers --------------------------------------------------------------------------------------------------------


def _check_success(entry: Entry, operation: str) -> Iterator[Violation]:
    where, body = f"answer {operation}", entry["response"]
    yield from validate(dialects.answer_validator(operation), body, where)
    tree = nest([*entry["query"], *entry["form"]])
    comparison = expansions.Comparison(where, expansions.asked(tree))
    document = Shapes.load().operations[operation].document
    comparison.walk(document["responses"]["200"]["content"]["application/json"]["schema"], body)
    yield from comparison.found
    limit = int(tree.get("limit", 10))
    if body.get("object") in ("list", "search_result") and len(body["data"]) > limit:
        yield Violation(where, "data", f"more than {limit} rows")
    for event in [body] if body.get("object") == "event" else body.get("data", ()):
        if isinstance(event, dict) and event.get("object") == "event":
            yield from check_event(event)


def _check_error(entry: Entry, operation: str) -> Iterator[Violation]:
    where = f"answer {operation} {entry['status']}"
    yield from validate(dialects.answer_validator("error"), entry["response"], where)
    error = entry["response"].get("error", {})
    kind = error.get("type")
    if (kind == "card_error") != (entry["status"] == 402):
        yield Violation(where, "error.type", f"{kind} with this status")
    if kind == "idempotency_error" and entry["status"] not in (400, 409):
        yield Violation(where, "error.type", f"{kind} with this status")

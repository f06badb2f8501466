"""Idempotency keys over many calls: the same request is carried out once in a day, another one is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.shapes import Shapes
from sandbox.tests.conformance.reports import Violation

Entry = dict[str, Any]

KEPT_SECONDS = 24 * 3600
# Answers of calls that were turned away at the door, which leave no trace: the same key may be used again.
# https://docs.stripe.com/api/idempotent_requests: results are saved only after the execution of an endpoint begins
TURNED_AWAY = (401, 403, 409, 429)


def check_replays(calls: list[tuple[str, Entry]]) -> Iterator[tuple[str, Violation]]:
    """Of the calls of one account, each with its place, as they were written."""
    first: dict[str, Entry] = {}
    for place, entry in _sort(calls):
        key = entry["request_headers"].get("idempotency-key")
        if entry["method"] != "POST" or not key:
            continue
        known = first.get(key)
        if known is None or entry["now"] >= known["now"] + KEPT_SECONDS:
            if _was_carried_out(entry):
                first[key] = entry
        else:
            for violation in _compare(known, entry):
                yield place, violation


def _sort(calls: list[tuple[str, Entry]]) -> list[tuple[str, Entry]]:
    """As they were carried out: of two threads, a replay may be written before the call that it repeats."""
    answers = [entry["response_headers"] for _, entry in calls]
    written = {
        answer.get("request-id"): number
        for number, answer in enumerate(answers)
        if "original-request" not in answer
    }

    def carried_out(number: int) -> tuple[int, bool]:
        original = written.get(answers[number].get("original-request", ""), number)
        return max(number, original), original > number

    return [calls[number] for number in sorted(range(len(calls)), key=carried_out)]


def _has_begun(entry: Entry) -> bool:
    """Whether an endpoint surely took the call up: there is one, and the caller was let in. A failure does not tell."""
    found = Shapes.load().match(entry["method"], entry["path"])
    return found is not None and entry["status"] not in TURNED_AWAY and entry["status"] < 500


def _was_carried_out(entry: Entry) -> bool:
    """Begun, and not refused for its parameters."""
    refused = entry["status"] == 400 and entry["response"]["error"]["type"] != "card_error"
    return _has_begun(entry) and not refused


def _compare(known: Entry, entry: Entry) -> Iterator[Violation]:
    where = f"answer POST {entry['path'].split('/')[2]}"
    same = _asked(known) == _asked(entry)
    answered = same and _has_begun(entry)
    if answered and entry["response"] != known["response"]:
        yield Violation(where, "Idempotency-Key", "a replay got another answer than the first call")
    if answered and entry["response_headers"].get("idempotent-replayed") != "true":
        yield Violation(where, "Idempotent-Replayed", "missing on a replay")
    if not same and entry["status"] < 400:
        yield Violation(where, "Idempotency-Key", "taken again with another path or other parameters")


def _asked(entry: Entry) -> tuple[str, list[list[str]]]:
    return entry["path"], sorted([*entry["query"], *entry["form"]])

"""Idempotency keys over many calls: the same request is carried out once in a day, another one is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.tests.conformance.reports import Violation

Entry = dict[str, Any]

KEPT_SECONDS = 24 * 3600
# Answers that leave no trace: the call may be made again with the same key.
UNKEPT = (401, 409, 429)


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


def _was_carried_out(entry: Entry) -> bool:
    """Neither refused before anything was done, nor turned away."""
    refused = entry["status"] == 400 and entry["response"]["error"]["type"] != "card_error"
    return entry["status"] not in UNKEPT and entry["status"] < 500 and not refused


def _compare(known: Entry, entry: Entry) -> Iterator[Violation]:
    where = f"answer POST {entry['path'].split('/')[2]}"
    same = (known["path"], sorted(known["form"])) == (entry["path"], sorted(entry["form"]))
    answered = entry["status"] not in UNKEPT and entry["status"] < 500
    if same and answered and entry["response"] != known["response"]:
        yield Violation(where, "Idempotency-Key", "a replay got another answer than the first call")
    if same and answered and entry["response_headers"].get("idempotent-replayed") != "true":
        yield Violation(where, "Idempotent-Replayed", "missing on a replay")
    if not same and entry["status"] < 400:
        yield Violation(where, "Idempotency-Key", "taken again with another path or other parameters")

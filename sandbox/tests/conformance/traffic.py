"""Recorded traffic: reading it, and checking all of it, a process per file."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from sandbox.tests.conformance.calls import check_call
from sandbox.tests.conformance.events import check_event
from sandbox.tests.conformance.replays import check_replays
from sandbox.tests.conformance.reports import Report

Entry = dict[str, Any]


def check(directory: Path) -> Report:
    """The verdict on all traffic of a directory."""
    report = Report()
    with ProcessPoolExecutor() as pool:
        for part in pool.map(check_file, sorted(directory.glob("*.jsonl"))):
            report.join(part)
    return report


def check_file(file: Path) -> Report:
    """The verdict on the traffic of one process: the accounts in it are in no other."""
    report = Report()
    accounts: dict[str, list[tuple[str, Entry]]] = defaultdict(list)
    for place, entry in read(file):
        if entry["kind"] == "webhook":
            report.events += 1
            report.add(check_event(entry["event"]), place)
        else:
            report.calls += 1
            report.add(check_call(entry), place)
            accounts[entry["account"]].append((place, entry))
    for calls in accounts.values():
        for place, violation in check_replays(calls):
            report.add([violation], place)
    return report


def read(file: Path) -> Iterator[tuple[str, Entry]]:
    """Every entry with its place, `file:line`, and the test that it was recorded in. A line without its end is what a
    process was writing when it was killed."""
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.endswith("\n"):
                entry = json.loads(line)
                within = f" in {entry['test']}" if entry.get("test") else ""
                yield f"{file.name}:{number}{within}", entry

"""A run that fails for its traffic says so in its last lines, and keeps the traffic."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.tests.conformance.reports import Report, Violation

TEST = """
import json, os, pathlib

def test_one():
    event = {"type": "customer.renamed", "data": {"object": {"object": "teapot"}}}
    entry = {"kind": "webhook", "test": "tests/test_teapots.py::test_one", "event": event}
    pathlib.Path(os.environ["SANDBOX_TRAFFIC"], "7.jsonl").write_text(json.dumps(entry) + os.linesep)
"""


def run(directory: Path, test: str, *options: str) -> tuple[int, list[str]]:
    """Of one test that passes: the exit code, and what is printed."""
    (directory / "test_one.py").write_text(test)
    plugin = "sandbox.tests.conformance.plugin"
    command = [sys.executable, "-m", "pytest", "-q", "-p", plugin, "-c", os.devnull, "--rootdir", "."]
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "TMPDIR": str(directory),
    }
    done = subprocess.run(
        [*command, *options], cwd=directory, env=environment, capture_output=True, text=True
    )
    assert not done.stderr
    return done.returncode, done.stdout.splitlines()


@pytest.mark.slow
def test_it_comes_last(tmp_path: Path) -> None:
    code, lines = run(tmp_path, TEST, "--durations", "5", "--durations-min", "0")
    assert code == pytest.ExitCode.TESTS_FAILED
    titles = [line.strip("= ") for line in lines if line.startswith("==")]
    assert titles == ["slowest 5 durations", "conformance of the local Stripe"]
    *_, named, verdict, count, last = lines
    place = "[7.jsonl:1 in tests/test_teapots.py::test_one]"
    assert named.strip() == f"1x event customer.renamed  type: no type of this API version   {place}"
    assert verdict.startswith("0 calls and 1 events against Stripe's shapes: ")
    assert "1 passed" in count
    number = verdict.rpartition(": ")[2]
    assert last.startswith(f"This run fails for the local Stripe: {number} of Stripe's shapes")
    (kept,) = tmp_path.glob("sandbox-traffic-*")
    assert last.endswith(f"python -m sandbox.tests.conformance {kept}")


@pytest.mark.slow
def test_a_sound_run_ends_with_the_count_of_its_tests(tmp_path: Path) -> None:
    code, lines = run(tmp_path, "def test_one():\n    pass\n")
    assert code == pytest.ExitCode.OK
    assert "1 passed" in lines[-1]
    assert not list(tmp_path.glob("sandbox-traffic-*"))


def test_of_many_violations_some_are_named() -> None:
    report = Report()
    report.add([Violation("answer", f"{number:03}", "wrong") for number in range(99)], "1.jsonl:1")
    *named, more, verdict = report.tell(20).splitlines()
    assert len(named) == 20
    assert more.strip() == "... and 79 more"
    assert verdict.endswith("99 violations")
    assert len(str(report).splitlines()) == 100

"""Every test run ends with the verdict on its traffic with the local Stripe; a violation fails the run.

The traffic is forgotten afterwards, unless SANDBOX_TRAFFIC said where to keep it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from sandbox.tests.conformance.reports import Report
from sandbox.tests.conformance.traffic import check

REPORT = pytest.StashKey[Report]()
FORGOTTEN = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    """Before the workers are started: they inherit where to write."""
    if not hasattr(config, "workerinput") and "SANDBOX_TRAFFIC" not in os.environ:
        config.stash[FORGOTTEN] = os.environ["SANDBOX_TRAFFIC"] = tempfile.mkdtemp(prefix="sandbox-traffic-")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """After the workers have ended."""
    if hasattr(session.config, "workerinput"):
        return
    report = session.config.stash[REPORT] = check(Path(os.environ["SANDBOX_TRAFFIC"]))
    if report.counts and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    report = config.stash.get(REPORT, None)
    if report and (report.calls or report.events):
        terminalreporter.section(
            "conformance of the local Stripe", red=bool(report.counts), green=not report.counts
        )
        terminalreporter.line(str(report))


def pytest_unconfigure(config: pytest.Config) -> None:
    if directory := config.stash.get(FORGOTTEN, None):
        os.environ.pop("SANDBOX_TRAFFIC", None)
        shutil.rmtree(directory, ignore_errors=True)
